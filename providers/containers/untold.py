"""What a platform's answers leave out about services: named as gaps, one for each kind of fact."""

from collections.abc import Iterable, Iterator

from wizard.formats.compose.service import Service
from wizard.model.inventory import Gap

_WORDS = {
    "image": "images",
    "replicas": "how many containers of a service run",
    "environment": "variables",
    "command": "commands",
    "mounts": "volumes",
    "secrets": "secrets",
    "configs": "config files",
    "served": "host names",
    "memory": "memory limits",
}
_MOST = 8


def untold_gaps(services: Iterable[Service]) -> Iterator[Gap]:
    """One gap per kind of fact, with the services of which it is not known."""
    missing: dict[str, list[Service]] = {}
    for service in services:
        for key in service.untold:
            missing.setdefault(key, []).append(service)
    for key, without in missing.items():
        names = [service.name for service in without]
        shown = ", ".join(names[:_MOST])
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        yield Gap(
            subject=_WORDS.get(key, key),
            reason=f"not in the answer about {shown}{more} ({without[0].place.file})",
        )
