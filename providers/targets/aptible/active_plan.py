"""Which plan is in force? `GET /active_plans?organization_id=…`, as Aptible's dashboard asks it.

Source: the official dashboard's client (fields); not tried against the real service. Two spellings
of the memory limit are known, both taken as MB; no active plan can mean a legacy contract.
"""

from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.shapes import Shape
from wizard.model.target import ActivePlan

_LARGEST = 10_000_000


class ActivePlanShape(Shape):
    """A plan with its limits; null or missing means that none is told."""

    name: str = ""
    container_memory_limit: object = None
    container_memory_limit_mb: object = None
    disk_limit: object = None
    disk_limit_gb: object = None
    vhost_limit: object = None
    environment_limit: object = None


async def read_active_plan(api: AptibleApi, organization: str) -> ActivePlan | None:
    """The first active plan of an organisation, None when it has none."""
    params = {"organization_id": organization}
    found = await api.all(ActivePlanShape, "/active_plans", "active_plans", params=params)
    if not found:
        return None
    told = found[0]
    return ActivePlan(
        name=told.name.strip().lower(),
        memory_mb=_number(told.container_memory_limit_mb, told.container_memory_limit),
        disk_gb=_number(told.disk_limit_gb, told.disk_limit),
        endpoints=_number(told.vhost_limit),
        environments=_number(told.environment_limit),
    )


def _number(*told: object) -> int | None:
    """The first limit that is told; None for anything that is none."""
    for value in told:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
            return value
    return None
