"""A service's variables as MedStack tells them, and the same with one changed, as it takes them.

Inferred: that a PATCH with `env` puts the whole list in the place of the old one, in the form in
which the answer has it.
"""

import re
from collections.abc import Mapping

from providers.sources.medstack.own_fields import ENV
from providers.sources.medstack.service_object import Answered
from wizard.formats.compose.tree import Fields, Items, Text, Tree

_PATH = ("Spec", "TaskTemplate", "ContainerSpec", "Env")
_MASK = re.compile(r"^[*•●]+$")


def variables_of(service: Answered) -> dict[str, str | None] | None:
    """Name → value, None for one whose value is hidden; None when they are not told at all."""
    if "environment" in service.beside.untold or service.shape == "thin":
        return None
    tree: Tree | None = service.part.tree
    for key in _PATH:
        tree = tree.get(key) if isinstance(tree, Fields) else None
    if tree is None:
        return {}
    if not isinstance(tree, Items):
        return None
    found: dict[str, str | None] = {}
    for item in tree.items:
        if not isinstance(item, Text):
            return None
        name, sign, value = item.value.partition("=")
        found[name] = value if sign and not _MASK.match(value) else None
    return found


def as_taken(service: Answered, variables: Mapping[str, str]) -> dict[str, object]:
    """The body of the PATCH that sets exactly these."""
    key = next((name for name in ENV if name in service.raw.fields), "env")
    told = service.raw.get(key)
    if isinstance(told, Fields):
        return {key: dict(variables)}
    items = told.items if isinstance(told, Items) else ()
    if items and isinstance(items[0], Text):
        return {key: [f"{name}={value}" for name, value in variables.items()]}
    first = items[0] if items else None
    called = "key" if isinstance(first, Fields) and first.get("name") is None else "name"
    if first is None:
        called = "name"
    return {key: [{called: name, "value": value} for name, value in variables.items()]}
