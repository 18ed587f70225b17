"""Credentials, partners and papers: what a move leaves for people to settle."""

from wizard.model.decommission import Aftermath, Farewell
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.rules.farewell_cluster import of_containers


def people_now(plan: Plan, inventory: Inventory | None, aftermath: Aftermath) -> list[Farewell]:
    """What nobody has to wait for."""
    if aftermath.ending == "not moved":
        return []
    moved = aftermath.ending == "moved"
    return [_record(plan), *([_callers(inventory)] if moved else [])]


def people_after(plan: Plan, inventory: Inventory | None, aftermath: Aftermath) -> list[Farewell]:
    """What waits until nobody goes back, or until nobody tries again."""
    if aftermath.ending == "not moved":
        return []
    found = []
    if aftermath.ending == "moved":
        if plan.partners or (inventory and inventory.outbound_ips):
            found.append(_allow_lists(plan))
        own = [v for v in inventory.variables if v.origin == "user"] if inventory else []
        found.append(_rotate(plan, len(own), contained=of_containers(plan, inventory)))
    found.append(_tokens(plan, aftermath.ending == "moved"))
    return found


def _record(plan: Plan) -> Farewell:
    years = " Papers on regulated data are kept six years (45 CFR 164.316(b))."
    return Farewell(
        id="record",
        side="people",
        what="Keep this report and the journal where both outlive this laptop, and the journal's"
        " head apart from them.",
        earliest="now",
        why="Somebody will ask next year what happened to the data."
        + (years if plan.regulated else ""),
    )


def _callers(inventory: Inventory | None) -> Farewell:
    domains = inventory.domains if inventory else ()
    default = next((d.hostname for d in domains if d.kind == "default"), "")
    hooks = ", ".join(sorted({h.host for h in inventory.webhooks})) if inventory else ""
    return Farewell(
        id="callers",
        side="people",
        what="Look through the webhooks and callbacks that others send you (payment, mail, sign-in)"
        f" for the old platform's own name{f', {default}' if default else ''}."
        + (f" The old side itself told {hooks} about releases: replace that." if hooks else ""),
        earliest="now",
        why="That name does not move with DNS and goes with the old app; its router never falls"
        " silent, so only the other services know.",
    )


def _allow_lists(plan: Plan) -> Farewell:
    partners = ", ".join(plan.partners)
    return Farewell(
        id="allow-lists",
        side="people",
        what="Have the old side's outbound addresses removed from allow-lists"
        + (f" at {partners}." if partners else "."),
        earliest="after the decision",
        why="Those addresses are shared with, or later given to, other customers.",
        after=("decide",),
    )


def _rotate(plan: Plan, count: int, *, contained: bool) -> Farewell:
    return Farewell(
        id="rotate",
        side="people",
        what="Renew the secrets that were in the old app's configuration, partners' keys first"
        + (f" ({count} variables were your own)." if count else "."),
        earliest="after the decision",
        why=f"Everybody with access to {plan.source.app} could read them, and its"
        f" {'snapshots' if contained else 'old releases'} keep them.",
        after=("decide",),
    )


def _tokens(plan: Plan, moved: bool) -> Farewell:
    return Farewell(
        id="tokens",
        side="people",
        what=f"Revoke the tokens that moveday was given for {plan.source.kind} and"
        f" {plan.target.kind}, and those of the build and deploy tools of the old side.",
        earliest="when nothing above needs them any more" if moved else "when no other try follows",
        why="They may change production until then.",
        after=("old-app",) if moved else (),
        action="list-authorizations",
    )
