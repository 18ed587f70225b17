"""What is mounted into services, and what it is seen to hold."""

import re
from collections.abc import Iterable
from posixpath import normpath
from typing import Literal

from providers.containers.files import ProjectFiles
from wizard.formats.compose.parts import Mount
from wizard.formats.compose.service import Service
from wizard.model.containers import Volume

_CACHE = re.compile(
    r"(?:/node_modules|/vendor/bundle|/\.next|/\.venv|/bundle|/\.m2|/\.cache/\S*)/?$"
)
_HOST = re.compile(
    r"^/(?:proc|sys|dev|var/log|var/lib/docker|run|var/run|lib/modules|boot|usr/src)?(?:/|$)"
)
_GIVEN = ("/etc/", "/usr/share/nginx/html", "/usr/local/apache2/htdocs", "/docker-entrypoint")
_FILE = re.compile(r"/[^/]+\.[A-Za-z0-9]{1,8}(?:\.[A-Za-z0-9]{1,9})?$|/Caddyfile$|/crontab$")
_MEMORY = "/dev/shm"  # noqa: S108 -- a name in their file, nothing is written there
Holds = Literal["", "code", "file", "engine", "host", "cache", "clock", "memory"]


def volumes(services: Iterable[Service], files: ProjectFiles) -> tuple[Volume, ...]:
    """One per thing mounted; what several services share is one."""
    found: dict[tuple[str, str], Volume] = {}
    for service in services:
        for mount in service.mounts:
            holds = _holds(mount, service, files)
            shared = bool(mount.source) and mount.source != "?"
            key = (mount.source if shared else service.name, "" if shared else mount.target)
            before = found.get(key)
            if before is None:
                found[key] = Volume(
                    name=mount.source if shared else f"{service.name}:{mount.target}",
                    target=mount.target,
                    processes=(service.name,),
                    read_only=mount.read_only,
                    holds=holds,
                    at_most=mount.used,
                    where=str(mount.place),
                )
                continue
            names = tuple(dict.fromkeys((*before.processes, service.name)))
            both = before.read_only and mount.read_only
            most = before.at_most if mount.used is None else mount.used
            update = {"processes": names, "read_only": both, "at_most": most}
            found[key] = before.model_copy(update=update)
    return tuple(found.values())


def _holds(mount: Mount, service: Service, files: ProjectFiles) -> Holds:
    source, target = mount.source, mount.target
    if mount.kind == "tmpfs":
        return "memory"
    if "docker.sock" in source or "docker.sock" in target or "podman.sock" in source:
        return "engine"
    if target.startswith(("/etc/localtime", "/etc/timezone")):
        return "clock"
    if target.startswith(_MEMORY):
        return "memory"
    if _CACHE.search(target):
        return "cache"
    if mount.kind != "bind" or source == "?":
        return ""
    if (
        source.startswith("/")
        and _HOST.match(source)
        and not source.startswith("/var/lib/docker/v")
    ):
        return "host" if not source.startswith("/etc/ssl") else "file"
    built = service.build is not None and _below(source, service.build.context)
    if built and not target.startswith("/etc/"):
        return "code"
    if not source.startswith(("/", "~")) and target.startswith(_GIVEN):
        return "file"
    if files.is_file(source) or (_FILE.search(target) and _FILE.search("/" + source)):
        return "file"
    if mount.read_only:
        return "file"
    return ""


def _below(source: str, context: str) -> bool:
    """Whether a folder of the project is what the image is built from, or a part of it."""
    if source.startswith(("/", "~")):
        return False
    inner, outer = normpath(source), normpath(context)
    data = re.search(
        r"(?:^|/|[-_.])(?:data|uploads?|storage|media|db|logs?|backups?)(?:$|/|[-_.])", inner
    )
    return not data and (outer in (".", inner) or inner.startswith(f"{outer}/"))
