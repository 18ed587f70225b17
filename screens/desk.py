"""The move as the screens see it: how far it is open, what is at work, how the last work ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from screens.bridge import Bridge
from screens.doors import Doors
from screens.leaving import until
from screens.work import Ended, Job
from wizard.engine.events import Said
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.engine.opening import Opening, SignInTools, open_move
from wizard.engine.plan_file import read_plan
from wizard.engine.session import STATE_FOLDER, Session
from wizard.engine.store import Store
from wizard.errors import BlockedError, MovedayError, NotConfirmed, UsageError
from wizard.model.plan import Plan
from wizard.ports.sign_in import Door, Keeper
from wizard.ports.vault import VaultUnavailable
from wizard.safety.clean import clean
from wizard.steps import PLAN, SIGN_IN, STEPS, Step
from wizard.steps.base import StepState
from wizard.steps.planning import Planning
from wizard.steps.users_down import users_down_since

StepStates = Sequence[tuple[Step, StepState]]
Phase = Literal["opening", "plan", "sign-in", "open"]


class SignedOut(BlockedError):
    """A credential is missing: the sign-in screen asks for it."""


@dataclass
class Desk:
    """One piece of work at a time: the engine has one journal and one person.

    `phase` says what is needed next: a whole plan, credentials, or nothing: then `session` is
    there. `again` wakes whoever opens the move, after a plan was finished or somebody signed in.
    `parting` is what the engine says when the move is closed for good: seen after the screens.
    `one_holder`: the state folder's lock would refuse this very process when it asks twice.
    """

    doors: Doors
    bridge: Bridge
    phase: Phase = "opening"
    why: str = ""
    session: Session | None = None
    tools: SignInTools | None = None
    job: Job | None = None
    ended: dict[str, Ended] = field(default_factory=dict)
    again: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    _stood: tuple[object, StepStates] | None = None
    one_holder: asyncio.Lock = field(default_factory=asyncio.Lock)
    parting: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Where the journal lies, for people."""
        return str(self.doors.folder / STATE_FOLDER)

    def plan(self) -> Plan | None:
        """The plan, when there is a whole one."""
        if self.session is not None:
            return self.session.plan
        try:
            return read_plan(self.doors.folder)[0]
        except MovedayError:
            return None

    def sign_in_tools(self) -> SignInTools:
        """Doors and vault, the same ones as long as the app runs: memory must not be forgotten."""
        if self.tools is None:
            doors = self.doors
            plan = self.plan()
            self.tools = doors.sign_in(plan, doors.folder, doors.environ, doors.clock, False)
        return self.tools

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """Open the move. Raises what stands in the way, and sets `phase` by it."""
        try:
            read_plan(self.doors.folder)
        except (BlockedError, UsageError) as error:
            # A file that is wrong, not just unfinished, has to be mended by hand: say so there.
            self.phase, self.why = "plan", str(error)
            raise
        stack = AsyncExitStack()
        try:
            async with self.one_holder:
                move = open_move(self._opening(), self.doors.folder, self.bridge)
                session = await stack.enter_async_context(move)
                await _read_first(session)
                self.phase, self.why, self.session = "open", "", session
                self.doors.settled()
        except (SignedOut, VaultUnavailable) as error:
            self.phase, self.why = "sign-in", str(error)
            raise
        try:
            yield session
        finally:
            async with self.one_holder:
                self.session = None
                await stack.aclose()

    def _opening(self) -> Opening:
        return Opening(
            outside=self.doors.outside,
            sign_in=lambda *_: self.sign_in_tools(),
            environ=self.doors.environ,
            gather=_gather,
            say=self._say,
            command="",
            clock=self.doors.clock,
        )

    def _say(self, text: str) -> None:
        self.bridge.hear(Said(text))
        if self.closing.is_set():
            self.parting.append(clean(text, 1_000))

    @asynccontextmanager
    async def planning(self) -> AsyncIterator[Planning]:
        """The making of the plan: on the open move's journal, else with the lock of its own."""
        doors = self.doors
        async with self.one_holder:
            with ExitStack() as stack:
                if self.session is not None:
                    journal, store = self.session.journal, self.session.store
                else:
                    state = doors.folder / STATE_FOLDER
                    stack.enter_context(Lock.take(state, "moveday, plan", doors.clock))
                    store = Store(state)
                    journal = stack.enter_context(Journal.open(state, doors.clock))
                repo = doors.look(doors.folder)
                yield Planning(doors.folder, journal, store, self.bridge, repo, doors.clock)

    async def perform(self, job: Job) -> Ended:
        """Do one job to its end; expected trouble is a value, a bug is raised.

        A no before anything was begun is kept nowhere: the step stands where it stood.
        """
        assert self.session is not None
        self.job = job
        self.session.stop.clear()
        self.ended.pop(job.step, None)
        self.bridge.hear(Said(f"{job.name} …"))
        try:
            result = await job.work(self.session)
            ended = Ended(job, result=result)
        except NotConfirmed as error:
            return Ended(job, error=error)
        except MovedayError as error:
            ended = Ended(job, error=error)
        except asyncio.CancelledError:
            self.ended[job.step] = Ended(job)
            raise
        finally:
            self.job = None
            self.bridge.waiting.clear()
        self.ended[job.step] = ended
        return ended

    def users_down(self) -> datetime | None:
        """Since when an open cutover keeps users on a maintenance page; None: it does not."""
        return None if self.session is None else users_down_since(self.session.journal.entries)

    async def idle(self) -> None:
        """Wait until nothing is at work: it has this session in its hands. Leaving stops it."""
        if self.job is not None:
            self.bridge.hear(Said(f"taken up as soon as {self.job.name} has ended"))
        await until(lambda: self.job is None, float("inf"))

    def states(self) -> StepStates:
        """Every step with where it stands; the one at work says so, a failed one why.

        Worked out once per change: each of them reads the journal from its beginning.
        """
        now = self._moment()
        if self._stood is None or self._stood[0] != now:
            self._stood = (now, [(step, self._state(step)) for step in STEPS])
        return self._stood[1]

    def _moment(self) -> object:
        """What the states depend on: equal means that none of them changed."""
        session, job = self.session, self.job.step if self.job else ""
        entries = session.journal.seq if session else 0
        plan = session.plan_hash if session else ""
        ended = tuple((name, id(how)) for name, how in self.ended.items())
        return (id(session), entries, plan, self.phase, job, ended)

    def state(self, step: Step) -> StepState:
        """Where one step stands."""
        return next(at for one, at in self.states() if one is step)

    def _state(self, step: Step) -> StepState:
        if self.session is None:
            return self._before(step)
        if self.job is not None and self.job.step == step.id:
            return StepState("running", self.job.name)
        ended = self.ended.get(step.id)
        if ended is not None and ended.error is not None:
            return StepState("failed", clean(ended.error.title, 200))
        return step.state(self.session)

    def where_left(self) -> Step:
        """The first step that is not done: what a person would open next."""
        return next(
            (s for s, at in self.states() if at.state not in ("done", "skipped")), STEPS[-1]
        )

    def _before(self, step: Step) -> StepState:
        """Where a step stands before the move can be opened."""
        if step is PLAN:
            return StepState("you") if self.phase == "plan" else StepState("done")
        if step is SIGN_IN and self.phase == "sign-in":
            return StepState("you")
        return StepState("not yet")


async def _gather(doors: Sequence[Door], vault: Keeper) -> None:
    """Raise SignedOut for what the vault does not have; a shut keyring says so itself."""
    fields = [door.field for door in doors]
    # In a thread: a keyring that hangs takes seconds to give up, and the screens stay live.
    found = [await asyncio.to_thread(vault.get, f.service, f.account) for f in fields]
    missing = [door.side for door, value in zip(doors, found, strict=True) if value is None]
    if missing:
        raise SignedOut(f"not signed in to {' and '.join(missing)}")


async def _read_first(session: Session) -> None:
    """Note plan and account, as the first command of a person at the command line does.

    A side that does not answer stands in nobody's way here: whatever needs it says so itself.
    """
    if PLAN.state(session).state in ("ready", "stale"):
        await PLAN.run(session)
    if SIGN_IN.state(session).state == "ready":
        try:
            await SIGN_IN.run(session)
        except MovedayError as error:
            session.front.hear(Said(f"{SIGN_IN.title}: {error.title}", "warn"))
