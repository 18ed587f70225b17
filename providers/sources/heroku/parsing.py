"""Heroku's JSON as shapes: strictly, or keeping whatever of it can be understood."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from providers.http import Answer
from wizard.errors import OutsideError
from wizard.safety.clean import clean

T = TypeVar("T")
S = TypeVar("S", bound=BaseModel)
_SHOWN = 8


@dataclass
class Read(Generic[T]):
    """What could be read; `strange` names, in words, what was there but not understood."""

    found: list[T] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def document(answer: Answer) -> object:
    """The answer's JSON. Half a surrogate pair, which no file or address can hold, becomes "?"."""
    value = answer.json()
    return _whole_text(value) if b"\\ud" in answer.body.lower() else value


def _whole_text(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole_text(each) for each in value]
    if isinstance(value, dict):
        return {_whole_text(name): _whole_text(each) for name, each in value.items()}
    return value


def parse(shape: type[T], value: object, where: str) -> T:
    """`value` as `shape`. Raises OutsideError naming the fields that are wrong, never values."""
    try:
        return TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        wrong = sorted({".".join(map(str, item["loc"])) or "whole" for item in error.errors()})
    raise unknown_shape(where, wrong)


def unknown_shape(where: str, wrong: Iterable[str]) -> OutsideError:
    """The error for an answer that cannot be understood; `wrong` are names of fields."""
    fields = ", ".join(clean(name, 80) for name in list(wrong)[:_SHOWN])
    return OutsideError(
        f"Heroku answered in a shape moveday does not know: {where}",
        f"fields: {fields}",
        "a newer moveday may know it",
    )


def parse_some(shape: type[S], value: object, where: str) -> Read[S]:
    """A list, entry by entry: an entry without what it needs is left out and named.

    Of an entry with a strange field only that field is unknown. Raises OutsideError when `value`
    is no list at all.
    """
    if not isinstance(value, list):
        raise unknown_shape(where, ["whole"])
    read: Read[S] = Read()
    for number, entry in enumerate(value, 1):
        one, wrong = parse_one(shape, entry)
        if one is not None:
            read.found.append(one)
        if wrong:
            name = _name_of(entry) or f"entry {number}"
            lost = "" if one is not None else " (left out)"
            read.strange.append(f"{name}: {', '.join(wrong[:_SHOWN])}{lost}")
    return read


def parse_one(shape: type[S], value: object) -> tuple[S | None, list[str]]:
    """`value` as `shape` without the fields that are strange, and their names; None without what
    the shape cannot do without."""
    if not isinstance(value, dict):
        return None, ["whole"]
    try:
        return shape.model_validate(value), []
    except ValidationError as error:
        places = [item["loc"] for item in error.errors()]
    wrong = sorted({clean(".".join(map(str, place)), 80) or "whole" for place in places})
    strange = {str(place[0]) for place in places if place}
    rest = {name: each for name, each in value.items() if name not in strange}
    try:
        return shape.model_validate(rest), wrong
    except ValidationError:
        return None, wrong


def _name_of(entry: object) -> str:
    """What the entry calls itself, to find it again; never an address, it may hold a secret."""
    if not isinstance(entry, dict):
        return ""
    for key in ("name", "hostname", "type", "key", "version"):
        said = entry.get(key)
        if isinstance(said, str | int) and not isinstance(said, bool) and str(said):
            return clean(str(said), 60)
    return ""
