"""Which service was it pasted from? And what the paste adds to what is known of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from posixpath import basename

from wizard.formats.compose.parts import Mount, Used
from wizard.formats.compose.project import Project, TopFile
from wizard.formats.compose.service import Service
from wizard.formats.compose.tree import Place
from wizard.formats.compose.variables import EnvValue
from wizard.formats.errors import FormatError
from wizard.formats.swarm.listings import bare_service
from wizard.formats.swarm.pastes import disks, mounted, secrets, variables
from wizard.formats.swarm.sniff import Part
from wizard.formats.swarm.union import united

_ABOUT = re.compile(r"(?:^|(?<=[-_. ]))(?:env|environment|df|mounts?|secrets|shell)(?=[-_. ]|$)")


def with_pastes(project: Project | None, parts: Sequence[Part], name: str) -> Project:
    """The project with what containers' shells showed; `name` for one that is told by them alone.

    Raises FormatError when it cannot be told which service a paste comes from.
    """
    found = project
    by_file: dict[str, list[Part]] = {}
    for part in parts:
        by_file.setdefault(part.path, []).append(part)
    for path, own in by_file.items():
        env = [each for p in own if p.kind == "env" for each in variables(p.lines, path)]
        service = _owner(project, path, env)
        told = _told(service, env, own)
        above = _one(told, name)
        found = above if found is None else united(found, above, whole=False)
    assert found is not None
    return found


def _told(service: Service, env: Sequence[EnvValue], parts: Sequence[Part]) -> Service:
    mounts: dict[str, Mount] = {each.target: each for each in service.mounts}
    files: dict[str, Used] = {}
    for part in parts:
        rows: Sequence[Mount] = ()
        if part.kind == "df":
            rows = disks(part.lines, part.path)
        elif part.kind == "mount":
            rows = mounted(part.lines, part.path)
        elif part.kind == "secret files":
            files |= {each.name: each for each in secrets(part.lines, part.path)}
        for row in rows:
            before = mounts.get(row.target)
            used = row.used if before is None or row.used is not None else before.used
            mounts[row.target] = replace(before or row, used=used)
    known = {each.target for each in service.secrets}
    return replace(
        service,
        environment=tuple(env),
        mounts=tuple(mounts.values()),
        secrets=tuple(each for each in files.values() if each.target not in known),
    )


def _one(service: Service, name: str) -> Project:
    return Project(
        name=name,
        files=(service.place.file,),
        services={service.name: service},
        volumes={},
        secrets={u.name: TopFile(u.name, "", True, "", None, u.place) for u in service.secrets},
        configs={},
        networks=(),
    )


def _owner(project: Project | None, path: str, env: Sequence[EnvValue]) -> Service:
    """What is known of the service, to lay the paste on; a bare one when none is known."""
    stem = basename(path).partition(".")[0].lower()
    words = {stem, *re.split(r"[^a-z0-9]+", stem)}
    if project is None:
        plain = re.sub(r"[^a-z0-9_-]", "", _ABOUT.sub("", stem)).strip("-_") or "app"
        return _bare(plain, path)
    services = project.services
    named = [name for name in services if name.lower() in words]
    pasted = {each.name for each in env}
    alike = [
        name
        for name, service in services.items()
        if service.environment and pasted >= {each.name for each in service.environment}
    ]
    for choice in ([*services] if len(services) == 1 else [], named, alike):
        if len(choice) == 1:
            known = services[choice[0]]
            return replace(_bare(known.name, path), mounts=known.mounts, secrets=known.secrets)
    raise FormatError(
        path,
        0,
        "it cannot be told from which service this was pasted: name the file after the service,"
        f" such as {next(iter(services), 'web')}.txt",
    )


def _bare(name: str, path: str) -> Service:
    return bare_service(name, Place(path, 1))
