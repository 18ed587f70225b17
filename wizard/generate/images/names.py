"""Names for folders and lines of a Procfile, made of names that people gave: each its own."""

import re
from collections.abc import Iterable

_ODD = re.compile(r"[^A-Za-z0-9_-]")


def plain_names(names: Iterable[str]) -> dict[str, str]:
    """Name → letters, digits, - and _; no two alike, also where capitals do not count."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _ODD.sub("-", name).strip("-") or "app"
        wanted, number = plain, 1
        while wanted.lower() in taken:
            number += 1
            wanted = f"{plain}-{number}"
        taken.add(wanted.lower())
        found[name] = wanted
    return found
