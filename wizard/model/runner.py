"""What a target-side runner is told, and what it tells: the messages of its log lines."""

from typing import Literal

from wizard.model.database import MoveProgress, MoveResult, Verdict
from wizard.model.frozen import Frozen
from wizard.model.routes import RouteMeasure

Phase = Literal["starting", "waiting", "copying", "comparing", "done", "failed"]


class RunnerJob(Frozen):
    """One database's move, without secrets: those are settings of their own.

    `move_id` names it in the target's marker; `frozen`, `limit`: see wizard.ports.database.Mover.
    `attempt` counts how often it was started after a failure: a log may begin with old lines.
    """

    move_id: str
    attempt: int = 1
    frozen: bool = False
    limit: int | None = None

    @property
    def name(self) -> str:
        """As what it is named in every line."""
        return f"{self.move_id}#{self.attempt}"


class RunnerOrder(Frozen):
    """What stands for it in the target: `go` lets the copy begin, `hold` is a person's pause.

    While it waits it says `mark` again, so that an older line is not taken for its answer, and
    tries its way with rows of `seconds` seconds, once for each mark.
    """

    go: bool = False
    hold: bool = False
    mark: str = ""
    seconds: float = 0.0


class RunnerState(Frozen):
    """Where the work stands: told every other second, so that silence means something.

    "waiting": it has reached both databases, holds nothing of either, and waits for the go.
    `snapshot_age` is for how many seconds the source's vacuum has been held back. `trouble` is why
    it had to begin again by itself, the last time; "" when it never had to. While it waits: `mark`
    is its order's, `measure` what came of trying its way.
    """

    phase: Phase
    progress: MoveProgress | None = None
    snapshot_age: float = 0.0
    trouble: str = ""
    mark: str = ""
    measure: RouteMeasure | None = None


class RunnerFailure(Frozen):
    """Why it could not go on. `kind` is the class of the error, "bug" for one without words."""

    kind: str
    title: str
    detail: str = ""
    hint: str = ""


class RunnerMessage(Frozen):
    """One message of the job that is named so. Another `boot` means that it began again."""

    job: str
    boot: str
    body: RunnerState | MoveResult | Verdict | RunnerFailure
