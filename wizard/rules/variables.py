"""What becomes of each config variable on the new side, and is it there? Pure, rule by rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from wizard.model.frozen import Frozen
from wizard.model.inventory import Inventory, Variable
from wizard.model.plan import Plan, VariableChoice
from wizard.rules import variable_references as references
from wizard.rules.addons import DECIDED, AddonDecision, variables_of_addons
from wizard.rules.container_variables import leads_elsewhere, login_beside
from wizard.rules.database_urls import DatabaseUrl, moved_url, read_url, without_driver
from wizard.rules.outbound import outbound_evidence, reaches_nobody

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
    "V11": "seems to reach people or partners: held back until accept, unless a person says no",
    "V12": "belongs to an add-on that does not come along: dropped with it",
    "V13": "its add-on is replaced by something of your own: a person has to give the new value",
    "V14": "kept byte for byte; names the app's own domain, which moves along",
    "V15": "kept byte for byte, but holds what another variable loses",
    "V16": "masked on the source; a person gave the value",
    "V17": "longer than the 65,536 characters that Aptible takes for one variable",
    "V18": "leads to storage that moves, or an access that ends: a person gives the new value",
    "V19": "a part of the address of a database that moves: becomes the new database's",
    "V20": "leads to what is left behind: a person gives what takes its place on the new side",
    "V21": "has no value in these files (the shell that starts Compose may hold one): left out",
    "V22": "has no value in these files, and Compose does not start without one",
    "V23": "kept as Compose makes it: what has no value in these files stands empty in it",
    "V24": "has no value in these files; a person gives the value",
}
"""Rule id → what it says. The ids are shown as "because"."""

LONGEST = 65_536
"""Characters one variable may have (Aptible documentation)."""

Action = Literal["keep", "drop", "rewrite", "hold-back", "explain-empty"]


class VariableDecision(Frozen):
    """What becomes of one variable. `new_value` is None when nothing is to be set."""

    name: str
    action: Action
    because: str
    reason: str
    new_value: SecretStr | None = None


@dataclass(frozen=True)
class _Known:
    """All that a decision looks at."""

    inventory: Inventory
    plan: Plan
    urls: Mapping[str, SecretStr]
    given: Mapping[str, SecretStr]
    moving: Mapping[str, DatabaseUrl | None]
    owners: frozenset[str]
    addons: Mapping[str, AddonDecision]
    changing: Mapping[str, SecretStr] = field(repr=False)


def decide_variables(
    inventory: Inventory,
    values: Mapping[str, SecretStr],
    plan: Plan,
    urls: Mapping[str, SecretStr],
    given: Mapping[str, SecretStr] | None = None,
) -> tuple[VariableDecision, ...]:
    """One decision per variable, by name.

    `values` are the source's, `urls` the new services' addresses by the variable that holds the
    old one, `given` what a person gave in this session for variables that cannot be read. PORT is
    always among the decisions, except for images, which listen where they did. What the plan says
    about a variable goes before any rule, except that a database which moves takes its address
    along.
    """
    facts = {variable.name: variable for variable in inventory.variables}
    addons = variables_of_addons(inventory, plan)
    lost = [name for name, decision in addons.items() if decision.variables != "keep"]
    known = _Known(
        inventory=inventory,
        plan=plan,
        urls=urls,
        given=given or {},
        moving={name: read_url(without_driver(values[name])) for name in urls if name in values},
        owners=frozenset({facts[name].owner for name in urls if name in facts} - {""}),
        addons=addons,
        changing=references.old_values([*urls, *lost], values),
    )
    listens = set() if inventory.apps else {"PORT"}
    names = sorted({*facts, *values, *urls, *listens})
    return tuple(_decide(name, facts.get(name), values.get(name), known) for name in names)


def _decide(
    name: str, fact: Variable | None, value: SecretStr | None, known: _Known
) -> VariableDecision:
    choice = known.plan.variables.get(name)
    given = known.given.get(name)
    if name == "PORT" and choice is None and not known.inventory.apps:
        return _by_rule(name, "rewrite", "V2", SecretStr(str(known.plan.port)))
    if name in known.urls:
        beside = login_beside(name, known.inventory)
        new = moved_url(value, known.urls[name], login_beside=beside)
        return _by_rule(name, "rewrite", "V3", new, _address(value, choice))
    if fact is not None and fact.masked:
        # What a masked variable's value looks like in the plain list is not known: never use it.
        value = None
    if choice is not None:
        return _chosen(name, choice, value, given, _waits(name, known))
    twin = _twin(fact, value, known)
    if twin:
        new = moved_url(value, known.urls[twin])
        return _by_rule(name, "rewrite", "V4", new, f"the same as {twin}")
    if fact is not None and fact.origin == "platform":
        return _by_rule(name, "drop", "V1")
    led = leads_elsewhere(name, value, known.inventory, known.plan, known.urls)
    if led is not None and led.value is not None:
        return _by_rule(name, "rewrite", led.rule, led.value, led.to)
    if led is not None:
        return _by_rule(
            name, "hold-back" if _waits(name, known) else "keep", led.rule, given, led.to
        )
    addon = known.addons.get(name)
    if addon is not None and addon.variables == "drop":
        return _by_rule(name, "drop", "V12", None, addon.addon.name)
    if addon is not None and addon.variables == "give":
        waits = _waits(name, known)
        return _by_rule(name, "hold-back" if waits else "keep", "V13", given, addon.addon.name)
    lacks = fact.lacks if fact is not None else ""
    if given is None and lacks in ("all", "demanded"):
        demanded = lacks == "demanded"
        where = fact.where if fact is not None and demanded else ""
        return _by_rule(name, *(("keep", "V22") if demanded else ("drop", "V21")), more=where)
    if value is None and given is None:
        return _by_rule(name, "keep", "V6")
    now = given if value is None or (lacks and given is not None) else value
    if now is None or not now.get_secret_value():
        return _by_rule(name, "explain-empty", "V5")
    return _kept(name, fact, now, known, given=now is given)


def _kept(
    name: str, fact: Variable | None, value: SecretStr, known: _Known, *, given: bool
) -> VariableDecision:
    """A value that is there and nobody has decided about; `given` by a person just now."""
    if name in known.plan.hold_back:
        return _by_rule(name, "hold-back", "V7", value)
    evidence = "" if reaches_nobody(value) else _waits(name, known)
    if evidence:
        return _by_rule(name, "hold-back", "V11", value, evidence)
    if fact is not None and fact.origin == "addon":
        return _by_rule(name, "keep", "V8", value, fact.owner)
    lacks = fact.lacks if fact is not None else ""
    if given:
        return _by_rule(name, "keep", "V24" if lacks else "V16", value)
    if references.longer_than(value, LONGEST):
        return _by_rule(name, "keep", "V17", value)
    other = references.changed_variable(name, value, known.changing, known.moving)
    if other:
        return _by_rule(name, "keep", "V15", value, other)
    if references.names_old_platform(value, known.inventory):
        return _by_rule(name, "keep", "V10", value)
    own = references.own_domain(value, known.inventory)
    if own:
        return _by_rule(name, "keep", "V14", value, own)
    if fact is not None and lacks:
        return _by_rule(name, "keep", "V23", value, fact.where)
    return _by_rule(name, "keep", "V9", value, references.shape(value))


def _waits(name: str, known: _Known) -> str:
    """Why the new side should not have it before accept; "" when nothing says so."""
    if name in known.plan.hold_back:
        return "the plan says so"
    addon = known.addons.get(name)
    return outbound_evidence(name, addon.addon.service if addon else "")


def _chosen(
    name: str,
    choice: VariableChoice,
    value: SecretStr | None,
    given: SecretStr | None,
    waits: str,
) -> VariableDecision:
    """What a person decided. An empty value cannot be kept, whatever anybody decides."""
    said = (
        choice.reason
        or {
            "keep": "kept byte for byte",
            "drop": "left out",
            "hold-back": "held back until accept",
            "give": "a person gives the value",
        }[choice.action]
    )
    if choice.action == "drop":
        return _decision(name, "drop", DECIDED, said)
    now = given if choice.action == "give" or value is None else value
    if now is not None and not now.get_secret_value():
        return _by_rule(name, "explain-empty", "V5")
    # Giving a value says where it comes from, not when it may reach the new side.
    by_rule = choice.action == "give" and bool(waits) and choice.when != "deploy"
    later = choice.action == "hold-back" or choice.when == "accept" or by_rule
    if by_rule and not choice.when:
        said += f"; not before accept ({waits}), unless it says “when: deploy”"
    action: Action = "hold-back" if later else "keep"
    return _decision(name, action, DECIDED, said, now)


def _by_rule(
    name: str, action: Action, because: str, new: SecretStr | None = None, more: str = ""
) -> VariableDecision:
    reason = f"{RULES[because]} ({more})" if more else RULES[because]
    return _decision(name, action, because, reason, new)


def _decision(
    name: str, action: Action, because: str, reason: str, new: SecretStr | None = None
) -> VariableDecision:
    return VariableDecision(name=name, action=action, because=because, reason=reason, new_value=new)


def _address(old: SecretStr | None, choice: VariableChoice | None) -> str:
    """What stays of an address's manner, and a decision that cannot hold beside the move."""
    scheme = references.scheme(old)
    said = [f"{scheme}:// stays, as the app expects it"] if "postgres" in scheme else []
    if choice is not None:
        said.append(f"“{choice.action}” under variables cannot hold: databases moves it")
    return "; ".join(said)


def _twin(fact: Variable | None, value: SecretStr | None, known: _Known) -> str:
    """The moving variable that this one is another address of; "" when it is none.

    Left as it is, such a variable would make the new side write to the old database. Told by the
    address itself, and for add-on variables by the add-on (a pooler has another port).
    """
    own = read_url(value) if value is not None else None
    if own is None:
        return ""
    moving = known.moving
    for name, url in moving.items():
        if url is not None and own.same_database(url):
            return name
    if fact is None or fact.origin != "addon" or fact.owner not in known.owners:
        return ""
    same_kind = [n for n, url in moving.items() if url is not None and url.kind == own.kind]
    same_host = [n for n in same_kind if (u := moving[n]) is not None and u.host == own.host]
    candidates = same_host or (same_kind if len(same_kind) == 1 else [])
    return candidates[0] if candidates else ""
