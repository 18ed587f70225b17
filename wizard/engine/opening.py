"""Opens a move for whoever talks to the person: plan, lock, journal, credentials, every port."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.engine.front import Front
from wizard.engine.head import leave_head, missing_tail
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.engine.pause import Pause
from wizard.engine.pause_request import PauseRequest
from wizard.engine.plan_file import read_plan
from wizard.engine.ports import Outside
from wizard.engine.session import STATE_FOLDER, Session
from wizard.engine.store import Store
from wizard.model.plan import Plan
from wizard.ports.sign_in import Door, Keeper
from wizard.ports.vault import Vault
from wizard.safety.consent import Level
from wizard.safety.debug_log import start_debug_log


@dataclass(frozen=True)
class SignInTools:
    """The ways in on both sides, and what keeps the credentials."""

    doors: tuple[Door, ...]
    vault: Keeper


class OpenOutside(Protocol):
    """Opens every port a plan needs; reads credentials, changes nothing.

    Without a `vault` they come from the environment or the keyring.
    """

    def __call__(
        self,
        plan: Plan,
        folder: Path,
        environ: Mapping[str, str],
        clock: Clock,
        vault: Vault | None = None,
    ) -> Outside: ...


class OpenSignIn(Protocol):
    """Opens the doors of a plan (None: the usual ones). Asks nobody, touches no keyring.

    `client_may_revoke`: Heroku's official client may be asked for its token to end one of ours.
    """

    def __call__(
        self,
        plan: Plan | None,
        folder: Path,
        environ: Mapping[str, str],
        clock: Clock,
        client_may_revoke: bool,
    ) -> SignInTools: ...


Gather = Callable[[Sequence[Door], Keeper], Awaitable[None]]


@dataclass(frozen=True)
class Opening:
    """What opening needs. `environ` is a copy of the environment with the credentials in it.

    `gather` makes sure that the vault has what every door needs, or raises BlockedError; `say`
    hears warnings and, on leaving, where the journal's head is. `command` names who holds the lock.
    """

    outside: OpenOutside
    sign_in: OpenSignIn
    environ: Mapping[str, str]
    gather: Gather
    say: Callable[[str], None]
    command: str
    clock: Clock = SYSTEM_CLOCK


@asynccontextmanager
async def open_move(
    how: Opening, folder: Path, front: Front, level: Level = Level.LOOK, by: str = ""
) -> AsyncIterator[Session]:
    """Open the move in `folder` and close all of it again.

    `level` is the consent that `by` (a flag) gave for the whole command. Raises UsageError for a
    plan that is wrong, OpenQuestions for a draft, BlockedError when another moveday has the lock or
    a credential is missing.
    """
    async with AsyncExitStack() as stack:
        plan, plan_hash = read_plan(folder)
        state = folder / STATE_FOLDER
        command = f"moveday {how.command}".rstrip()
        lock = stack.enter_context(Lock.take(state, command, how.clock))
        pause_request = PauseRequest(state, lock.holder)
        pause_request.withdraw()  # meant for a process that is gone
        store = Store(state)
        start_debug_log(state)
        journal = stack.enter_context(Journal.open(state, how.clock))
        if journal.healed:
            how.say(f"! the journal was healed: {journal.healed}")
        tools = how.sign_in(plan, folder, how.environ, how.clock, False)
        await how.gather(tools.doors, tools.vault)
        lost = missing_tail(journal, tools.vault)
        if lost:
            how.say(f"! {lost}")
        outside = how.outside(plan, folder, how.environ, how.clock, tools.vault)
        stack.push_async_callback(outside.close)
        stack.callback(_leave_head, how, journal, tools.vault)
        session = Session(
            folder=folder,
            plan=plan,
            plan_hash=plan_hash,
            journal=journal,
            store=store,
            outside=outside,
            front=front,
            clock=how.clock,
            allowed=level,
            allowed_by=by,
            pause=Pause(pause_request),
        )
        journal.append("opened", key=how.command, plan=plan_hash)
        yield session


def _leave_head(how: Opening, journal: Journal, vault: Vault) -> None:
    told = leave_head(journal, vault)
    if told:
        how.say(told)
