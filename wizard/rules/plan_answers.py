"""How does an answer become a decision? Read by its question, checked by the plan's own model."""

import copy
import difflib
import re
from collections.abc import Mapping

from pydantic import BaseModel

from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.rules.bad_answer import BadAnswer
from wizard.rules.databases import out_of_reach, proposed_size
from wizard.rules.plan_maintenance import read_maintenance
from wizard.rules.plan_state import standing
from wizard.rules.plan_topics import BY_ID, KINDS

_YES = frozenset({"yes", "y", "true", "on"})
_NO = frozenset({"no", "n", "false", "off"})
_HANDLE = re.compile(r"[0-9a-z._-]{1,64}")
_HANDLES = frozenset({"target.environment", "target.app"})
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LAST_PORT = 65_535
_NOTHING = frozenset({"", "none", "-", "[]"})


def known_ids() -> tuple[str, ...]:
    """Every id that can be answered: topics, sections, and the settings inside a section."""
    found = dict.fromkeys(BY_ID)
    for name, field in Plan.model_fields.items():
        if name == "format":
            continue
        found[name] = None
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= dict.fromkeys(f"{name}.{key}" for key in kind.model_fields)
    return tuple(found)


def closest(name: str) -> str:
    """The known id that looks most like `name`, "" when none does."""
    found = difflib.get_close_matches(name, known_ids(), n=1)
    return found[0] if found else ""


def put_answer(
    document: Mapping[str, object], name: str, answer: object, inventory: Inventory | None = None
) -> dict[str, object]:
    """`document` with one decision more. Raises BadAnswer when it cannot be one.

    Databases that are named only get the sizes that the inventory suggests.
    """
    value = _read(document, name, answer)
    if name == "databases" and isinstance(value, list) and inventory is not None:
        value = [_sized(each, inventory) for each in value]
    changed = with_value(document, name, value)
    before = {problem.words for problem in standing(document).wrong}
    for problem in standing(changed).wrong:
        if problem.words not in before:
            raise BadAnswer(problem.words)
    return changed


def _read(document: Mapping[str, object], name: str, answer: object) -> object:
    if isinstance(answer, dict | list) and name != "databases":
        return answer
    text = str(answer).strip() if not isinstance(answer, dict | list) else ""
    topic = BY_ID.get(name)
    if name == "source.maintenance":
        return read_maintenance(text)
    if name == "source.kind":
        return _kind(text)
    if name == "port":
        return _port(text)
    if name == "regulated":
        return _yes_or_no(answer, text)
    if name == "domains":
        return [] if text.lower() in _NOTHING else _names(text)
    if name == "databases":
        return _databases(document, answer, text)
    if name == "target.plan":
        return "" if text in ("", "undecided") else text.lower()
    if name in _HANDLES:
        if not _HANDLE.fullmatch(text) or text.startswith("internal-"):
            raise BadAnswer("1 to 64 of a-z 0-9 . _ -, and not beginning with internal-")
        return text
    if topic is not None and name != "downtime.budget_minutes":
        return "" if topic.optional and text.lower() in _NOTHING else _not_empty(text)
    if isinstance(answer, str) and name == "downtime.budget_minutes":
        return _number(text)
    return answer


def _kind(text: str) -> str:
    if text.lower() not in KINDS:
        raise BadAnswer(f"moveday moves apps from: {', '.join(KINDS)}")
    return text.lower()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= _LAST_PORT):
        raise BadAnswer(f"a port is a number from 1 to {_LAST_PORT}")
    return int(text)


def _yes_or_no(answer: object, text: str) -> bool:
    if isinstance(answer, bool):
        return answer
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise BadAnswer("the answer is yes or no")


def _not_empty(text: str) -> str:
    if not text:
        raise BadAnswer("this cannot be left empty")
    return text


def _number(text: str) -> float | int:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise BadAnswer("the answer is a number") from None
    return int(value) if value.is_integer() else value


def _names(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", text) if part]


def _databases(document: Mapping[str, object], answer: object, text: str) -> list[object]:
    """Names of variables become databases; what is written out in full is taken as it is."""
    given = (
        answer if isinstance(answer, list) else ([] if text.lower() in _NOTHING else _names(text))
    )
    if isinstance(answer, dict):
        raise BadAnswer("a list of databases, or variables with commas between them")
    target = document.get("target")
    app = target.get("app") if isinstance(target, Mapping) else None
    base = app if isinstance(app, str) and app else "app"
    return [_database(each, base) if isinstance(each, str) else each for each in given]


def _sized(choice: object, inventory: Inventory) -> object:
    """Sizes from the inventory, where the answer has none; engines that cannot be moved as well."""
    if not isinstance(choice, dict):
        return choice
    found = next((d for d in inventory.databases if d.variable == choice.get("variable")), None)
    if found is None:
        return choice
    size = proposed_size(found)
    sized: dict[str, object] = {"memory_mb": size.memory_mb}
    if found.engine == "postgres":
        sized["disk_gb"] = size.disk_gb
        sized |= {"route": "job"} if out_of_reach(found) else {}
    else:
        sized |= {"engine": found.engine, "move_data": False}
    return {**choice, **{key: value for key, value in sized.items() if key not in choice}}


def _database(variable: str, base: str) -> dict[str, object]:
    if not _VARIABLE.fullmatch(variable):
        raise BadAnswer(f"“{variable}” is no name of a variable, such as DATABASE_URL")
    word = variable.lower().removesuffix("_url").replace("_", "-").strip("-") or "database"
    suffix = {"database": "db", "redis": "redis"}.get(word, word)
    made: dict[str, object] = {"variable": variable, "handle": f"{base}-{suffix}"}
    if "redis" in word:
        made |= {"engine": "redis", "move_data": False}
    return made


def with_value(document: Mapping[str, object], name: str, value: object) -> dict[str, object]:
    """`document` with `value` at the path `name`; sections on the way are made."""
    changed = copy.deepcopy(dict(document))
    place: object = changed
    *way, last = name.split(".")
    for part in way:
        below = _below(place, part)
        if not isinstance(below, dict | list):
            below = {}
            _set(place, part, below)
        place = below
    _set(place, last, value)
    return changed


def _below(place: object, part: str) -> object:
    if isinstance(place, list):
        return place[int(part)] if part.isdigit() and int(part) < len(place) else None
    return place.get(part) if isinstance(place, dict) else None


def _set(place: object, part: str, value: object) -> None:
    if isinstance(place, list) and part.isdigit() and int(part) < len(place):
        place[int(part)] = value
    elif isinstance(place, dict):
        place[part] = value
