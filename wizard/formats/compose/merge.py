"""Several Compose files become one, as the specification says: the later one wins, key by key."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree

_AS_MAPPINGS = frozenset(
    {"environment", "labels", "args", "sysctls", "annotations", "extra_hosts", "driver_opts"}
)
_NAMES = frozenset({"depends_on", "networks"})
_ONE_OR_MORE = frozenset({"env_file", "dns", "dns_search", "tmpfs", "label_file"})
_WHOLE = frozenset({"command", "entrypoint", "test"})


def merged(base: Tree, over: Tree, key: str = "") -> Tree:
    """`over` on top of `base`. `!reset` empties, `!override` replaces."""
    if over.tag == "!reset":
        return Text("", over.place, null=True)
    if over.tag == "!override" or key in _WHOLE:
        return over
    base, over = as_mapping(base, key), as_mapping(over, key)
    if isinstance(over, Text) and over.null:
        return base
    if key in _ONE_OR_MORE:
        base, over = _as_list(base), _as_list(over)
    if isinstance(base, Fields) and isinstance(over, Fields):
        fields = dict(base.fields)
        for name, value in over.fields.items():
            fields[name] = merged(fields[name], value, name) if name in fields else value
        return Fields(fields, over.place, {**base.places, **over.places})
    if isinstance(base, Items) and isinstance(over, Items):
        return replace(over, items=_united(base.items, over.items, key))
    return over


def _as_list(tree: Tree) -> Tree:
    """One alone as the list that it stands for."""
    if isinstance(tree, Items) or (isinstance(tree, Text) and tree.null):
        return tree
    return Items((tree,), tree.place)


def as_mapping(tree: Tree, key: str) -> Tree:
    """`NAME=value` lines, or names, in list form as the mapping they stand for."""
    if not isinstance(tree, Items):
        return tree
    if key in _AS_MAPPINGS:
        split: Callable[[Text], tuple[str, Tree]] = _pair
    elif key in _NAMES:
        split = _name
    else:
        return tree
    fields: dict[str, Tree] = {}
    places: dict[str, Place] = {}
    for item in tree.items:
        if not isinstance(item, Text):
            return tree
        name, value = split(item)
        fields[name], places[name] = value, item.place
    return Fields(fields, tree.place, places)


def _pair(item: Text) -> tuple[str, Tree]:
    name, sign, value = item.value.partition("=")
    if not sign and ":" in name:
        name, sign, value = item.value.partition(":")
    # A name alone takes its value from the shell that deploys.
    unset = item.unset if sign else ()
    return name.strip(), replace(item, value=value, null=not sign, unset=unset)


def _name(item: Text) -> tuple[str, Tree]:
    return item.value, Text("", item.place, null=True)


def _united(base: tuple[Tree, ...], over: tuple[Tree, ...], key: str) -> tuple[Tree, ...]:
    found: dict[object, Tree] = {}
    for number, item in enumerate((*base, *over)):
        found[_identity(item, key, number)] = item
    return tuple(found.values())


def _identity(item: Tree, key: str, number: int) -> object:
    if isinstance(item, Text):
        if key == "volumes":
            parts = item.value.split(":")
            return parts[1] if len(parts) > 1 else parts[0]
        return item.value
    if isinstance(item, Fields):
        named = item.get("target")
        if key in ("volumes", "secrets", "configs") and isinstance(named, Text):
            return named.value
    return number


def together(trees: "Mapping[str, Fields]") -> Fields:
    """All files, in their order, as one."""
    first, *others = trees.values()
    found: Tree = first
    for other in others:
        found = merged(found, other)
    assert isinstance(found, Fields)
    return found
