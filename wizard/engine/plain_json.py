"""How does a value become JSON for a file? Plain, redacted, and always written the same way."""

import json
import math
import re
from collections.abc import Callable

from pydantic_core import to_jsonable_python

Redact = Callable[[str], str]
# A field's name is the program's own; were it a customer's password too, hiding it would break the
# document for whoever reads it back.
_FIELD = re.compile(r"[a-z][a-z_]{1,30}")


def plain(value: object, redact: Redact) -> object:
    """`value` as dicts, lists, strings and numbers, every string redacted; names of fields stay.

    Models, dates, paths, enums and sets are understood; a secret becomes stars, a number that JSON
    does not know (NaN, infinity) becomes null.
    """
    return _redacted(to_jsonable_python(value, fallback=str), redact)


def _redacted(value: object, redact: Redact) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {_key(str(key), redact): _redacted(item, redact) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, redact) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _key(key: str, redact: Redact) -> str:
    return key if _FIELD.fullmatch(key) else redact(key)


def canonical(value: object) -> str:
    """The one way to write `value` as JSON on one line: sorted keys, no spaces, ASCII only.

    ASCII also means that no escape or control character from outside reaches a terminal that
    shows the file.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
