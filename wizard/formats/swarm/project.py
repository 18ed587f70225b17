"""Running services as a project: one stack's names go without its prefix."""

import re
from collections import Counter
from collections.abc import Sequence

from wizard.formats.compose.project import Project, TopFile
from wizard.formats.compose.service import Service
from wizard.formats.compose.tree import Items, Text, Tree
from wizard.formats.errors import FormatError
from wizard.formats.swarm.service import read_service, stack_of
from wizard.formats.swarm.value import Notes, Value


def is_json_of_docker(text: str) -> bool:
    """Whether a text is JSON, and not a Compose file in JSON."""
    head = text.removeprefix("\ufeff").lstrip()
    if not re.match(r"\[\s*[{\]]|\{\s*[\"}]", head):
        return False
    return not re.search(r'^\{\s*"(?:services|version|name|x-[^"]*)"\s*:', head)


def read_running(documents: Sequence[Tree], paths: Sequence[str], *, name: str = "") -> Project:
    """What `docker service inspect` printed: one service, several, or lists of them.

    `paths` are the files that the documents stand in; `name` is for services of no stack.

    Raises FormatError when there is none; a single wrong value becomes a remark.
    """
    notes = Notes()
    found = [_value(tree, notes) for tree in _flat(documents)]
    wholes = [each for each in found if each.at("Spec", "Name").text()]
    for each in found:
        if each not in wholes:
            notes.add(each.place, "a service", "has no Spec.Name: not read")
    if not wholes:
        raise FormatError(
            paths[0], 0, "no service in it: `docker service inspect` prints a Spec.Name"
        )
    stacks = tuple(dict.fromkeys(stack for each in wholes if (stack := stack_of(each))))
    one = stacks[0] if len(stacks) == 1 else ""
    services = _services(wholes, one, notes)
    return Project(
        name=one or name,
        files=tuple(paths),
        services=services,
        volumes={m.source: True for s in services.values() for m in s.mounts if m.kind == "volume"},
        secrets=_outside(services, "secrets"),
        configs=_outside(services, "configs"),
        networks=tuple(dict.fromkeys(n for s in services.values() for n in s.networks if n)),
        remarks=notes.told(),
    )


def _flat(documents: Sequence[Tree]) -> list[Tree]:
    return [
        part
        for tree in documents
        for part in (tree.items if isinstance(tree, Items) else (tree,))
        if not (isinstance(part, Text) and part.null)
    ]


def _value(tree: Tree, notes: Notes) -> Value:
    return Value(tree, "", tree.place, notes)


def _services(wholes: list[Value], one: str, notes: Notes) -> dict[str, Service]:
    """By name; a service that stands here twice is read once, the later one counts."""
    full = {each.at("Spec", "Name").text(): each for each in wholes}
    if len(full) < len(wholes):
        seen = Counter(each.at("Spec", "Name").text() for each in wholes)
        for name, whole in full.items():
            if seen[name] > 1:
                notes.add(whole.place, "a service", "stands here twice: the last one counts")
    short = {name: name.removeprefix(f"{stack_of(whole)}_") for name, whole in full.items()}
    alone = Counter((*short.values(), *(name for name in full if short[name] != name)))
    found: dict[str, Service] = {}
    for name, whole in full.items():
        own = alone[short[name]] == 1
        called = short[name] if one and own else name
        aliases = (name, short[name]) if own else (name,)
        prefix = f"{one}_" if one and stack_of(whole) else ""
        found[called] = read_service(whole, called, prefix, aliases)
    return found


def _outside(services: dict[str, Service], what: str) -> dict[str, TopFile]:
    """Secrets and configs that services use: they lie in the cluster."""
    found: dict[str, TopFile] = {}
    for service in services.values():
        for used in service.secrets if what == "secrets" else service.configs:
            found.setdefault(used.name, TopFile(used.name, "", True, "", None, used.place))
    return found
