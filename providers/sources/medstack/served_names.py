"""Host names that MedStack leads to a service, and the port inside the container.

Seen in its screens: a domain mapping of a service is "Domain" (a list separated by commas) and
"Internal port". How the API calls them is inferred.
"""

import re
from collections.abc import Sequence

from wizard.formats.compose.parts import ServedName
from wizard.formats.compose.tree import Fields, Items, Text, Tree
from wizard.formats.compose.values import text_of

_NAME = re.compile(r"^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9_-]+)+\.?$")
_KEYS = ("domain", "domains", "name", "host", "hostname")


def served_names(
    thing: Fields, names: Sequence[str], ports: Sequence[str]
) -> tuple[tuple[ServedName, ...], tuple[str, ...]]:
    """The names that stand in the fields `names`, and the fields that were not understood."""
    found: dict[str, ServedName] = {}
    strange = []
    usual = _port(thing, ports)
    for key in names:
        tree = thing.get(key)
        if tree is None:
            continue
        for text, port in _texts(tree, ports):
            for name in re.split(r"[,\s]+", text.value):
                plain = re.sub(r"^https?://", "", name).rstrip("/")
                if not plain:
                    continue
                if not _NAME.match(plain):
                    strange.append(key)
                    continue
                found.setdefault(plain.lower(), ServedName(plain, port or usual, text.place))
        if not isinstance(tree, Text | Items | Fields) or _empty_handed(tree, ports):
            strange.append(key)
    return tuple(found.values()), tuple(dict.fromkeys(strange))


def _texts(tree: Tree, ports: Sequence[str]) -> list[tuple[Text, int | None]]:
    """Every text that holds names, with the port that stands beside it."""
    if isinstance(tree, Text):
        return [(tree, None)] if tree.quoted else []
    if isinstance(tree, Items):
        return [one for item in tree.items for one in _texts(item, ports)]
    own = _port(tree, ports)
    held = next((tree.get(key) for key in _KEYS if tree.get(key) is not None), None)
    return [(text, port or own) for text, port in _texts(held, ports)] if held else []


def _empty_handed(tree: Tree, ports: Sequence[str]) -> bool:
    """Whether something stands there and no text was found in it."""
    if isinstance(tree, Text):
        return not tree.quoted
    full = tree.items if isinstance(tree, Items) else tree.fields
    return bool(full) and not _texts(tree, ports)


def _port(thing: Fields, ports: Sequence[str]) -> int | None:
    for key in ports:
        written = text_of(thing.get(key)).strip()
        if re.fullmatch(r"[0-9]{1,5}", written) and 0 < int(written) <= 65_535:
            return int(written)
    return None
