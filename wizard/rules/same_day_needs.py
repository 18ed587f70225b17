"""How much will the app take on the new side? To be held against what a plan allows."""

from wizard.model.frozen import Frozen
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.rules.processes import decide_processes


class Needs(Frozen):
    """Memory in MB over all containers, disk in GB over all databases, endpoints.

    `whole`: false when the inventory is missing, so that the figures are a lower bound.
    """

    memory_mb: int
    disk_gb: int
    endpoints: int
    whole: bool


def needs_of(plan: Plan, inventory: Inventory | None) -> Needs:
    """What the plan's databases and processes take together.

    One endpoint more than there are names: the operator's own, on the default domain.
    """
    if inventory is None:
        processes = sum(p.count * p.memory_mb for p in plan.processes.values())
    else:
        decided = decide_processes(inventory, plan)
        processes = sum(d.count * d.memory_mb for d in decided if d.action == "service")
    return Needs(
        memory_mb=processes + sum(d.memory_mb for d in plan.databases),
        disk_gb=sum(d.disk_gb for d in plan.databases),
        endpoints=1 + len(plan.domains),
        whole=inventory is not None,
    )
