"""All that the same-day verdict is made from, gathered by whoever may look."""

from dataclasses import dataclass, field
from datetime import datetime

from wizard.model.dns_report import NameReport
from wizard.model.inventory import Inventory
from wizard.model.plan import Expected
from wizard.model.runs import Forecast
from wizard.model.target_facts import TargetFacts
from wizard.rules.same_day_needs import Needs


@dataclass(frozen=True)
class SameDayFacts:
    """What is known now. None (or "" and ()) means: nobody said or looked yet.

    `now` is aware; days are named in its time zone. `needs` is what the app will take.
    `agreement_waived` is the reason that somebody signed with, to go on without an agreement.
    `switch_practised`: a rehearsal had somebody change a record.
    """

    now: datetime
    regulated: bool | None = None
    agreement: str = ""
    agreement_waived: str = ""
    chosen_plan: str = ""
    stack: str = ""
    expected: Expected = field(default_factory=Expected)
    domains: tuple[str, ...] = ()
    budget_minutes: float = 30
    needs: Needs | None = None
    inventory: Inventory | None = None
    target: TargetFacts | None = None
    names: tuple[NameReport, ...] = ()
    forecast: Forecast | None = None
    switch_practised: bool = False
