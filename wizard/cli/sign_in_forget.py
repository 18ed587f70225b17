"""`moveday sign-in --forget`: what the keyring holds is ended, deleted and read back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wizard.cli.launchers import Launchers
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.forget import forget_all
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.engine.opening import SignInTools
from wizard.engine.session import STATE_FOLDER
from wizard.errors import MovedayError
from wizard.model.frozen import Frozen
from wizard.model.sign_in import Receipt
from wizard.ports.sign_in import Door


class Forgotten(Frozen):
    """What was forgotten, one receipt per credential, and what moveday cannot forget."""

    receipts: tuple[Receipt, ...]
    left: tuple[str, ...]


@contextmanager
def journal_here(folder: Path) -> Iterator[Journal]:
    """The move's journal, for as long as nobody else writes it."""
    state = folder / STATE_FOLDER
    with Lock.take(state, "moveday sign-in", SYSTEM_CLOCK), Journal.open(state) as journal:
        yield journal


def other_doors(
    launchers: Launchers, tools: SignInTools, folder: Path, environ: dict[str, str]
) -> Iterator[Door]:
    """Doors of sources that were signed in to by name (--source), for what is kept of them."""
    known = {door.field.service for door in tools.doors}
    services = dict.fromkeys(kept.role.partition("/")[0] for kept in tools.vault.kept())
    for service in services:
        if service in known or service == "moveday":
            continue
        try:
            yield from launchers.sign_in_to(service, folder, environ, SYSTEM_CLOCK).doors
        except MovedayError:
            continue  # no source of this name any more: the receipt says that it was not ended


async def forget_here(tools: SignInTools, folder: Path, in_a_move: bool) -> Forgotten:
    """Forget everything; in a move's folder its journal gets the receipts."""
    left = tuple(
        f"{door.field.variable} is in your environment: it is not moveday's to delete or to end"
        for door in tools.doors
        if tools.vault.in_environment(door.field.service, door.field.account)
    )
    if not in_a_move:
        receipts = await forget_all(tools.vault, tools.doors, None, SYSTEM_CLOCK, "--forget")
        return Forgotten(receipts=receipts, left=left)
    with journal_here(folder) as journal:
        receipts = await forget_all(tools.vault, tools.doors, journal, SYSTEM_CLOCK, "--forget")
        show(f"  the journal's head is {journal.head} (line {journal.seq}); no keyring keeps it")
    return Forgotten(receipts=receipts, left=left)


def forgotten_words(done: Forgotten) -> str:
    """A receipt for each."""
    lines = []
    for receipt in done.receipts:
        proof = "deleted, read back: nothing" if receipt.deleted else "NOT deleted: still there"
        lines.append(f"{receipt.service}, {receipt.user}: {proof}; {receipt.revoked}")
        if receipt.words:
            lines.append(f"  {receipt.words}")
    lines += done.left
    return "\n".join(lines) or "the keyring holds nothing of moveday's"
