"""`moveday sign-in`: credentials for both sides, into the system keyring; `--forget` ends them."""

import os
from pathlib import Path

import click
from pydantic import SecretStr

from wizard.cli.credentials import retry_keyring
from wizard.cli.environment import take_credentials
from wizard.cli.finish import finish
from wizard.cli.launchers import Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.prompt import ask_yes_no
from wizard.cli.sign_in_forget import forget_here, forgotten_words, journal_here, other_doors
from wizard.cli.sign_in_prompt import TerminalAsker, at_terminal
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.opening import SignInTools
from wizard.engine.plan_file import FILE_NAME, read_plan
from wizard.engine.sign_in import MEMORY, Wish, get_in, keep, shown
from wizard.errors import BlockedError, UsageError
from wizard.model.frozen import Frozen
from wizard.model.plan import Plan
from wizard.model.sign_in import Refused, SignedIn
from wizard.ports.sign_in import Door
from wizard.ports.vault import VaultUnavailable
from wizard.safety.redact import REDACTOR


class SignedInBoth(Frozen):
    """Every side, and how it was signed in to."""

    sides: tuple[SignedIn, ...]


@click.command("sign-in")
@folder_option
@click.option("--heroku-from-cli", is_flag=True, help="Use the official heroku client's sign-in.")
@click.option("--aptible-token-env", metavar="NAME", default="", help="Variable with the token.")
@click.option(
    "--source", default="", metavar="NAME", help="Sign in to this source alone, such as medstack."
)
@click.option("--session-only", is_flag=True, help="Keep nothing: check the credentials only.")
@click.option("--forget", is_flag=True, help="Delete from the keyring, end the tokens.")
@json_option
@click.pass_context
def sign_in(
    context: click.Context,
    folder: Path,
    heroku_from_cli: bool,
    aptible_token_env: str,
    source: str,
    session_only: bool,
    forget: bool,
    as_json: bool,
) -> None:
    """Sign in to both sides; tokens go into the system keyring. Passwords are never kept."""
    launchers: Launchers = context.obj
    if forget and (aptible_token_env or session_only or source):
        raise click.UsageError("--forget goes with --heroku-from-cli only")
    if source and (heroku_from_cli or aptible_token_env):
        raise click.UsageError("--source signs in to that source alone")
    environ = take_credentials()
    token = _from_variable(aptible_token_env, environ)
    plan = _plan_of(folder)
    if forget:
        tools = launchers.sign_in(plan, folder, environ, SYSTEM_CLOCK, heroku_from_cli)
        more = other_doors(launchers, tools, folder, environ)
        tools = SignInTools((*tools.doors, *more), tools.vault)
        finish(forget_here(tools, folder, plan is not None), as_json=as_json, words=forgotten_words)
    if source:

        async def alone() -> SignedInBoth:
            tools = launchers.sign_in_to(source, folder, environ, SYSTEM_CLOCK)
            return await _sign_in(tools, folder, {}, session_only=session_only)

        finish(alone(), as_json=as_json, words=_words)
    tools = launchers.sign_in(plan, folder, environ, SYSTEM_CLOCK, False)
    wishes = {"Heroku": Wish(way="client", by="--heroku-from-cli")} if heroku_from_cli else {}
    if token is not None:
        wishes["Aptible"] = Wish(given=token, by="--aptible-token-env")
    work = _sign_in(tools, folder, wishes, session_only=session_only)
    finish(work, as_json=as_json, words=_words)


def _plan_of(folder: Path) -> Plan | None:
    """The plan, or None before there is a whole one: signing in comes early in a move."""
    if not (folder / FILE_NAME).exists():
        return None
    try:
        return read_plan(folder)[0]
    except BlockedError:
        return None
    except UsageError as error:
        show(f"  ! {error.title}: signing in without the plan")
        return None


def _from_variable(name: str, environ: dict[str, str]) -> SecretStr | None:
    if not name:
        return None
    os.environ.pop(name, None)
    value = environ.pop(name, "").strip()
    if not value:
        raise click.UsageError(f"--aptible-token-env: {name} is not set")
    REDACTOR.learn(value)
    return SecretStr(value)


async def _sign_in(
    tools: SignInTools, folder: Path, wishes: dict[str, Wish], *, session_only: bool
) -> SignedInBoth:
    sides = []
    for door in tools.doors:
        done = await _side(tools, door, wishes.get(door.side), session_only=session_only)
        session_only = session_only or done.kept == MEMORY
        sides.append(done)
    if any(side.kept == MEMORY for side in sides):
        show("  nothing was kept: the next command asks again, or takes them from the environment")
    _journal_sides(folder, sides)
    return SignedInBoth(sides=tuple(sides))


async def _side(
    tools: SignInTools, door: Door, wish: Wish | None, *, session_only: bool
) -> SignedIn:
    field, vault = door.field, tools.vault
    if wish is None and vault.in_environment(field.service, field.account):
        return await _environment(tools, door)
    if wish is None:
        present = await _present(tools, door)
        if present is not None:
            return present
    if wish is None and not at_terminal():
        raise BlockedError(
            f"not signed in to {door.side}",
            f"{field.variable}: not set, and nobody is there to ask",
            f"run the same command at a terminal, or set {field.variable}",
        )
    if not session_only:
        session_only = not await _usable(tools)
    entered, seen = await get_in(door, TerminalAsker(), wish or Wish(), SYSTEM_CLOCK)
    if entered.note:
        show(f"  {entered.note}")
    while True:
        try:
            return await keep(door, vault, entered, seen, session_only=session_only)
        except VaultUnavailable as trouble:
            if not at_terminal():
                raise
            session_only = not await retry_keyring(trouble)
            vault.retry()


async def _environment(tools: SignInTools, door: Door) -> SignedIn:
    field = door.field
    token = tools.vault.get(field.service, field.account)
    assert token is not None
    text = token.get_secret_value()
    problem = door.misshapen(text)
    seen = Refused(reason=f"that is no token: {problem}") if problem else await door.look(token)
    if isinstance(seen, Refused):
        raise BlockedError(
            f"{field.variable} does not sign in to {door.side}",
            seen.reason,
            seen.hint or f"set it anew, or unset it; {field.help}",
        )
    return shown(door, seen, "from the environment")


async def _present(tools: SignInTools, door: Door) -> SignedIn | None:
    """The sign-in that the keyring has, when it is good and the person wants to go on with it."""
    field, vault = door.field, tools.vault
    kept = vault.find(f"{field.service}/{field.account}")
    if kept is None:
        return None
    try:
        token = vault.get(field.service, field.account)
    except VaultUnavailable:
        if not at_terminal():
            raise
        return None  # said, with the reason, when the keyring is tried next
    seen = await door.look(token) if token is not None else None
    if isinstance(seen, Refused):
        show(f"  {seen.reason}")
    if seen is None or isinstance(seen, Refused):
        return None
    mode = vault.mode_of(field.service, field.account)
    done = shown(door, seen, mode, kept.expires)
    if at_terminal():
        show(f"{door.side}: signed in as {done.account}, {done.kept}")
        if await ask_yes_no(f"Sign in to {door.side} anew?"):
            return None
    return done


async def _usable(tools: SignInTools) -> bool:
    """Whether the keyring can be used; a person at the terminal may choose to go without."""
    while True:
        try:
            tools.vault.probe()
        except VaultUnavailable as trouble:
            if not at_terminal():
                raise
            if not await retry_keyring(trouble):
                return False
        else:
            return True


def _journal_sides(folder: Path, sides: list[SignedIn]) -> None:
    """Who signed in with what rights, into the move's journal; not worth failing for."""
    if not (folder / FILE_NAME).exists():
        return
    told = [s.model_dump(mode="json", include={"side", "account", "scopes", "kept"}) for s in sides]
    try:
        with journal_here(folder) as journal:
            journal.append("decided", key="sign-in", sides=told)
    except BlockedError as error:
        show(f"  ! not written into the journal: {error.title}")


def _words(done: SignedInBoth) -> str:
    lines = []
    for side in done.sides:
        end = f"{side.expires:%Y-%m-%d %H:%M} UTC" if side.expires else side.expires_words
        lines += [
            f"{side.side}: {side.account}",
            f"  kept    {side.kept}",
            f"  scope   {' '.join(side.scopes) or 'unknown: it was not told'}",
            f"  ends    {end}",
            f"  may     {side.rights}",
            f"  to end  {side.revoke}",
            *(f"  ! {gap}" for gap in side.gaps),
        ]
    lines.append("`moveday sign-in --forget` deletes them, and ends those that it can")
    return "\n".join(lines)
