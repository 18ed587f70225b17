"""The move as the screens see it: how far it is open, what is at work, how the last work ended."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from screens.bridge import Bridge
from screens.doors import Doors
from screens.work import Ended, Job
from wizard.engine.events import Said
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.engine.opening import Opening, SignInTools, open_move
from wizard.engine.plan_file import read_plan
from wizard.engine.session import STATE_FOLDER, Session
from wizard.engine.store import Store
from wizard.errors import BlockedError, MovedayError, UsageError
from wizard.model.plan import Plan
from wizard.ports.sign_in import Door, Keeper
from wizard.safety.clean import clean
from wizard.steps import PLAN, SIGN_IN, STEPS, Step
from wizard.steps.base import StepState
from wizard.steps.planning import Planning

StepStates = Sequence[tuple[Step, StepState]]
Phase = Literal["opening", "plan", "sign-in", "open"]


class SignedOut(BlockedError):
    """A credential is missing: the sign-in screen asks for it."""


@dataclass
class Desk:
    """One piece of work at a time: the engine has one journal and one person.

    `phase` says what is needed next: a whole plan, credentials, or nothing: then `session` is
    there. `again` wakes whoever opens the move, after a plan was finished or somebody signed in.
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
        try:
            async with open_move(self._opening(), self.doors.folder, self.bridge) as session:
                self.phase, self.why, self.session = "open", "", session
                yield session
        except BlockedError as error:
            if self.session is None:
                self.phase, self.why = "sign-in", str(error)
            raise
        finally:
            self.session = None

    def _opening(self) -> Opening:
        return Opening(
            outside=self.doors.outside,
            sign_in=lambda *_: self.sign_in_tools(),
            environ=self.doors.environ,
            gather=_gather,
            say=lambda text: self.bridge.hear(Said(text)),
            command="",
            clock=self.doors.clock,
        )

    @contextmanager
    def planning(self) -> Iterator[Planning]:
        """The making of the plan: on the open move's journal, else with the lock of its own."""
        doors = self.doors
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
        """Do one job to its end; expected trouble is a value, a bug is raised."""
        assert self.session is not None
        self.job = job
        self.session.stop.clear()
        self.ended.pop(job.step, None)
        try:
            result = await job.work(self.session)
            ended = Ended(job, result=result)
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

    def states(self) -> StepStates:
        """Every step with where it stands; the one at work says so, a failed one why."""
        return [(step, self.state(step)) for step in STEPS]

    def state(self, step: Step) -> StepState:
        """Where one step stands."""
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
    missing = [d.side for d in doors if vault.get(d.field.service, d.field.account) is None]
    if missing:
        raise SignedOut(f"not signed in to {' and '.join(missing)}")
