"""A service of MedStack's answer, whichever of the shapes it has, as docker's own service object.

Nobody outside MedStack has seen the whole object: only `id`, and in a PATCH `secrets[]` of
`name`, `file_name`, `uid`, `gid`, `mode`. Two shapes are plausible and both are read: the Swarm
API's Service (MedStack's back end speaks that API), and a resource of its own in the words of its
screens. All other names of fields here are inferred. A field that is not there is not known: it
never becomes a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from providers.sources.medstack import own_fields
from providers.sources.medstack.served_names import served_names
from wizard.formats.compose.parts import ServedName
from wizard.formats.compose.tree import Fields, Place, Text, Tree
from wizard.formats.compose.values import text_of
from wizard.formats.swarm.service import Beside
from wizard.formats.swarm.sniff import Part

Shape = Literal["swarm", "own", "thin"]
HOUSEKEEPING = frozenset(
    {
        *("id", "object", "created_at", "updated_at", "version", "status", "state", "type"),
        *("cluster_id", "company_id", "href", "url", "links", "service_status"),
        *("running_replicas", "running_tasks", "running_containers", "replicas_running", "running"),
    }
)
"""Fields that say nothing about what has to run."""
NAMES = ("name", "label", "service_name")
_DOMAINS = ("domains", "domain", "domain_mappings", "domain_mapping")
_PORT = ("internal_port", "port", "container_port")


@dataclass(frozen=True)
class Answered:
    """One service. `raw` is the answer as it came, for this process's memory only; `unread` names
    fields that were there and not understood, never their values."""

    id: str
    name: str
    shape: Shape
    part: Part = field(repr=False)
    beside: Beside
    raw: Fields = field(repr=False)
    unread: tuple[str, ...] = ()


def answered(thing: Fields) -> Answered:
    """The service. One that tells next to nothing is "thin"."""
    inner = _swarm_object(thing)
    identity = text_of(thing.get("id")) or text_of(thing.get("ID"))
    served, left = served_names(thing, _DOMAINS, _PORT)
    if inner is None:
        return _own(thing, identity, served, left)
    outside = {key for key in thing.fields if thing is not inner and thing.get(key) is not inner}
    known = HOUSEKEEPING | set(_DOMAINS) | set(_PORT) | set(NAMES)
    fields = {key: value for key, value in inner.fields.items() if key not in known}
    spec = inner.get("Spec")
    told = text_of(spec.get("Name")).strip() if isinstance(spec, Fields) else ""
    name = told or _fallback(identity)
    return Answered(
        id=identity,
        name=name,
        shape="swarm",
        part=_part(_named(Fields(fields, inner.place, inner.places), name)),
        beside=Beside(served=served),
        raw=thing,
        unread=tuple(sorted({*(outside - known), *left})),
    )


def _own(
    thing: Fields, identity: str, served: tuple[ServedName, ...], left: tuple[str, ...]
) -> Answered:
    read = own_fields.read(thing)
    told = (text_of(thing.get(key)).strip() for key in NAMES)
    named = next((name for name in told if name), "")
    untold = list(read.untold)
    if not any(key in thing.fields for key in _DOMAINS):
        untold.append("served")
    known = HOUSEKEEPING | set(_DOMAINS) | set(_PORT) | set(NAMES) | read.known
    return Answered(
        id=identity,
        name=named or _fallback(identity),
        shape="own" if named or read.known & thing.fields.keys() else "thin",
        part=_part(_named(read.tree, named or _fallback(identity))),
        beside=Beside(served=served, untold=tuple(untold)),
        raw=thing,
        unread=tuple(sorted({*(thing.fields.keys() - known), *read.strange, *left})),
    )


def _swarm_object(thing: Fields) -> Fields | None:
    """Docker's own object: the whole answer, or one of its fields."""
    for each in (thing, *thing.fields.values()):
        spec = each.get("Spec") if isinstance(each, Fields) else None
        if isinstance(each, Fields) and isinstance(spec, Fields) and "TaskTemplate" in spec.fields:
            return each
    return None


def _fallback(identity: str) -> str:
    return f"service-{identity[:8]}" if identity else "service"


def _part(tree: Fields) -> Part:
    return Part("services", tree.place.file, tree)


def _named(tree: Fields, name: str) -> Fields:
    """The object with this name in its Spec."""
    spec = tree.get("Spec")
    inner: Mapping[str, Tree] = spec.fields if isinstance(spec, Fields) else {}
    place: Place = tree.place
    told = Fields({**inner, "Name": Text(name, place, quoted=True)}, place)
    return Fields({**tree.fields, "Spec": told}, place, tree.places)
