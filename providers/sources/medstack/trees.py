"""An answer that was read as plain values, as trees again, so that one reader serves both."""

import json
from collections.abc import Iterable, Mapping

from wizard.formats.compose.tree import Fields
from wizard.formats.errors import FormatError
from wizard.formats.json_tree import read_documents


def trees_of(things: Iterable[Mapping[str, object]]) -> list[Fields]:
    """Those that can be understood at all."""
    found = []
    for thing in things:
        try:
            tree = read_documents(json.dumps(thing), "the answer")[0]
        except (FormatError, ValueError, RecursionError):
            continue
        if isinstance(tree, Fields):
            found.append(tree)
    return found
