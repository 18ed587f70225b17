"""What services ask of the platform that starts them: placement, rights, devices, networks."""

from collections.abc import Iterator

from providers.containers.roles import Roles
from wizard.formats.compose.service import Service
from wizard.model.containers import PlatformWish

_PLAIN = frozenset({"container_name", "init", "read_only", "links"})


def wishes(roles: Roles) -> Iterator[PlatformWish]:
    """One per wish, in the file's order."""
    project = roles.project
    for name, service in project.services.items():
        role = roles.of[name]
        where = str(service.place)
        if role == "off":
            profiles = ", ".join(service.profiles)
            yield PlatformWish(kind="profile", process=name, value=profiles, where=where)
        elif role in ("proxy", "tls", "tool"):
            yield PlatformWish(kind=role, process=name, value=roles.images[name], where=where)
        if role in ("app", "database"):
            yield from _of(service, role)
    custom = [network for network in project.networks if network != "default"]
    if custom:
        yield PlatformWish(
            kind="networks", process="", value=", ".join(custom), where=project.files[0]
        )


def _of(service: Service, role: str) -> Iterator[PlatformWish]:
    for key, place in service.raw.items():
        if key in _PLAIN or (role == "database" and key not in ("placement", "logging")):
            continue
        value = service.words.get(key, "")
        if key in ("pid", "ipc", "network_mode", "hostname") and value in ("bridge", "none"):
            continue
        yield PlatformWish(kind=key, process=service.name, value=value, where=str(place))
    if service.gpu and "gpus" not in service.raw and "runtime" not in service.raw:
        yield PlatformWish(kind="gpus", process=service.name, where=str(service.place))
