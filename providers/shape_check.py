"""Does an answer hold the fields that our shapes read, each of a type they understand?

Shapes are lenient so that a move goes on; this tells what that leniency would swallow. Only names
of fields and names of types come out of it, never values.
"""

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, SecretStr

from wizard.model.doctor import Looked, ShapeSeen
from wizard.safety.clean import clean

_TYPES: Mapping[object, str] = {
    str: "text",
    SecretStr: "text",
    datetime: "text",
    bool: "yes or no",
    int: "number",
    float: "number",
    type(None): "null",
}
_MOST_EXTRA = 40


def check_items(
    call: str, shape: type[BaseModel], items: Sequence[object], may_lack: frozenset[str]
) -> ShapeSeen:
    """Every item against `shape`. A field of `may_lack` may be absent, not of another type."""
    expected = {field.alias or name: field.annotation for name, field in shape.model_fields.items()}
    missing: set[str] = set()
    wrong: dict[str, str] = {}
    extra: set[str] = set()
    for item in items:
        if not isinstance(item, Mapping):
            wrong["(item)"] = f"expected object, got {type_of(item)}"
            continue
        missing |= {name for name in expected if name not in item} - may_lack
        extra |= {str(name) for name in item if name not in expected}
        for name, annotation in expected.items():
            allowed = types_of(annotation)
            if name in item and allowed is not None and type_of(item[name]) not in allowed:
                words = " or ".join(sorted(allowed))
                wrong[name] = f"expected {words}, got {type_of(item[name])}"
    state: Looked = "as expected" if items else "nothing to see"
    if missing or wrong:
        state = "differs"
    return ShapeSeen(
        call=call,
        state=state,
        items=len(items),
        missing=tuple(sorted(missing)),
        wrong=tuple(f"{name}: {what}" for name, what in sorted(wrong.items())),
        extra=tuple(clean(name, 60) for name in sorted(extra)[:_MOST_EXTRA]),
    )


def types_of(annotation: object) -> frozenset[str] | None:
    """The JSON types a field takes, by name; None when it takes anything."""
    if annotation in (typing.Any, object):
        return None
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        parts = [types_of(part) for part in typing.get_args(annotation)]
        return None if None in parts else frozenset().union(*(part for part in parts if part))
    if origin is typing.Annotated:
        return types_of(typing.get_args(annotation)[0])
    if origin is list or annotation is list:
        return frozenset({"list"})
    if origin is dict or annotation is dict:
        return frozenset({"object"})
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return frozenset({"object"})
    name = _TYPES.get(annotation)
    return frozenset({name}) if name else None


def type_of(value: object) -> str:
    """The JSON type of a value, by name."""
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, list | tuple):
        return "list"
    return _TYPES.get(type(value), "something else")
