"""How does a value become JSON for a file? Plain, redacted, and always written the same way."""

import json
import math
from collections.abc import Callable

from pydantic_core import to_jsonable_python

Redact = Callable[[str], str]


def plain(value: object, redact: Redact) -> object:
    """`value` as dicts, lists, strings and numbers, every string redacted, keys included.

    Models, dates, paths, enums and sets are understood; a secret becomes stars, a number that JSON
    does not know (NaN, infinity) becomes null.
    """
    return _redacted(to_jsonable_python(value, fallback=str), redact)


def _redacted(value: object, redact: Redact) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(str(key)): _redacted(item, redact) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, redact) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def canonical(value: object) -> str:
    """The one way to write `value` as JSON on one line: sorted keys, no spaces, ASCII only.

    ASCII also means that no escape or control character from outside reaches a terminal that
    shows the file.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
