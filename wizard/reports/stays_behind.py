"""What is still there after the move, costs money, holds data, or must not be removed?"""

from collections.abc import Sequence

from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.model.runs import Run


def stays_behind(plan: Plan, inventory: Inventory | None, runs: Sequence[Run]) -> list[str]:
    """Sentences, each one thing that a person has to know or do after the move."""
    data = "regulated data (PHI)" if plan.regulated else "the app's data"
    old, app = plan.source.kind, plan.source.app
    found = [
        f"The old app {app} on {old} still exists, with its configuration and its database, which"
        f" holds {data}. It is billed until it is deleted there; moveday deletes nothing.",
    ]
    if inventory is None:
        found.append("Add-ons are unknown: there is no inventory. Look them up on the old side.")
    for addon in inventory.addons if inventory else ():
        found.append(_addon(addon.service, addon.plan, addon.monthly_cents, addon.shared_with))
    moved = [choice.handle for choice in plan.databases if choice.move_data]
    if moved and runs:
        found.append(
            f"Rehearsals and the first deploy made databases of their own beside"
            f" {', '.join(moved)}. Where they were deleted, the backups that {plan.target.kind}"
            f" retains are still there and hold {data}, until the environment's retention ends"
            " or a person deletes them."
        )
    if plan.source_backup:
        found.append(f"A backup taken on {old} before the move holds {data}.")
    for domain in plan.domains:
        found.append(
            f"The CNAME record _acme-challenge.{domain} must stay for good: {plan.target.kind}"
            " renews the certificate through it."
        )
    if plan.domains:
        found.append(
            "Before the custom domains or the app are deleted on the old side, remove every DNS"
            " record that still points there: a name without an owner can be taken over."
        )
        ttl = plan.dns.restore_ttl
        to = f" ({ttl} s)" if ttl is not None else ""
        found.append(
            f"The DNS records were lowered to a TTL of {plan.dns.low_ttl} s. Put the old TTL back"
            f"{to} once nobody wants to go back any more."
        )
    if plan.hold_back:
        names = ", ".join(plan.hold_back)
        found.append(f"Held back on purpose while practising: {names}. Check that they are set.")
    if plan.dns.rehearsal_name:
        found.append(f"The throw-away name {plan.dns.rehearsal_name} can be removed from DNS.")
    return found


def _addon(service: str, plan: str, cents: int | None, shared: Sequence[str]) -> str:
    price = "at a price that is unknown" if cents is None else f"{cents / 100:.2f} a month"
    text = f"The add-on {service} ({plan}) is billed until it is removed, {price}."
    if shared:
        text += f" It is shared with {', '.join(shared)}: removing it takes it away there too."
    return text
