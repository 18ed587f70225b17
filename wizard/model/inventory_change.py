"""What is different between two looks at the source."""

from typing import Literal

from wizard.model.frozen import Frozen
from wizard.model.inventory import Inventory

_ONE = {
    "app": "",
    "processes": "process",
    "variables": "variable",
    "values": "the value of",
    "add-ons": "add-on",
    "attachments": "attachment",
    "databases": "database",
    "database sizes": "size of",
    "prices": "price of",
    "domains": "domain",
    "certificate states": "certificate of",
    "certificates": "certificate",
    "buildpacks": "buildpack",
    "drains": "drain",
    "webhooks": "webhook",
    "collaborators": "collaborator",
    "features": "feature",
    "autoscalers": "autoscaler of",
    "auto-deploys": "auto-deploy of",
    "siblings": "sibling",
    "outbound addresses": "outbound address",
    "not known": "",
}
"""Kind → what one of it is called."""

What = Literal["added", "removed", "changed", "unknown", "known"]


class Change(Frozen):
    """One difference. `kind` is a group of the inventory ("domains"), `subject` the thing in it.

    "unknown": it could not be read this time, "known": this time it could. `before` and `now` are
    in words, "" where there is nothing to compare; never a value of a variable.
    """

    kind: str
    subject: str
    what: What
    before: str = ""
    now: str = ""

    @property
    def words(self) -> str:
        """One line for people."""
        thing = f"{_ONE.get(self.kind, self.kind)} {self.subject}".strip()
        if self.what == "changed" and (self.before or self.now):
            return f"{thing}: {self.before or 'nothing'} → {self.now or 'nothing'}"
        tail = {
            "added": "is new",
            "removed": "is gone",
            "changed": "changed",
            "unknown": "could not be read this time",
            "known": "could be read this time",
        }[self.what]
        more = self.now if self.what in ("added", "unknown") else self.before
        return f"{thing} {tail}" + (f": {more}" if more else "")


class InventoryRead(Inventory):
    """An inventory, and what changed since the look before; None when it was the first look."""

    changes: tuple[Change, ...] | None = None
