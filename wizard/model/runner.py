"""What a target-side runner is told, and what it tells: the messages of its log lines."""

from typing import Literal

from wizard.model.database import MoveProgress, MoveResult, Verdict
from wizard.model.frozen import Frozen


class RunnerJob(Frozen):
    """One database's move, without secrets: those are settings of their own.

    `move_id` names it in the target's marker and in every line; `frozen`, `limit`: see
    wizard.ports.database.Mover.
    """

    move_id: str
    frozen: bool = False
    limit: int | None = None


class RunnerState(Frozen):
    """Where the work stands: told every other second, so that silence means something.

    `snapshot_age` is for how many seconds the source's vacuum has been held back.
    """

    phase: Literal["starting", "copying", "comparing", "done", "failed"]
    progress: MoveProgress | None = None
    snapshot_age: float = 0.0


class RunnerFailure(Frozen):
    """Why it could not go on. `kind` is the class of the error, "bug" for one without words."""

    kind: str
    title: str
    detail: str = ""
    hint: str = ""


class RunnerMessage(Frozen):
    """One message. `boot` names the life of the process: another one means it began again."""

    move_id: str
    boot: str
    body: RunnerState | MoveResult | Verdict | RunnerFailure
