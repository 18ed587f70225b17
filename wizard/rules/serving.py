"""Which process answers users? The one that endpoints lead to, on both sides."""

from wizard.model.inventory import Inventory

WEB = "web"


def serving_process(inventory: Inventory | None) -> str:
    """Its name: `web` where there is one, else the one that the app's own names lead to.

    Then the one with an open port, or the only one there is. Where nothing tells, it is called
    `web` all the same: whoever looks for it says that it is missing.
    """
    if inventory is None or inventory.process(WEB) is not None:
        return WEB
    led_to = [d.process for d in inventory.domains if inventory.process(d.process) is not None]
    opened = [e.process for e in inventory.entries if inventory.process(e.process) is not None]
    lasting = [p.name for p in inventory.processes if not p.job]
    only = lasting if inventory.apps and len(lasting) == 1 else []
    return next(iter((*led_to, *opened, *only)), WEB)
