"""The databases that run in a project's containers: engine, version, data, own settings."""

import re
from collections.abc import Callable, Iterator

from providers.containers import environment
from providers.containers.files import ProjectFiles
from providers.containers.roles import Roles
from wizard.formats.compose.parts import Mount
from wizard.formats.compose.service import Service
from wizard.formats.database_image import (
    data_folders,
    extensions_in,
    holds_data,
    product_in,
    version_in,
)
from wizard.model.inventory import SourceDatabase

_MB = 1024**2
_SCRIPTS = "/docker-entrypoint-initdb.d"
_GIVEN = (_SCRIPTS, "/etc/", "/usr/local/etc", "/run/", "/var/run/")
_NO_DATA = (".conf", ".sh", ".sql", ".cnf", ".js", ".xml", ".yml", ".yaml", ".ini", ".pem", ".sock")
_CONFIG = (".conf", ".cnf", ".ini", ".xml", ".yml", ".yaml")
_DATA_WORD = re.compile(r"(?:^|[/_.-])\w*(?:data|db|storage|postgres|mysql)\d*(?:$|[/_.-])")
_BACKUP = re.compile(r"backup|dump|script|health|cert|conf", re.IGNORECASE)
_OPTION = re.compile(r"(?<!\S)(?:-c\s*([a-z_.]+)=|--([A-Za-z][\w.-]*))")
_LOGICAL = re.compile(r"wal_level[= ]['\"]?logical\b")
_WAL_FOR_COPIES = "wal_level=logical"
_OWN_BUSINESS = re.compile(
    r"pass|auth|secret|^user$|^port$|^bind|^dir$|^config$|protected-mode|^datadir$|^help$"
)
"""Options that say nothing of how the engine behaves, or hold what lets one in."""
_HAS_SETTINGS = frozenset(
    {"postgres", "redis", "mysql", "mariadb", "mongodb", "rabbitmq", "elasticsearch"}
)


def databases(
    roles: Roles, files: ProjectFiles, variable_of: Callable[[str], str]
) -> Iterator[SourceDatabase]:
    """One per service that is a database; `variable_of` tells which variable holds its URL."""
    for service in roles.named("database"):
        engine = roles.engines[service.name]
        image = roles.images[service.name]
        memory = service.memory or service.reserved
        yield SourceDatabase(
            id=service.name,
            name=service.name,
            engine=engine,
            plan=image or "an image that is not known",
            version=version_in(image, engine),
            variable=variable_of(service.name),
            extensions=extensions_in(image) if engine == "postgres" else (),
            memory_mb=memory // _MB if memory else None,
            image=image or service.name,
            keeps=_keeps(service, engine, files),
            product=product_in(image) if engine == "redis" else "",
            sign=roles.signs.get(service.name, ""),
            settings=tuple(dict.fromkeys(_settings(roles, service, engine))),
            where=str(service.place),
        )


def _keeps(service: Service, engine: str, files: ProjectFiles) -> str:
    """Where its data lies: what is mounted at the engine's own folder, or at the one it is told."""
    mounts = [m for m in service.mounts if m.kind != "tmpfs" and _may_be_data(m)]
    told = environment.of_service(service, files).get("PGDATA")
    folder = told.value.get_secret_value() if told is not None and told.value is not None else ""
    command = f"{service.entrypoint} {service.command}"
    for mount in mounts:
        at = mount.target.rstrip("/")
        own = folder == at or folder.startswith(f"{at}/")
        if own or holds_data(engine, at) or (at and at in command.split()):
            return mount.source or mount.target
    # Better asked about once too often than lost: a volume with a name is there to keep something.
    others = [
        m
        for m in mounts
        if not _BACKUP.search(f"{m.source} {m.target}")
        and (m.kind == "volume" or not data_folders(engine) or _DATA_WORD.search(m.source))
    ]
    return next((m.source or m.target for m in others), "")


def _may_be_data(mount: Mount) -> bool:
    target = mount.target
    return bool(target) and not target.startswith(_GIVEN) and not target.endswith(_NO_DATA)


def _settings(roles: Roles, service: Service, engine: str) -> Iterator[str]:
    """Its own settings by name: options of its command, files of settings, scripts of its start."""
    if engine not in _HAS_SETTINGS:
        return
    logical = _LOGICAL.search(service.command) is not None
    for short, long in _OPTION.findall(f"{service.entrypoint} {service.command}"):
        if not _OWN_BUSINESS.search(short or long):
            yield _WAL_FOR_COPIES if (short or long) == "wal_level" and logical else short or long
    for mount in service.mounts:
        if mount.target.startswith(_SCRIPTS):
            yield f"the script {mount.source or mount.target}"
        elif mount.target.endswith(_CONFIG):
            yield f"the file {mount.source or mount.target}"
    for used in service.configs:
        kind = "script" if used.target.startswith(_SCRIPTS) else "file"
        yield f"the {kind} {used.name}"
    for source, target in roles.dockerfiles.copies(roles.built(service)):
        if source and target.startswith(_SCRIPTS):
            yield f"the script {source}"
