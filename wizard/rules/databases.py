"""What each database becomes: version, disk, memory, extensions, each with its reason."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wizard.errors import BlockedError
from wizard.model.inventory import SourceDatabase
from wizard.model.plan import DatabaseChoice
from wizard.model.target import DatabaseImage
from wizard.rules.postgres_extensions import documented
from wizard.rules.processes import container_mb

RULES = {
    "D1": "it moves, as the plan says; its data is copied into a fresh database and proven",
    "D2": "it starts empty: the plan says that its data stays behind",
    "D3": "it is in no line of the plan's databases",
}
SMALLEST_DISK_GB, LARGEST_DISK_GB = 10, 16_384
_HEADROOM = 1.5
_TIGHT = 1.2
_GB = 1024**3
_SMALLEST_MB = 1_024


@dataclass(frozen=True)
class DatabaseSize:
    """A proposal with the reason for each part; GB and MB. `memory_reason` may say "unknown"."""

    disk_gb: int
    disk_reason: str
    memory_mb: int
    memory_reason: str


def choose_image(
    images: Sequence[DatabaseImage], choice: DatabaseChoice, source_version: str
) -> DatabaseImage:
    """The image for a database: the plan's version, else the source's major, else the next above.

    Raises BlockedError when the target offers none: going down a major version is never chosen.
    """
    engine = "postgresql" if choice.engine == "postgres" else choice.engine
    offered = [image for image in images if image.engine == engine]
    if choice.version:
        exact = [i for i in offered if i.version == choice.version]
        if exact:
            return exact[0]
    elif source_version:
        wanted = major(source_version)
        fitting = sorted((i for i in offered if major(i.version) >= wanted), key=_rank)
        if fitting:
            return fitting[0]
    else:
        default = [i for i in offered if i.default] or offered[-1:]
        if default:
            return default[0]
    versions = ", ".join(sorted(i.version for i in offered)) or "none"
    raise BlockedError(
        f"the target offers no {engine} {choice.version or f'{source_version} or newer'}",
        f"offered: {versions}",
        "choose one with databases.version in moveday.yaml",
    )


def version_reason(image: DatabaseImage, choice: DatabaseChoice, source_version: str) -> str:
    """Why this version."""
    if choice.version:
        return f"version {image.version}, as the plan says"
    if not source_version:
        return f"version {image.version}: the source's is not known, this is the target's default"
    if major(image.version) == major(source_version):
        return f"version {image.version}: the source's major"
    return f"version {image.version}: the next one offered above the source's {source_version}"


def proposed_size(database: SourceDatabase) -> DatabaseSize:
    """Disk with room for indexes being built, and at least the memory of today's plan."""
    if database.size_bytes is None:
        disk = SMALLEST_DISK_GB
        disk_reason = "today's size is not known: the smallest disk, it can grow once a day"
    else:
        needed = math.ceil(database.size_bytes * _HEADROOM / _GB)
        disk = min(max(SMALLEST_DISK_GB, needed), LARGEST_DISK_GB)
        disk_reason = (
            f"{gigabytes(database.size_bytes)} today and half as much again, for indexes and logs"
            f" while it is filled; {SMALLEST_DISK_GB} GB at least"
        )
    today = database.memory_mb
    if today is None:
        memory, memory_reason = _SMALLEST_MB, "today's memory is not known: 1 GB to begin with"
    else:
        memory = container_mb(today)
        memory_reason = f"today's plan has {today} MB; the next size that holds it"
    return DatabaseSize(disk, disk_reason, memory, memory_reason)


ENGINES = frozenset({"postgres", "redis", "rabbitmq"})
"""Engines that a plan may name: the first is moved, the others start empty."""


def out_of_reach(database: SourceDatabase) -> bool:
    """Whether only containers of its platform may be expected to reach it (inferred: such networks
    are closed to the outside)."""
    return bool(database.image or database.managed)


def disk_too_small(database: SourceDatabase, choice: DatabaseChoice) -> bool:
    """Whether the plan's disk leaves less than a fifth of today's size as room."""
    size = database.size_bytes
    return bool(choice.move_data and size and size * _TIGHT > choice.disk_gb * _GB)


def undocumented(database: SourceDatabase, version: str) -> tuple[str, ...]:
    """Extensions of the source that Aptible's documents do not name for this version."""
    if database.engine != "postgres":
        return ()
    return tuple(e for e in database.extensions if not documented(e, major(version)))


def gigabytes(size: int) -> str:
    """A size in words, in units people compare with a disk."""
    return f"{size / _GB:.1f} GB" if size >= _GB / 10 else f"{size / 1024**2:.0f} MB"


def major(version: str) -> int:
    """The first number in a version text ("PostgreSQL 17.4" → 17); 0 when there is none."""
    found = re.search(r"\d+", version)
    return int(found.group()) if found else 0


def _rank(image: DatabaseImage) -> tuple[int, bool, str]:
    return (major(image.version), not image.default, image.version)
