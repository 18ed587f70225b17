"""What each thing becomes, because of which rule or person, and what it costs. Never a value."""

from typing import Literal

from wizard.model.frozen import Frozen
from wizard.model.question import Question
from wizard.model.rates import Rates

Group = Literal[
    "apps",
    "processes",
    "jobs",
    "databases",
    "storage",
    "variables",
    "add-ons",
    "domains",
    "ports",
    "hosts",
    "volumes",
    "files",
    "certificates",
    "partners",
    "people",
    "logs",
    "scaling",
    "releases",
    "platform",
]
Becomes = Literal[
    "app",
    "blocked",
    "service",
    "hook",
    "database",
    "endpoint",
    "certificate",
    "kept",
    "rewritten",
    "held back",
    "given by a person",
    "dropped",
    "replaced",
    "told",
    "stays behind",
    "not carried over",
    "open",
]


class MappedItem(Frozen):
    """One thing of the inventory. `today` and `target` are words.

    `because` is a rule's id or "decided by …". Prices are US cents a month, None when not known, 0
    when it costs nothing of its own. `question` is what a person has to decide about it; `by_hand`
    holds the official commands that do the same, or a text to send. `app` names the app it belongs
    to, where there are several.
    """

    group: Group
    name: str
    today: str
    becomes: Becomes
    target: str
    because: str
    reason: str
    today_cents: int | None = 0
    monthly_cents: int | None = 0
    question: Question | None = None
    by_hand: tuple[str, ...] = ()
    app: str = ""


class Blocker(Frozen):
    """What stands in the way of the move and no answer removes: what, why, and what to do."""

    group: Group
    name: str
    app: str = ""
    reason: str
    to_do: str
    because: str


class OpenQuestion(Frozen):
    """A question without an answer, what it is about, and the step that cannot start before it."""

    question: Question
    about: tuple[str, ...]
    before: Literal["deploy", "cutover", "report"]


class CostLine(Frozen):
    """A monthly cost that belongs to no single item; cents are None when not known."""

    name: str
    cents: int | None
    reason: str


class Total(Frozen):
    """A sum of what is known, in US cents a month, and the names of what is not."""

    cents: int
    unknown: tuple[str, ...] = ()


class Mapping(Frozen):
    """Every item of the inventory exactly once, open questions, and the bill on both sides.

    `offers` are questions that nobody has to answer: without an answer their default counts.

    `costs` come with this app beside its items; `shared_costs` are paid once per organisation,
    however many apps it runs, and are in no total.
    """

    app: str
    items: tuple[MappedItem, ...]
    questions: tuple[OpenQuestion, ...]
    offers: tuple[OpenQuestion, ...] = ()
    costs: tuple[CostLine, ...]
    shared_costs: tuple[CostLine, ...]
    today: Total
    monthly: Total
    rates: Rates
    notes: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()

    def of(self, group: Group) -> tuple[MappedItem, ...]:
        """The items of one group, those that are not carried over left out."""
        return tuple(i for i in self.items if i.group == group and i.becomes != "not carried over")

    def stays_behind(self) -> tuple[MappedItem, ...]:
        """What stays on the old side, or with its own vendor, and on the bill."""
        return tuple(item for item in self.items if item.becomes == "stays behind")

    def not_carried_over(self) -> tuple[MappedItem, ...]:
        """What moveday does not move: a person sets it up again."""
        return tuple(item for item in self.items if item.becomes == "not carried over")
