"""What the target told of the account: organisation, stacks, plan; with the time it was told."""

from datetime import datetime

from wizard.model.frozen import Frozen
from wizard.model.target import ActivePlan, Stack


class TargetFacts(Frozen):
    """`stacks` or `plan` None: they could not be read, and `gaps` says why.

    `no_plan`: the target answered, and told of no plan in force.
    """

    organization: str
    stacks: tuple[Stack, ...] | None = None
    plan: ActivePlan | None = None
    no_plan: bool = False
    gaps: tuple[str, ...] = ()
    at: datetime
