"""What becomes of each add-on: by the plan, by the catalogue, or a question; never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wizard.model.inventory import Addon, Inventory
from wizard.model.plan import AddonChoice, Plan
from wizard.model.question import Question
from wizard.rules.addon_catalog import UNKNOWN, AddonKind, kind_of

DECIDED = "decided by moveday.yaml"
_CHOICES = ("stay", "replace", "drop")

AddonAction = Literal["database", "stay", "replace", "drop", "jobs", "open"]


@dataclass(frozen=True)
class AddonDecision:
    """What becomes of one add-on. `variables` says what happens to those it owns.

    "keep": as they are; "drop": they go with it; "give": a person gives new values.
    """

    addon: Addon
    action: AddonAction
    target: str
    because: str
    reason: str
    before_end: str = ""
    variables: Literal["keep", "drop", "give"] = "keep"
    question: Question | None = None


def choice_for(addon: Addon, inventory: Inventory, plan: Plan) -> AddonChoice | None:
    """The plan's decision, found by the add-on's name, else by its service when it is the only one.

    Names such as "sendgrid-curved-123" are the source's invention; a service is what people say.
    """
    if addon.name in plan.addons:
        return plan.addons[addon.name]
    return plan.addons.get(addon.service) if _only_one(addon, inventory) else None


def choice_key(addon: Addon, inventory: Inventory) -> str:
    """Under which key a decision about this add-on is kept in the plan."""
    return addon.service if addon.service and _only_one(addon, inventory) else addon.name


def decide_addons(inventory: Inventory, plan: Plan) -> tuple[AddonDecision, ...]:
    """One decision per add-on, in the inventory's order."""
    return tuple(_decide(addon, inventory, plan) for addon in inventory.addons)


def variables_of_addons(inventory: Inventory, plan: Plan) -> Mapping[str, AddonDecision]:
    """Variable name → the decision about the add-on that owns it."""
    by_name = {decision.addon.name: decision for decision in decide_addons(inventory, plan)}
    owned = {v.name: v.owner for v in inventory.variables if v.origin == "addon"}
    return {name: by_name[owner] for name, owner in owned.items() if owner in by_name}


def _decide(addon: Addon, inventory: Inventory, plan: Plan) -> AddonDecision:
    kind = kind_of(addon.service)
    choice = choice_for(addon, inventory, plan)
    if kind is not None and kind.fate == "database" and _moves(addon, plan):
        return AddonDecision(addon, "database", kind.target, kind.id, kind.why)
    if choice is not None:
        return _chosen(addon, choice, kind)
    key = choice_key(addon, inventory)
    if kind is None:
        return _open(
            addon,
            key,
            UNKNOWN,
            "not known yet",
            f"moveday does not know the add-on {addon.service or addon.name}",
        )
    if kind.fate in ("ask", "stop", "database"):
        reason = "it is in no line of the plan's databases" if kind.fate == "database" else kind.why
        return _open(addon, key, kind.id, kind.target, reason, kind.before_end)
    if kind.fate == "jobs":
        known = bool(plan.jobs)
        target = f"{kind.target} ({len(plan.jobs)} jobs)" if known else kind.target
        return AddonDecision(
            addon,
            "jobs" if known else "open",
            target,
            kind.id,
            "its jobs are in the plan" if known else kind.why,
            kind.before_end,
            "drop",
            None if known else jobs_question(addon),
        )
    return AddonDecision(
        addon,
        "stay" if kind.fate == "stay" else "replace" if kind.fate == "replace" else "drop",
        kind.target,
        kind.id,
        kind.why,
        kind.before_end,
        "keep" if kind.fate == "stay" else "drop",
    )


def _chosen(addon: Addon, choice: AddonChoice, kind: AddonKind | None) -> AddonDecision:
    targets = {
        "stay": "the same vendor" if kind is None else kind.target,
        "replace": choice.by or (kind.target if kind else "something else"),
        "drop": "nothing",
    }
    new_values = kind is None or kind.new_values
    variables: dict[str, Literal["keep", "drop", "give"]] = {
        "stay": "keep",
        "replace": "give" if new_values else "drop",
        "drop": "drop",
    }
    return AddonDecision(
        addon,
        choice.action,
        targets[choice.action],
        DECIDED,
        choice.reason or choice.by or f"the plan says {choice.action}",
        kind.before_end if kind else "",
        variables[choice.action],
    )


def _open(
    addon: Addon, key: str, rule: str, target: str, reason: str, before_end: str = ""
) -> AddonDecision:
    names = ", ".join(addon.provides)
    return AddonDecision(
        addon,
        "open",
        target,
        rule,
        reason,
        before_end,
        "keep",
        Question(
            id=f"addon/{key}",
            text=f"What becomes of the add-on {addon.name} ({addon.plan or addon.service})?",
            why=f"{reason}{f'; it gives the app {names}' if names else ''}",
            kind="choice",
            choices=_CHOICES,
            flag=f"--answers FILE (addon/{key})",
        ),
    )


def jobs_question(addon: Addon) -> Question:
    """Which jobs a scheduler runs; no API tells."""
    page = f": {addon.web_url}" if addon.web_url else ""
    return Question(
        id="jobs",
        text=(
            f"Which jobs does {addon.name} run? One per line or between semicolons, as in"
            " “0 3 * * * python clean.py” (five cron fields in UTC, then the command), or “none”."
        ),
        why=f"no API lists them; they stand on the add-on's page{page}",
        kind="text",
        flag="--answers FILE (jobs)",
    )


def _moves(addon: Addon, plan: Plan) -> bool:
    return any(choice.variable in addon.provides for choice in plan.databases)


def _only_one(addon: Addon, inventory: Inventory) -> bool:
    return sum(other.service == addon.service for other in inventory.addons) == 1
