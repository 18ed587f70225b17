"""Who carries one database's data: this machine, or a runner beside the target.

Both come as the same ports, so that rehearsal and cutover go the same way with either. A runner
compares as well: an exported snapshot ends with the session that made it, a live source can be
compared in no other, and the runner goes on while this machine is away. The hashes are made on the
servers, so comparing there costs nothing more. A frozen source is looked at again from here.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from wizard.errors import MovedayError
from wizard.model.database import Connection, MoveResult, Tier, Verdict
from wizard.model.plan import DatabaseChoice
from wizard.ports.database import Mover, OnProgress, Snapshot, Verifier
from wizard.runbook.context import RunContext
from wizard.runbook.lines.databases_moved import databases_to_move
from wizard.runbook.lines.far_end import FarEnd
from wizard.runbook.runner import is_done, was_begun
from wizard.runbook.runs import way_back_begun


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


def goes_on_alone(context: RunContext) -> bool:
    """Whether this run's data is with runners and jobs that went on while nobody was here: the move
    was begun, the comparison was not heard, and nothing is being taken back."""
    choices = databases_to_move(context)
    return (
        bool(choices)
        and all(choice.route != "laptop" for choice in choices)
        and was_begun(context, "move")
        and not is_done(context, "verify")
        and not way_back_begun(context.session.journal, context.stage.run)
    )


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
        """Give the runner its go (or find it at work) and hear how it goes, until the copy is done.

        `jobs` is its own choice, by the machine it runs on; `resume`, `frozen` and `limit` are
        settings of its job; it is told of a pause. Cancelling ends the listening, not the runner:
        its undo does that.
        """
        await self._far.start(hold=paused is not None and paused())
        line = await self._far.line()
        try:
            async with self._far.held_when_asked(paused):
                await self._far.begun()
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
