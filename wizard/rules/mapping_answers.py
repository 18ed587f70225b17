"""Turns answers to a mapping's questions into decisions of the plan; values never come here."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from wizard.errors import UsageError
from wizard.model.inventory import Inventory, SourceDatabase
from wizard.model.mapping import Mapping as WholeMapping
from wizard.model.plan import AddonChoice, DatabaseChoice, Job, Plan, VariableChoice
from wizard.rules.addon_catalog import kind_of
from wizard.rules.addons import choice_key
from wizard.rules.container_answers import kept_in_answers, with_answer, with_count
from wizard.rules.databases import LARGEST_DISK_GB, out_of_reach, proposed_size
from wizard.rules.domain_mapping import ALL
from wizard.rules.jobs import read_jobs
from wizard.rules.lacking_values import LACKING

_LACKS = "it has no value in the files"
_ADDON_ACTIONS = ("stay", "replace", "drop")


def decide(
    plan: Plan, inventory: Inventory, mapping: WholeMapping, identity: str, answer: str
) -> Plan:
    """The plan with the answer to one of the mapping's questions in it.

    The same plan comes back when the answer has no place there (it is journalled only). Raises
    UsageError, saying what was expected, when the answer is none.
    """
    first, _, rest = identity.partition("/")
    asked = (*mapping.questions, *mapping.offers)
    waiting = next((q for q in asked if q.question.id == identity), None)
    about = waiting.about if waiting else ()
    question = waiting.question if waiting else None
    if kept_in_answers(identity):
        return with_answer(plan, identity, answer, question)
    answers: dict[str, Callable[[], Plan]] = {
        "addon": lambda: _addon(plan, inventory, rest, answer),
        "variable": lambda: _variable(plan, rest, answer),
        LACKING: lambda: _lacking(plan, inventory, about, answer),
        "hold-back": lambda: _hold_back(plan, about, answer),
        "jobs": lambda: _jobs(plan, inventory, answer),
        "partners": lambda: plan.model_copy(update={"partners": _hosts(answer)}),
        "database": lambda: _database(plan, inventory, rest, answer),
        "domain": lambda: _domain(plan, rest, answer),
        "count": lambda: with_count(plan, inventory, rest, answer),
    }
    if first not in answers:
        raise UsageError(f"“{identity}” is no question of the mapping")
    return answers[first]()


def _addon(plan: Plan, inventory: Inventory, name: str, answer: str) -> Plan:
    fields = _fields(answer, "action", "by")
    action = _one_of(fields.get("action", ""), _ADDON_ACTIONS, f"addon/{name}")
    addon = next(a for a in inventory.addons if name in (a.name, choice_key(a, inventory)))
    choice = AddonChoice(
        action=action,  # type: ignore[arg-type]
        by=fields.get("by", ""),
        reason=fields.get("reason", ""),
    )
    addons = {**plan.addons, choice_key(addon, inventory): choice}
    return plan.model_copy(update={"addons": addons})


def _variable(plan: Plan, name: str, answer: str) -> Plan:
    fields = _fields(answer, "action", "reason")
    actions = get_args(VariableChoice.model_fields["action"].annotation)
    action = _one_of(fields.get("action", ""), actions, f"variable/{name}")
    choice = VariableChoice(action=action, reason=fields.get("reason", ""))  # type: ignore[arg-type]
    return plan.model_copy(update={"variables": {**plan.variables, name: choice}})


def _hold_back(plan: Plan, proposed: Sequence[str], answer: str) -> Plan:
    word = answer.strip().lower()
    chosen = list(proposed) if word == "all" else [] if word == "none" else _names(answer)
    wrong = [name for name in chosen if name not in proposed]
    if wrong:
        raise UsageError(
            f"{', '.join(wrong)}: not among what was asked about",
            f"“all”, “none”, or some of {', '.join(proposed)}",
        )
    keep = VariableChoice(action="keep", reason="decided not to hold it back")
    kept = {name: keep for name in proposed if name not in chosen}
    held = tuple(dict.fromkeys([*plan.hold_back, *chosen]))
    return plan.model_copy(update={"hold_back": held, "variables": {**plan.variables, **kept}})


def _lacking(plan: Plan, inventory: Inventory, asked: Sequence[str], answer: str) -> Plan:
    word = answer.strip().lower()
    named = list(asked) if word == "all" else [] if word == "none" else _names(answer)
    lacking = {v.name for v in inventory.variables if v.lacks}
    wrong = [name for name in named if name not in lacking]
    if wrong:
        raise UsageError(
            f"{', '.join(wrong)}: not among the names without a value",
            f"“all”, “none”, or some of {', '.join(asked)}",
        )
    chosen = {
        name: VariableChoice(action="give" if name in named else "drop", reason=_LACKS)
        for name in (*asked, *named)
    }
    return plan.model_copy(update={"variables": {**plan.variables, **chosen}})


def _jobs(plan: Plan, inventory: Inventory, answer: str) -> Plan:
    if answer.strip().lower() == "none":
        drop = AddonChoice(action="drop", reason="it runs no jobs, somebody looked")
        schedulers = [a for a in inventory.addons if (k := kind_of(a.service)) and k.fate == "jobs"]
        dropped = {choice_key(addon, inventory): drop for addon in schedulers}
        return plan.model_copy(update={"addons": {**plan.addons, **dropped}})
    listed = _json(answer)
    try:
        jobs = (
            tuple(Job.model_validate(entry) for entry in listed)
            if isinstance(listed, list) and not all(isinstance(e, str) for e in listed)
            else read_jobs("\n".join(listed) if isinstance(listed, list) else answer)
        )
    except ValidationError as error:
        raise UsageError("a job needs a schedule and a command, nothing else") from error
    if not jobs:
        raise UsageError("no job was named", "say “none” when there is none")
    return plan.model_copy(update={"jobs": jobs})


def _database(plan: Plan, inventory: Inventory, rest: str, answer: str) -> Plan:
    name, _, part = rest.partition("/")
    database = next(d for d in inventory.databases if name in (d.variable, d.name))
    said = answer.strip().lower()
    if not part:
        if _one_of(said, ("move", "leave"), f"database/{rest}") == "move":
            return _add_database(plan, inventory, database)
        return _leave_database(plan, inventory, database)
    if part == "disk":
        if not said.isascii() or not said.isdigit() or not 10 <= int(said) <= LARGEST_DISK_GB:
            raise UsageError(f"“{answer}” is no disk size", f"10 to {LARGEST_DISK_GB}, in GB")
        return _change(plan, database, {"disk_gb": int(said)})
    if part == "version":
        return _change(plan, database, {"version": answer.strip()})
    if not answer.strip():
        raise UsageError("say what you know, in a few words")
    return plan


def _add_database(plan: Plan, inventory: Inventory, database: SourceDatabase) -> Plan:
    if not database.variable:
        raise UsageError(
            f"no variable holds the address of {database.name}",
            "so the app could not be pointed at a new one",
            "look at its attachments on the source, then read the inventory again",
        )
    size, suffix = (
        proposed_size(database),
        "db" if database.engine == "postgres" else database.engine,
    )
    taken = {choice.handle for choice in plan.databases}
    handle = f"{plan.target.app}-{suffix}"
    number = 2
    while handle in taken:
        handle, number = f"{plan.target.app}-{suffix}-{number}", number + 1
    added = DatabaseChoice(
        variable=database.variable,
        handle=handle,
        engine=database.engine,
        disk_gb=size.disk_gb,
        memory_mb=size.memory_mb,
        move_data=database.engine == "postgres",
        route="job" if database.engine == "postgres" and out_of_reach(database) else "laptop",
    )
    return plan.model_copy(update={"databases": (*plan.databases, added)})


def _leave_database(plan: Plan, inventory: Inventory, database: SourceDatabase) -> Plan:
    if database.image or database.managed:
        return with_answer(plan, f"database/{database.variable or database.name}", "leave")
    addon = next((a for a in inventory.addons if a.name == database.name), None)
    if addon is None:
        raise UsageError(f"{database.name} is no add-on of this app: it cannot be left so")
    stay = AddonChoice(action="stay", reason="the new side goes on using it where it is")
    return plan.model_copy(update={"addons": {**plan.addons, choice_key(addon, inventory): stay}})


def _change(plan: Plan, database: SourceDatabase, what: Mapping[str, object]) -> Plan:
    changed = tuple(
        choice.model_copy(update=dict(what)) if choice.variable == database.variable else choice
        for choice in plan.databases
    )
    return plan.model_copy(update={"databases": changed})


def _domain(plan: Plan, hostname: str, answer: str) -> Plan:
    if hostname == ALL:
        return plan.model_copy(update={"domains": _hosts(answer)})
    if "$" in hostname:
        named = _hosts(answer)
        if len(named) != 1:
            raise UsageError(f"“{answer}” is not one host name", "such as www.example.com")
        plan = with_answer(plan, f"domain/{hostname}", named[0])
        return plan.model_copy(update={"domains": tuple(dict.fromkeys((*plan.domains, *named)))})
    said = _one_of(answer.strip().lower(), ("move", "leave"), f"domain/{hostname}")
    if said == "leave":
        return plan
    return plan.model_copy(update={"domains": (*plan.domains, hostname)})


def _hosts(answer: str) -> tuple[str, ...]:
    if answer.strip().lower() == "none":
        return ()
    names = tuple(name.lower() for name in _names(answer))
    wrong = [n for n in names if "/" in n or "." not in n or n.startswith(".") or len(n) > 253]
    if wrong or not names:
        raise UsageError(
            f"“{', '.join(wrong) or answer}” is no host name", "hosts between commas, or “none”"
        )
    return names


def _names(answer: str) -> list[str]:
    listed = _json(answer)
    if isinstance(listed, list):
        return [str(name) for name in listed]
    return answer.replace(",", " ").split()


def _fields(answer: str, first: str, second: str) -> dict[str, str]:
    """Fields of an answer: an object of a file, or "stay" or "replace: by words" as people type."""
    listed = _json(answer)
    if isinstance(listed, dict):
        unknown = set(listed) - {first, second, "reason"}
        if unknown or not all(isinstance(value, str) for value in listed.values()):
            raise UsageError(f"an answer has {first}, {second} and reason, each a text")
        return listed
    head, _, tail = answer.partition(":")
    return {first: head.strip().lower(), second: tail.strip()}


def _json(answer: str) -> Any:
    """What a structured answer of a file holds; None for plain words."""
    if not answer.lstrip().startswith(("[", "{")):
        return None
    try:
        return json.loads(answer)
    except ValueError:
        return None


def _one_of(said: str, choices: Sequence[str], identity: str) -> str:
    if said not in choices:
        raise UsageError(f"“{said}” is no answer to {identity}", f"one of: {', '.join(choices)}")
    return said
