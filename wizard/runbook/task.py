"""One line of the runbook: who acts, on which side, what it needs, does, checks and undoes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wizard.engine.events import PersonNeeded
from wizard.model.evidence import Evidence
from wizard.model.question import Question
from wizard.model.runs import Effect, Fidelity
from wizard.safety.consent import Level
from wizard.safety.redact import spare

if TYPE_CHECKING:
    from wizard.runbook.context import RunContext

Act = Callable[["RunContext"], Awaitable[None]]
Check = Callable[["RunContext"], Awaitable[Evidence | None]]
Words = Callable[["RunContext"], str]


async def _nothing(context: "RunContext") -> None:
    return None


@dataclass(frozen=True)
class Task:
    """The same object serves rehearsal and live; the context's stage says on which targets.

    `check` returns evidence when the task's aim is reached, whoever reached it, and None when it is
    not (yet); it never changes anything. `do` acts (tool tasks); `request` tells a person what to
    do; `question` is what the person has to answer before the task counts. `undo` takes back what
    `do` did; `undo_holds`: as long as it fails, nothing before it is undone in a live run, because
    users or jobs are still on the new side. `by_hand` is the official command. `repeat` means the
    check cannot see an earlier success, so only the journal decides whether it is done. `twin`
    names what a rehearsal needs to do it for real elsewhere; `within` seconds the check may take to
    pass after `do`.
    """

    id: str
    title: str
    side: Literal["old", "new", "dns", "both", "here"]
    check: Check
    who: Literal["tool", "person"] = "tool"
    needs: tuple[str, ...] = ()
    do: Act = _nothing
    undo: Act | None = None
    undo_holds: bool = False
    request: Callable[["RunContext"], Awaitable[PersonNeeded]] | None = None
    question: Callable[["RunContext"], Question] | None = None
    by_hand: Words | None = None
    effect: Effect = "none"
    fidelity: Fidelity = "real"
    twin: Literal["", "app", "name"] = ""
    expected: float = 1.0
    level: Level = Level.LOOK
    repeat: bool = False
    poll: float = 0.5
    within: float = 30.0

    def __post_init__(self) -> None:
        # A run is gone on with by what its journal says of this id, under "run-1/task/…".
        spare((self.id, "task", "phase"))
