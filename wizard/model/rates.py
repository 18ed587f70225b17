"""What a unit of the target costs, and which of these prices were really read."""

from decimal import Decimal

from wizard.model.frozen import Frozen


class Rates(Frozen):
    """Unit prices in US dollars, None when not known.

    Containers and databases by GB of memory and hour (general profile), disks and backups by GB and
    month, endpoints by hour, a dedicated stack by month. `where` says where they were read,
    `published` names the prices that come from the published list instead, and `trouble` why.
    """

    memory_gb_hour: Decimal | None = None
    disk_gb_month: Decimal | None = None
    backup_gb_month: Decimal | None = None
    endpoint_hour: Decimal | None = None
    stack_month: Decimal | None = None
    where: str = ""
    published: tuple[str, ...] = ()
    trouble: str = ""


PRICES: tuple[str, ...] = (
    "memory_gb_hour",
    "disk_gb_month",
    "backup_gb_month",
    "endpoint_hour",
    "stack_month",
)
"""The fields of `Rates` that are prices."""
