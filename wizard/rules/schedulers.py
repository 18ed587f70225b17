"""Does something outside of the app's processes start its jobs? Known by the add-on's service."""

from wizard.model.inventory import Addon, Inventory

SCHEDULERS = frozenset({"scheduler", "advanced-scheduler", "crontogo"})
"""Services whose jobs no API of the platform lists or stops: a person does, on their web pages."""


def schedulers(inventory: Inventory | None) -> tuple[Addon, ...]:
    """The schedulers of an app; none when it was not looked at."""
    addons = inventory.addons if inventory else ()
    return tuple(addon for addon in addons if addon.service in SCHEDULERS)
