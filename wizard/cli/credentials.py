"""The credentials of a move's commands: environment, else keyring, else asked, else exit code 4."""

from collections.abc import Sequence

from wizard.cli.prompt import ask_line
from wizard.cli.sign_in_prompt import TerminalAsker, at_terminal
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.sign_in import MEMORY, Wish, get_in, keep
from wizard.errors import BlockedError
from wizard.ports.sign_in import Door, Keeper
from wizard.ports.vault import VaultUnavailable
from wizard.safety.clean import clean


async def gather_credentials(
    doors: Sequence[Door], vault: Keeper, command: str = "moveday sign-in"
) -> None:
    """Make sure that the vault has what every door needs, for this session at least.

    `command` keeps it for longer.

    Raises BlockedError naming what is missing when nobody is there to ask; VaultUnavailable when
    it lies in a keyring that is shut.
    """
    missing = [door for door in doors if not await _has(door, vault)]
    if missing and not at_terminal():
        variables = " and ".join(door.field.variable for door in missing)
        raise BlockedError(
            f"not signed in to {' and '.join(door.side for door in missing)}",
            f"{variables}: not in the environment, and no keyring has them",
            f"run `{command}` at a terminal, or set the variables",
        )
    for door in missing:
        show(f"Not signed in to {door.side}. What you give now is kept for this command only;")
        show(f"`{command}` keeps it in the system keyring.")
        entered, seen = await get_in(door, TerminalAsker(), Wish(), SYSTEM_CLOCK)
        done = await keep(door, vault, entered, seen, session_only=True)
        show(f"✓ {door.side}: {clean(done.account)}, {MEMORY}")
        for gap in done.gaps:
            show(f"  ! {gap}")


async def _has(door: Door, vault: Keeper) -> bool:
    while True:
        try:
            return vault.get(door.field.service, door.field.account) is not None
        except VaultUnavailable as trouble:
            if not at_terminal() or not await retry_keyring(trouble):
                if at_terminal():
                    return False
                raise
            vault.retry()


async def retry_keyring(trouble: VaultUnavailable) -> bool:
    """Tell why the keyring cannot be used; true to try again, false for this session only."""
    show(f"✗ {trouble.title}")
    for part in (trouble.detail, trouble.hint):
        if part:
            show(f"  {part}")
    while True:
        said = (await ask_line("[r] try again, [s] this session only, in memory")).lower()
        if said in ("r", "s"):
            return said == "r"
        show("  please type r or s")
