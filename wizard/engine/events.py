"""Everything the engine says while it works; front ends draw it, nothing is ever parsed back."""

from dataclasses import dataclass, field
from datetime import datetime

from wizard.model.database import MoveProgress
from wizard.model.dns import RecordChange
from wizard.model.evidence import Evidence
from wizard.model.question import Question


@dataclass(frozen=True)
class Said:
    """One line of talk; `level` is "info", "warn" or "good"."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class TaskStarted:
    """A task begins; `expected` seconds from earlier runs, None when unknown."""

    task: str
    title: str
    expected: float | None = None


@dataclass(frozen=True)
class TaskFinished:
    """A task ended well; `adopted` means it was found done already."""

    task: str
    title: str
    seconds: float
    evidence: Evidence
    adopted: bool = False


@dataclass(frozen=True)
class TaskFailed:
    """A task ended badly; the error itself is raised as well."""

    task: str
    title: str
    reason: str


@dataclass(frozen=True)
class TaskUndone:
    """A task's undo ended well."""

    task: str
    title: str
    seconds: float


@dataclass(frozen=True)
class Moving:
    """The data move's progress."""

    task: str
    progress: MoveProgress


@dataclass(frozen=True)
class LogLine:
    """One line that an outside operation printed while it runs; cleaned and redacted.

    `about` says in a word or two which operation.
    """

    about: str
    text: str


@dataclass(frozen=True)
class ContainerToStart:
    """A container that a person is to start on the source's platform, once.

    `line` is what a plain `sh` in it runs; `secrets` are the names of those of the platform that it
    needs. None of it is secret.
    """

    name: str
    image: str
    line: str
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonNeeded:
    """A person has to act outside. The task goes on by itself once its check passes.

    `changes` are DNS records to put (data, so that any front end or hook can show them). `confirm`
    is asked when nothing outside shows whether it is done: somebody has to say so. `start` is a
    container to start, `end` the name of one to end.
    """

    task: str
    title: str
    text: str
    by_hand: str = ""
    changes: tuple[RecordChange, ...] = ()
    since: datetime | None = None
    facts: dict[str, str] = field(default_factory=dict)
    confirm: Question | None = None
    start: ContainerToStart | None = None
    end: str = ""


@dataclass(frozen=True)
class PersonDone:
    """What a person was asked for under `task` is there, or is no longer waited for.

    It may have been asked for in the middle of another task, whose end says nothing of it.
    """

    task: str


Event = (
    Said
    | TaskStarted
    | TaskFinished
    | TaskFailed
    | TaskUndone
    | Moving
    | LogLine
    | PersonNeeded
    | PersonDone
)
