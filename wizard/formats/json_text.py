"""JSON objects and TOML tables read from text: named errors with the line, never a traceback."""

import json
import re
import tomllib
from typing import Any

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import find_line, refuse_binary


def read_json_object(text: str, path: str) -> dict[str, Any]:
    """The object a JSON file holds. Raises FormatError."""
    refuse_binary(text, path)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(path, error.lineno, f"not JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise FormatError(path, 0, "nested too deeply, or a number too long to read") from None
    if not isinstance(found, dict):
        raise FormatError(path, 1, "a JSON object {…} was expected")
    return found


def read_toml(text: str, path: str) -> dict[str, Any]:
    """The table a TOML file holds. Raises FormatError."""
    refuse_binary(text, path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        why = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise FormatError(path, int(place.group(1)) if place else 0, f"not TOML: {why}") from None
    except (RecursionError, ValueError):
        raise FormatError(path, 0, "nested too deeply, or a number too long to read") from None


def key_pattern(key: str) -> str:
    """How a JSON key looks in the text."""
    return re.escape(json.dumps(key)) + r"\s*:"


def words(document: dict[str, Any], key: str, text: str, path: str) -> dict[str, str]:
    """The object at `key` with text values; {} when absent. Raises FormatError for other shapes."""
    found = document.get(key)
    if found is None:
        return {}
    line = find_line(text, key_pattern(key))
    if not isinstance(found, dict):
        raise FormatError(path, line, f"“{key}” must be an object")
    for name, value in found.items():
        if not isinstance(value, str):
            at = find_line(text, key_pattern(key), key_pattern(name)) or line
            raise FormatError(path, at, f"“{key}.{name}” must be text")
    return dict(found)


def table(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The table below `keys`, {} when there is none."""
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text_at(document: dict[str, Any], *keys: str) -> str:
    """The text below `keys`, "" when there is none."""
    found = table(document, *keys[:-1]).get(keys[-1])
    return found if isinstance(found, str) else ""
