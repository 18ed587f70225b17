"""What services ask of the platform that starts them: placement, rights, devices, networks."""

from collections.abc import Iterator, Mapping

from providers.containers.mounts import steers_engine
from providers.containers.proxy_files import Led
from providers.containers.roles import Roles
from wizard.formats.compose.service import Service
from wizard.model.containers import PlatformWish

_PLAIN = frozenset({"container_name", "init", "read_only", "links"})


_OWN = ("proxy", "tls", "tool", "mail", "none")
_MOST_WAYS = 8


def wishes(
    roles: Roles,
    by_path: Mapping[str, tuple[Led, ...]],
    in_words: Mapping[str, str],
    serving: Mapping[str, tuple[str, ...]],
) -> Iterator[PlatformWish]:
    """One per wish, in the file's order; `by_path`: proxies that several services share by path,
    `in_words`: what proxies speak to services that speak no HTTP, `serving`: paths whose files
    they serve themselves."""
    project = roles.project
    for name, service in project.services.items():
        role = roles.of[name]
        where = str(service.place)
        if role == "off":
            profiles = ", ".join(service.profiles)
            yield PlatformWish(kind="profile", process=name, value=profiles, where=where)
        elif name in in_words:
            yield PlatformWish(kind="gateway", process=name, value=in_words[name], where=where)
        elif name in by_path:
            ways = ", ".join((_ways(by_path[name]), *_own_files(serving.get(name, ()))))
            yield PlatformWish(kind="paths", process=name, value=ways, where=where)
        elif role == "proxy" and serving.get(name):
            (own,) = _own_files(serving[name])
            yield PlatformWish(kind="serves", process=name, value=own, where=where)
        elif role in _OWN:
            sign = roles.signs.get(name, "")
            value = f"{roles.images[name]}{f', {sign}' if sign else ''}"
            steers = role == "tool" and any(steers_engine(mount) for mount in service.mounts)
            kind = "engine" if steers else role
            yield PlatformWish(kind=kind, process=name, value=value, where=where)
        if role in ("app", "database"):
            yield from _of(service, role)
    for name in by_path.keys() - project.services.keys():
        where = project.files[0]
        yield PlatformWish(kind="paths", process=name, value=_ways(by_path[name]), where=where)
    custom = [network for network in project.networks if network != "default"]
    if custom:
        yield PlatformWish(
            kind="networks", process="", value=", ".join(custom), where=project.files[0]
        )


def _ways(ways: tuple[Led, ...]) -> str:
    """The paths of each service, in words."""
    paths: dict[str, list[str]] = {}
    for way in ways:
        paths.setdefault(way.to, []).append(way.path)
    told = [f"{' '.join(dict.fromkeys(below))} → {to}" for to, below in paths.items()]
    more = f", and {len(told) - _MOST_WAYS} more" if len(told) > _MOST_WAYS else ""
    return f"{', '.join(told[:_MOST_WAYS])}{more}"


def _own_files(paths: tuple[str, ...]) -> Iterator[str]:
    if paths:
        yield f"files of {' '.join(paths)} by itself"


def _of(service: Service, role: str) -> Iterator[PlatformWish]:
    for key, place in service.raw.items():
        if key in _PLAIN or (role == "database" and key not in ("placement", "logging")):
            continue
        value = service.words.get(key, "")
        if key == "platform" and not value:
            # A variable that holds nothing asks for nothing.
            continue
        if key in ("pid", "ipc", "network_mode", "hostname") and value in ("bridge", "none"):
            continue
        yield PlatformWish(kind=key, process=service.name, value=value, where=str(place))
    if service.gpu and "gpus" not in service.raw and "runtime" not in service.raw:
        yield PlatformWish(kind="gpus", process=service.name, where=str(service.place))
