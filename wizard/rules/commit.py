"""Which commit is deployed on the new side? The one that runs today, unless the plan names one."""

from wizard.model.inventory import Inventory
from wizard.model.plan import Plan


def commit_to_deploy(plan: Plan, inventory: Inventory | None, head: str = "") -> str:
    """A commit's hash; "" when the plan names none and the running one is not known.

    A source that runs images tells no commit: there it is `head`, the one that is checked out.
    """
    running = inventory.release.commit if inventory and inventory.release else ""
    return plan.commit or running or (head if tells_no_commit(inventory) else "")


def tells_no_commit(inventory: Inventory | None) -> bool:
    """Whether the source knows images only, so that no commit of it can be compared."""
    return inventory is not None and bool(inventory.apps) and inventory.release is None
