"""How a person looks at the new side by its real names before the switch: without touching DNS."""

from wizard.runbook.context import RunContext
from wizard.runbook.dns.memory import remembered_side


def pinned_by_hand(context: RunContext) -> str:
    """A request that names the address itself, and the line for a hosts file, for every name.

    Addresses are those that the new side's own names led to when its certificates were looked at.
    """
    smoke, lines = context.session.plan.smoke, []
    for name in context.stage.names if context.stage.custom_names else ():
        seen = remembered_side(context.session.journal.entries, "new", name)
        if seen is None or not seen.addresses:
            continue
        address = seen.addresses[0]
        lines += [
            f"curl --resolve {name}:443:{address} https://{name}{smoke.path}",
            f"in a browser: the line “{address} {name}” in this machine's hosts file, and out again"
            " afterwards",
        ]
    return "\n".join(lines) or "no address of the new side is known yet for the app's own names"
