"""Which commit is deployed on the new side? The one that runs today, unless the plan names one."""

from wizard.model.inventory import Inventory
from wizard.model.plan import Plan


def commit_to_deploy(plan: Plan, inventory: Inventory | None) -> str:
    """A commit's hash; "" when the plan names none and the running one is not known."""
    running = inventory.release.commit if inventory and inventory.release else ""
    return plan.commit or running
