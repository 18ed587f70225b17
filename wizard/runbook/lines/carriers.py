"""Who carries one database's data: this machine, or a runner beside the target.

Both come as the same ports, so that rehearsal and cutover go the same way with either. A runner
compares as well: an exported snapshot ends with the session that made it, a live source can be
compared in no other, and the runner goes on while this machine is away. The hashes are made on the
servers, so comparing there costs nothing more. A frozen source is looked at again from here.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from wizard.acts import do
from wizard.errors import BlockedError, MovedayError
from wizard.model.database import Connection, MoveResult, Tier, Verdict
from wizard.model.plan import DatabaseChoice
from wizard.ports.database import Mover, OnProgress, Snapshot, Verifier
from wizard.runbook.context import RunContext
from wizard.runbook.lines.frozen import databases_to_move
from wizard.runbook.lines.runner_app import (
    find_runner,
    job_of,
    line_key,
    runner_handle,
    scale,
    set_up,
)
from wizard.runbook.runner import is_done, was_begun
from wizard.runbook.runner_line import RunnerLine
from wizard.runbook.runs import way_back_begun
from wizard.runbook.watcher import note


@dataclass(frozen=True)
class Carrier:
    """`outlives`: it goes on, and keeps its snapshot, when this process ends."""

    mover: Mover
    verifier: Verifier
    snapshot: Callable[[Connection], AbstractAsyncContextManager[Snapshot]]
    outlives: bool


def carrier(context: RunContext, choice: DatabaseChoice) -> Carrier:
    """Whom the plan says."""
    outside = context.session.outside
    if choice.route == "laptop":
        return Carrier(outside.mover, outside.verifier, outside.probe.snapshot, outlives=False)
    far = FarEnd(context, choice)
    return Carrier(RunnerMover(outside.mover, far), RunnerVerifier(far), far.snapshot, True)


def runner_at_work(context: RunContext) -> bool:
    """Whether this run's data is with runners that went on while nobody was here: the move was
    begun, the comparison was not heard, and nothing is being taken back."""
    choices = databases_to_move(context)
    return (
        bool(choices)
        and all(choice.route == "runner" for choice in choices)
        and was_begun(context, "move")
        and not is_done(context, "verify")
        and not way_back_begun(context.session.journal, context.stage.run)
    )


class FarSnapshot:
    """The runner's own snapshot, as far as its lines tell of it; nobody looks through it here."""

    id = ""

    def __init__(self, line: RunnerLine) -> None:
        self._line = line

    def age_seconds(self) -> float:
        """As of the runner's last word."""
        return self._line.state.snapshot_age if self._line.state else 0.0


class FarEnd:
    """One database's runner: found by its handle, listened to once per run."""

    def __init__(self, context: RunContext, choice: DatabaseChoice) -> None:
        self._context, self._choice = context, choice

    async def line(self) -> RunnerLine:
        """The open ear. BlockedError when there is no such app."""
        key = line_key(self._choice)
        if key not in self._context.opened:
            app = await find_runner(self._context, self._choice)
            if app is None:
                raise BlockedError(
                    f"the runner {runner_handle(self._context, self._choice)} is not there",
                    "somebody has removed it",
                    f"{do('roll-back')}, and begin again",
                )
            job = job_of(self._context, self._choice)
            opened = RunnerLine(
                self._context.session.outside.target,
                app,
                job.name,
                self._context.say,
                lambda: find_runner(self._context, self._choice),
            )
            opened.open()
            self._context.resources.push_async_callback(opened.close)
            self._context.opened[key] = opened
        found = self._context.opened[key]
        assert isinstance(found, RunnerLine)
        return found

    async def start(self) -> None:
        """Let it work: one container. One that works already, since an earlier start, goes on."""
        line = await self.line()
        await set_up(self._context, self._choice, line.app)
        await scale(self._context, line.app, 1)

    async def stop(self) -> None:
        """So that the next try finds it at zero, and starts it anew."""
        line = await self.line()
        await scale(self._context, line.app, 0)

    def void(self, reason: str) -> None:
        """Keep this run's times out of any forecast."""
        note(self._context, reason)

    @asynccontextmanager
    async def snapshot(self, source: Connection) -> AsyncIterator[Snapshot]:
        """What the runner holds; `source` is opened over there."""
        yield FarSnapshot(await self.line())


class RunnerMover:
    """The Mover whose copy runs beside the target; see wizard.ports.database.Mover."""

    def __init__(self, near: Mover, far: FarEnd) -> None:
        self._near, self._far = near, far

    async def owner(self, target: Connection) -> str | None:
        """Looked up from here."""
        return await self._near.owner(target)

    async def is_empty(self, target: Connection) -> bool:
        """Looked up from here."""
        return await self._near.is_empty(target)

    async def clean(self, target: Connection, move_id: str) -> None:
        """Done from here."""
        await self._near.clean(target, move_id)

    async def remove_marker(self, target: Connection, move_id: str) -> None:
        """Done from here."""
        await self._near.remove_marker(target, move_id)

    async def copy(
        self,
        source: Connection,
        target: Connection,
        *,
        snapshot: Snapshot,
        move_id: str,
        on_progress: OnProgress | None = None,
        jobs: int | None = None,
        resume: bool = False,
        frozen: bool = False,
        limit: int | None = None,
        paused: Callable[[], bool] | None = None,
    ) -> MoveResult:
        """Start the runner (or find it at work) and hear how it goes, until the copy is done.

        `jobs` is its own choice, by the machine it runs on; `resume`, `frozen` and `limit` are
        settings of its job; a pause begins when it is done. Cancelling ends the listening, not the
        runner: its undo does that.
        """
        await self._far.start()
        line = await self._far.line()
        try:
            moved = await line.wait_for(lambda: line.moved, "copying", on_progress)
            if line.began_again:
                self._far.void("the runner had to begin again amid the move")
            return moved
        except MovedayError:
            if line.failure is not None:
                await self._far.stop()
            raise


class RunnerVerifier:
    """The Verifier whose comparison the runner makes, in its copy's own snapshot."""

    def __init__(self, far: FarEnd) -> None:
        self._far = far

    async def verify(
        self,
        source: Connection,
        target: Connection,
        *,
        snapshot: Snapshot | None,
        on_progress: OnProgress | None = None,
        tier: Tier = "full",
        seed: int = 0,
        roles: Sequence[str] = (),
    ) -> Verdict:
        """Hear the verdict; the runner makes a full one and no other."""
        line = await self._far.line()
        try:
            return await line.wait_for(lambda: line.verdict, "comparing", on_progress)
        except MovedayError:
            if line.failure is not None:
                await self._far.stop()
            raise
