"""Which stores does the app share with others? Freezing this app does not freeze the others."""

from dataclasses import dataclass

from wizard.model.inventory import Addon, Inventory, users_subject
from wizard.rules.addon_catalog import kind_of

_HOLDS_NOTHING = frozenset(
    {"A8", "A9", "A10", "A11", "A12", "A16", "A17", "A18", "A19", "A21", "A22", "A23"}
)
"""Kinds of add-ons (mail, logs, monitoring, search copies, proxies, switches) whose other users
lose nothing and write nothing that would be missing. An unknown add-on is none of them."""

UNREAD = ("(not known)",)
"""Stands for the other apps where they could not be read; no app has such a name."""


@dataclass(frozen=True)
class SharedStore:
    """An add-on that holds data and is used by other apps. `lent`: the other app pays for it.

    `unread`: who else uses it could not be read; `others` is then UNREAD alone.
    """

    addon: Addon
    others: tuple[str, ...]
    lent: bool
    unread: bool = False

    @property
    def words(self) -> str:
        """What is shared, with whom, and what that means."""
        if self.unread:
            return f"which other apps use {self.addon.name} could not be read"
        who = ", ".join(self.others)
        owner = f" and belongs to {self.addon.billed_to}" if self.lent else ""
        title = f"{self.addon.service or 'add-on'} {self.addon.name}"
        return f"{title} is also used by {who}{owner}"


def shared_stores(inventory: Inventory) -> tuple[SharedStore, ...]:
    """Every add-on with data that another app uses too, in the inventory's order."""
    gaps = {gap.subject for gap in inventory.gaps}
    found = []
    for addon in inventory.addons:
        kind = kind_of(addon.service)
        if kind is not None and kind.id in _HOLDS_NOTHING:
            continue
        lent = bool(addon.billed_to) and addon.billed_to != inventory.app
        others = sorted({*addon.shared_with, *([addon.billed_to] if lent else [])})
        if others:
            found.append(SharedStore(addon, tuple(others), lent))
        elif users_subject(addon.name) in gaps:
            found.append(SharedStore(addon, UNREAD, lent=False, unread=True))
    return tuple(found)
