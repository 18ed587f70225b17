"""What is mounted into services, and what it is seen to hold."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import basename, normpath, splitext
from typing import Literal

from providers.containers.files import ProjectFiles
from providers.containers.held import BINARY_ENDS, Holdings, named_like_a_key
from providers.containers.proxy_folders import proxies_at
from wizard.formats.compose.parts import Mount
from wizard.formats.compose.service import Service
from wizard.model.containers import Holds, MountedFile, Volume

_CACHE = re.compile(
    r"(?:/node_modules|/vendor/bundle|/\.next|/\.venv|/bundle|/\.m2|/\.cache/\S*)/?$"
)
_HOST = re.compile(
    r"^/(?:proc|sys|dev|var/log|var/lib/docker|run|var/run|lib/modules|boot|usr/src)?(?:/|$)"
)
_GIVEN = ("/etc/", "/usr/share/nginx/html", "/usr/local/apache2/htdocs", "/docker-entrypoint")
_FILE = re.compile(r"/[^/]+\.[A-Za-z0-9]{1,8}(?:\.[A-Za-z0-9]{1,9})?$|/Caddyfile$|/crontab$")
_REPORTS = re.compile(
    r"(?:^|/)(?:htmlcov|(?:all-)?blob-reports?|test-results?|test-reports?|playwright-report"
    r"|coverage-reports?|allure-(?:results|report)|\.nyc_output|cypress/(?:videos|screenshots))/?$"
)
_HOME = r"(?:/root|/home/[^/]+|~)"
_OF_A_PERSON = re.compile(
    rf"^{_HOME}/\.(?:psqlrc|psql_history|bashrc|bash_history|bash_aliases|zshrc|zsh_history"
    r"|irbrc|irb_history|pryrc|pry_history|inputrc|vimrc|python_history|node_repl_history)$"
)
_IN_HOME = re.compile(rf"^{_HOME}/\.[^/]+$")
_SYSTEM = ("/etc/ssl/", "/etc/pki/", "/usr/share/")
"""What every image has of its own."""
_MEMORY = "/dev/shm"  # noqa: S108 -- a name in their file, nothing is written there


def volumes(
    services: Iterable[Service],
    files: ProjectFiles,
    holdings: Holdings,
    proxies: Collection[Service] = (),
) -> tuple[Volume, ...]:
    """One per thing mounted; what several services share is one. `proxies` are not carried over.

    A single file that a person has to give is none of them: `given_files` are those.
    """
    found: dict[tuple[str, str], Volume] = {}
    for service in services:
        for mount in service.mounts:
            holds = _holds(mount, service, files)
            if holds == "file":
                part = _of_project(mount, files, holdings)
                if part == "given":
                    continue
                holds = part
            shared = bool(mount.source) and mount.source != "?"
            key = (mount.source if shared else service.name, "" if shared else mount.target)
            before = found.get(key)
            place = (service.name, mount.target)
            if before is None:
                found[key] = Volume(
                    name=mount.source if shared else f"{service.name}:{mount.target}",
                    target=mount.target,
                    processes=(service.name,),
                    places=(place,),
                    read_only=mount.read_only,
                    holds=holds,
                    at_most=mount.used,
                    proxies=tuple(proxies_at(mount.source, proxies)) if shared else (),
                    where=str(mount.place),
                )
                continue
            names = tuple(dict.fromkeys((*before.processes, service.name)))
            both = before.read_only and mount.read_only
            most = before.at_most if mount.used is None else mount.used
            places = tuple(dict.fromkeys((*before.places, place)))
            update = {"processes": names, "places": places, "read_only": both, "at_most": most}
            found[key] = before.model_copy(update=update)
    return tuple(_with_contents(volume, holdings) for volume in found.values())


def given_files(
    services: Iterable[Service],
    files: ProjectFiles,
    holdings: Holdings,
    app_of: Mapping[str, str],
    taken: Collection[str],
) -> Iterator[MountedFile]:
    """Single files that no image may hold, or that lie outside of the project: as a secret or a
    config of the project would be. `taken` are the names of those."""
    names = set(taken)
    of_source: dict[str, str] = {}
    for service in services:
        for mount in service.mounts:
            if _holds(mount, service, files) != "file":
                continue
            if _of_project(mount, files, holdings) != "given":
                continue
            plain = basename(normpath(mount.source))
            name = of_source.get(mount.source) or (mount.source if plain in names else plain)
            of_source[mount.source] = name
            names.add(name)
            text = files.text(mount.source)
            held = holdings.of(mount.source, but={service.name})
            key = bool(held.secrets) or named_like_a_key(mount.source)
            yield MountedFile(
                name=name,
                kind="secret" if key else "config",
                app=app_of[service.name],
                source=mount.source,
                names=held.names,
                binary=splitext(mount.source)[1].lower() in BINARY_ENDS
                or (text is None and files.is_file(mount.source)),
                target=mount.target,
                known=text is not None and not held.names,
                where=str(mount.place),
            )


def steers_engine(mount: Mount) -> bool:
    """Whether it is the container engine's socket."""
    both = f"{mount.source} {mount.target}"
    return "docker.sock" in both or "podman.sock" in both


def _with_contents(volume: Volume, holdings: Holdings) -> Volume:
    if volume.holds != "file":
        return volume
    held = holdings.of(volume.name, but=volume.processes)
    return volume.model_copy(update={"secrets": held.secrets, "names": held.names})


def _of_project(
    mount: Mount, files: ProjectFiles, holdings: Holdings
) -> Literal["file", "absent", "outside", "given"]:
    """What becomes of something that looks like a part of the project."""
    source = mount.source
    inside = not source.startswith(("/", "~")) and not normpath(source).startswith("..")
    folder = files.is_folder(source)
    single = not folder and (files.is_file(source) or _one_file(mount))
    if not inside:
        system = source.startswith(_SYSTEM) and not named_like_a_key(source)
        return "given" if single and not system else "outside"
    if single and (named_like_a_key(source) and not files.text(source)):
        return "given"
    if not folder and not files.is_file(source):
        return "absent"
    return "given" if single and holdings.of(source).secrets else "file"


def _one_file(mount: Mount) -> bool:
    return bool(_FILE.search(mount.target) and _FILE.search("/" + mount.source))


def _holds(mount: Mount, service: Service, files: ProjectFiles) -> Holds:
    """By its names and places alone."""
    source, target = mount.source, mount.target
    if mount.kind == "tmpfs":
        return "memory"
    if steers_engine(mount):
        return "engine"
    if target.startswith(("/etc/localtime", "/etc/timezone")):
        return "clock"
    if target.startswith(_MEMORY):
        return "memory"
    if _OF_A_PERSON.search(target) or (mount.kind == "bind" and _REPORTS.search(source)):
        return "developers"
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
    # What lies in a person's own folder is set there by the mount alone.
    aside = target.startswith("/etc/") or (_IN_HOME.search(target) and files.is_file(source))
    if built and not aside and not named_like_a_key(source):
        return "code"
    if not source.startswith(("/", "~")) and target.startswith(_GIVEN):
        return "file"
    if files.is_file(source) or _one_file(mount):
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
