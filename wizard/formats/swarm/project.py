"""Running services as a project: one stack's names go without its prefix."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from wizard.formats.compose.project import Differs, Project, TopFile
from wizard.formats.compose.service import Service
from wizard.formats.errors import FormatError
from wizard.formats.swarm.listings import files_in, services_in
from wizard.formats.swarm.service import Beside, read_service, stack_of
from wizard.formats.swarm.shells import with_pastes
from wizard.formats.swarm.sniff import Part
from wizard.formats.swarm.union import united
from wizard.formats.swarm.value import Notes, Value

T = TypeVar("T")


def read_running(
    parts: Sequence[Part],
    written: Project | None,
    *,
    name: str = "",
    beside: Mapping[str, Beside] | None = None,
) -> Project:
    """The project that docker's prints tell, laid over what is `written` in Compose files.

    `name` is for services of no stack. `beside` (service → facts) is given where a platform's API
    told the services: all there are, so that others do not run. Raises FormatError when no service
    is told at all; a single wrong value becomes a remark.
    """
    notes = Notes()
    paths = tuple(dict.fromkeys(part.path for part in parts))
    wholes = _wholes(parts, notes)
    listed = services_in([part for part in parts if part.kind == "service list"], notes)
    stacks = tuple(dict.fromkeys(stack for each in wholes if (stack := stack_of(each))))
    known = tuple(written.services) if written else ()
    one = stacks[0] if len(stacks) == 1 else "" if stacks else _prefix(tuple(listed), known)
    pastes = [part for part in parts if part.kind in ("env", "secret files", "df", "mount")]
    if not wholes and not listed and not pastes and written is None:
        raise FormatError(paths[0], 0, "no service in it: add what `docker service inspect` prints")
    found = written
    rows = _short({full: replace(s, aliases=(full,)) for full, s in listed.items()}, one)
    inspected = _services(wholes, one, notes, beside or {})
    for services, whole in ((rows, False), (inspected, True)):
        if services:
            above = _project(services, one, paths)
            found = above if found is None else united(found, above, whole=whole)
    if found is None:
        found = with_pastes(None, pastes, name)
    elif pastes:
        found = with_pastes(found, pastes, found.name)
    listed_all = rows if beside is None else {**rows, **inspected}
    if written is not None and listed_all.keys() & written.services.keys():
        gone = tuple(_not_running(written, listed_all))
        names = {each.process for each in gone} - inspected.keys()
        left = {n: s for n, s in found.services.items() if n not in names}
        found = replace(found, services=left, differs=(*found.differs, *gone))
    for kind in ("secrets", "configs"):
        files = files_in([part for part in parts if part.kind == kind], notes)
        found = _with_files(found, kind, _short(files, one), notes)
    return replace(
        found,
        name=one or found.name or name,
        files=tuple(dict.fromkeys((*found.files, *paths))),
        remarks=(*found.remarks, *notes.told()),
    )


def _wholes(parts: Sequence[Part], notes: Notes) -> list[Value]:
    found = []
    for part in parts:
        if part.kind == "services" and part.tree is not None:
            whole = Value(part.tree, "", part.tree.place, notes)
            if whole.at("Spec", "Name").text().strip():
                found.append(whole)
            else:
                notes.add(whole.place, "a service", "has no Spec.Name: not read")
    return found


def _prefix(names: Sequence[str], written: Sequence[str]) -> str:
    """The stack of listed names: what stands before the written ones, else what all share."""
    seen = Counter(
        name.removesuffix(f"_{each}")
        for name in names
        for each in written
        if name.endswith(f"_{each}") and name not in written
    )
    if seen:
        return seen.most_common(1)[0][0]
    heads = {name.partition("_")[0] for name in names if "_" in name}
    alike = len(heads) == 1 and len(names) > 1 and all("_" in name for name in names)
    return heads.pop() if alike else ""


def _short(found: Mapping[str, T], stack: str) -> dict[str, T]:
    """The same without the stack's name, where that leaves them apart."""
    short: dict[str, T] = {}
    for full, each in found.items():
        name = full.removeprefix(f"{stack}_") if stack else full
        short[full if not name or (name in found and name != full) else name] = each
    return short


def _project(services: dict[str, Service], stack: str, paths: Sequence[str]) -> Project:
    named = {name: replace(service, name=name) for name, service in services.items()}
    return Project(
        name=stack,
        files=tuple(paths),
        services=named,
        volumes={m.source: True for s in named.values() for m in s.mounts if m.kind == "volume"},
        secrets=_outside(named, "secrets"),
        configs=_outside(named, "configs"),
        networks=tuple(dict.fromkeys(n for s in named.values() for n in s.networks if n)),
    )


def _not_running(written: Project, rows: Mapping[str, Service]) -> Iterator[Differs]:
    paths = dict.fromkeys(row.place.file for row in rows.values())
    for name, service in written.services.items():
        if name not in rows and not service.profiles:
            yield Differs(
                name,
                "service",
                (f"{service.place}: written", f"{', '.join(paths)}: not in the list of services"),
            )


def _with_files(found: Project, kind: str, listed: Mapping[str, TopFile], notes: Notes) -> Project:
    """The project with what is told about secrets or configs; unused ones are said."""
    used = {u.name for s in found.services.values() for u in getattr(s, kind)}
    before: dict[str, TopFile] = getattr(found, kind)
    told = dict(before)
    for name, each in listed.items():
        if name not in used:
            notes.add(each.place, f"the {kind[:-1]} {name}", "is used by no service that is told")
        if name not in before or each.content is not None:
            told[name] = replace(each, name=name)
    return replace(found, **{kind: told})  # type: ignore[arg-type]


def _services(
    wholes: list[Value], one: str, notes: Notes, beside: Mapping[str, Beside]
) -> dict[str, Service]:
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
        # A name that two services would share stays whole.
        own = alone[short[name]] == 1
        called = short[name] if one and own else name
        aliases = (name, short[name]) if own else (name,)
        prefix = f"{one}_" if one and stack_of(whole) else ""
        service = read_service(whole, called, prefix, aliases)
        told = beside.get(name, Beside())
        found[called] = replace(service, served=told.served, untold=told.untold)
    return found


def _outside(services: dict[str, Service], what: str) -> dict[str, TopFile]:
    """Secrets and configs that services use: they lie in the cluster."""
    found: dict[str, TopFile] = {}
    for service in services.values():
        for used in service.secrets if what == "secrets" else service.configs:
            found.setdefault(used.name, TopFile(used.name, "", True, "", None, used.place))
    return found
