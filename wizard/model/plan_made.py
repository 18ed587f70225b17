"""What `moveday plan` found, took and wrote."""

from wizard.model.found import Proposal
from wizard.model.frozen import Frozen
from wizard.model.question import Question
from wizard.model.same_day import SameDay


class PersonTask(Frozen):
    """Something only a person can do. `by` is a day in words, "" when any day will do."""

    id: str
    title: str
    text: str
    by: str = ""
    done: bool | None = None


class PlanMade(Frozen):
    """`document` is the plan as it stands now; `open` are questions that wait, each with its id.

    `taken` is what the facts settled without a question. `later` are questions that nothing waits
    for. `written`: whether moveday.yaml was changed.
    """

    document: dict[str, object]
    whole: bool
    written: bool
    taken: dict[str, Proposal] = {}
    open: tuple[Question, ...] = ()
    later: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    tasks: tuple[PersonTask, ...] = ()
    verdict: SameDay
