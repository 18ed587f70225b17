"""How a service's answer was built: names of its fields with their types, and no value at all."""

from collections.abc import Iterable, Iterator

from providers.sources.medstack.own_fields import ENV, LABELS
from providers.sources.medstack.service_object import Answered
from wizard.formats.compose.tree import Fields, Items, Tree
from wizard.model.inventory import AnswerShape
from wizard.safety.clean import clean

_DEEPEST, _MOST, _LONGEST = 8, 200, 80
_PEOPLES = frozenset({*ENV, *LABELS, "Env", "Labels"})
"""Objects whose keys are the customer's own words, not the API's."""


def answer_shapes(services: Iterable[Answered]) -> tuple[AnswerShape, ...]:
    """One per way in which services are told."""
    found: dict[tuple[str, ...], list[Answered]] = {}
    for service in services:
        paths = dict.fromkeys(_paths(service.raw, "", 0))
        found.setdefault(tuple(sorted(paths)[:_MOST]), []).append(service)
    return tuple(
        AnswerShape(
            processes=tuple(clean(each.name, _LONGEST) for each in same),
            fields=fields,
            where=same[0].raw.place.file,
        )
        for fields, same in found.items()
    )


def _paths(tree: Tree, path: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(tree, Fields):
        if not tree.fields:
            yield f"{path}: empty object"
        for key, inner in tree.fields.items():
            own = path.rpartition(".")[2] in _PEOPLES
            name = "{…}" if own else clean(key, _LONGEST)
            yield from _paths(inner, f"{path}.{name}".removeprefix("."), depth + 1)
    elif isinstance(tree, Items):
        if not tree.items:
            yield f"{path}[]: empty list"
        for inner in tree.items:
            yield from _paths(inner, f"{path}[]", depth + 1)
    else:
        kind = "null" if tree.null else "text" if tree.quoted else "number or truth value"
        yield f"{path}: {kind}"
