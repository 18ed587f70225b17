"""What is open in a plan's document, and what is wrong with it? Judged by the plan's own model."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import ValidationError

from wizard.model.plan import Plan
from wizard.safety.clean import clean

Location = tuple[int | str, ...]
# An empty name says nothing; an empty stack says that nobody knows its name yet.
_NEVER_EMPTY = (("source", "kind"), ("source", "app"), ("target", "environment"), ("target", "app"))


class Problem(NamedTuple):
    """One thing that is not right. `words` is "" for a value that is merely open."""

    location: Location
    words: str = ""

    @property
    def id(self) -> str:
        """The path with dots."""
        return ".".join(str(part) for part in self.location)


class Standing(NamedTuple):
    """A plan, or why the document is none yet."""

    plan: Plan | None
    open: tuple[Problem, ...] = ()
    wrong: tuple[Problem, ...] = ()


def standing(document: Mapping[str, object]) -> Standing:
    """How `document` stands: a plan, open in some places, or wrong in others."""
    try:
        return Standing(Plan.model_validate(_without_empty_names(document)))
    except ValidationError as error:
        problems = error.errors()
    found = [
        Problem(
            p["loc"],
            ""
            if p["loc"][:1] != ("format",) and (p["type"] == "missing" or p["input"] is None)
            else _words(p["type"], p["msg"], p["input"]),
        )
        for p in problems
    ]
    return Standing(
        None,
        tuple(dict.fromkeys(p for p in found if not p.words)),
        tuple(p for p in found if p.words),
    )


def _without_empty_names(document: Mapping[str, object]) -> dict[str, object]:
    """`document` with an empty name as an open one; its lists and mappings stay as they are."""
    result = dict(document)
    for section, key in _NEVER_EMPTY:
        held = result.get(section)
        if isinstance(held, dict) and isinstance(held.get(key), str) and not held[key].strip():
            result[section] = {**held, key: None}
    return result


def _words(kind: str, message: str, value: object) -> str:
    if kind == "extra_forbidden":
        return "moveday knows no such setting"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "text is needed here: put the value in quotes"
    return clean(message.removeprefix("Value error, "), 500)
