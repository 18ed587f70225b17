"""What becomes of each config variable on the new side, and is it there? Pure, rule by rule."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import SecretStr

from wizard.model.frozen import Frozen
from wizard.model.inventory import Inventory, Variable
from wizard.model.plan import Plan
from wizard.rules.database_urls import DatabaseUrl, moved_url, read_url

RULES: Mapping[str, str] = {
    "V1": "a variable of the old platform has no meaning on the new one: dropped",
    "V2": "the new platform sets no PORT: it comes from the plan",
    "V3": "the address of a database that moves: becomes the new database's",
    "V4": "another address of a database that moves: becomes the new database's too",
    "V5": "an empty value: Aptible cannot hold one, and removes the variable instead",
    "V6": "masked on the source, so nobody can read it: a person has to set it",
    "V7": "held back until accept, because the plan says so",
    "V8": "belongs to an add-on that stays: kept byte for byte, and the add-on stays on the bill",
    "V9": "kept byte for byte",
    "V10": "kept byte for byte, but names a host that stays behind",
}
"""Rule id → what it says. The ids are shown as "because"."""

Action = Literal["keep", "drop", "rewrite", "hold-back", "explain-empty"]
_OLD_HOSTS = (".herokuapp.com", ".herokudns.com", ".herokuspace.com")


class VariableDecision(Frozen):
    """What becomes of one variable. `new_value` is None when nothing is to be set."""

    name: str
    action: Action
    because: str
    reason: str
    new_value: SecretStr | None = None


class ParityRow(Frozen):
    """One variable compared across sides. `because` names the rule that explains it, if any."""

    name: str
    result: Literal["same", "different", "missing", "explained", "extra"]
    because: str = ""


def decide_variables(
    inventory: Inventory,
    values: Mapping[str, SecretStr],
    plan: Plan,
    urls: Mapping[str, SecretStr],
) -> tuple[VariableDecision, ...]:
    """One decision per variable, by name.

    `values` are the source's, `urls` the new services' addresses by the variable that holds the
    old one. PORT is always among the decisions.
    """
    facts = {variable.name: variable for variable in inventory.variables}
    moving = {name: read_url(values[name]) for name in urls if name in values}
    owners = {facts[name].owner for name in urls if name in facts} - {""}
    names = sorted({*facts, *values, *urls, "PORT"})
    return tuple(
        _decide(name, facts.get(name), values.get(name), plan, urls, moving, owners)
        for name in names
    )


def _decide(
    name: str,
    fact: Variable | None,
    value: SecretStr | None,
    plan: Plan,
    urls: Mapping[str, SecretStr],
    moving: Mapping[str, DatabaseUrl | None],
    owners: Iterable[str],
) -> VariableDecision:
    def decision(
        action: Action, because: str, new: SecretStr | None = None, more: str = ""
    ) -> VariableDecision:
        reason = f"{RULES[because]} ({more})" if more else RULES[because]
        return VariableDecision(
            name=name, action=action, because=because, reason=reason, new_value=new
        )

    if name == "PORT":
        return decision("rewrite", "V2", SecretStr(str(plan.port)))
    if name in urls:
        return decision("rewrite", "V3", moved_url(value, urls[name]))
    twin = _twin(fact, value, moving, urls, owners)
    if twin:
        return decision("rewrite", "V4", moved_url(value, urls[twin]), f"the same as {twin}")
    if fact is not None and fact.origin == "platform":
        return decision("drop", "V1")
    if value is None or (fact is not None and fact.masked):
        return decision("keep", "V6")
    if not value.get_secret_value():
        return decision("explain-empty", "V5")
    if name in plan.hold_back:
        return decision("hold-back", "V7", value)
    if fact is not None and fact.origin == "addon":
        return decision("keep", "V8", value, fact.owner)
    if any(host in value.get_secret_value() for host in _OLD_HOSTS):
        return decision("keep", "V10", value)
    return decision("keep", "V9", value)


def _twin(
    fact: Variable | None,
    value: SecretStr | None,
    moving: Mapping[str, DatabaseUrl | None],
    urls: Mapping[str, SecretStr],
    owners: Iterable[str],
) -> str:
    """The moving variable that this one is another address of; "" when it is none.

    Left as it is, such a variable would make the new side write to the old database. Told by the
    address itself, and for add-on variables by the add-on (a pooler has another port).
    """
    own = read_url(value) if value is not None else None
    if own is None:
        return ""
    for name, url in moving.items():
        if url is not None and own.same_database(url):
            return name
    if fact is None or fact.origin != "addon" or fact.owner not in owners:
        return ""
    same_kind = [n for n, url in moving.items() if url is not None and url.kind == own.kind]
    same_host = [n for n in same_kind if (u := moving[n]) is not None and u.host == own.host]
    candidates = same_host or (same_kind if len(same_kind) == 1 else [])
    return candidates[0] if candidates else ""


def parity(
    wanted: Mapping[str, str],
    target: Mapping[str, str],
    decisions: Sequence[VariableDecision],
) -> tuple[ParityRow, ...]:
    """Compare keyed hashes: `wanted` of what was to be set, `target` of what is there.

    A rewritten variable that holds what was wanted is "explained" (it differs from the source by
    its rule); one that should not be there, or that no decision knows, is "extra".
    """
    decided = {decision.name: decision for decision in decisions}
    rows = []
    for name in sorted({*decided, *wanted, *target}):
        decision = decided.get(name)
        because = decision.because if decision else ""
        rows.append(
            ParityRow(
                name=name,
                result=_compare(wanted.get(name), target.get(name), decision),
                because=because,
            )
        )
    return tuple(rows)


def _compare(
    wanted: str | None, there: str | None, decision: VariableDecision | None
) -> Literal["same", "different", "missing", "explained", "extra"]:
    if wanted is not None:
        if there is None:
            return "missing"
        if there != wanted:
            return "different"
        return "explained" if decision is not None and decision.action == "rewrite" else "same"
    if decision is None:
        return "extra"
    if decision.action in ("keep", "rewrite"):
        # Masked ones: whatever a person has set explains it, nothing set is a hole.
        return "missing" if there is None else "explained"
    return "explained" if there is None else "extra"
