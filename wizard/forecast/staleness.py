"""What changed since it was measured? A forecast counts only for the conditions it knows."""

from wizard.forecast.durations import size
from wizard.model.runs import Conditions

GROWTH_THAT_MATTERS = 0.10
"""A database that grew or shrank by more than this share is another one."""


def changes(measured: Conditions, today: Conditions) -> tuple[str, ...]:
    """What differs between a run and today, each as words; nothing when it still holds."""
    found = []
    if measured.source_release != today.source_release:
        found.append(
            f"the app was released again: v{measured.source_release} was measured,"
            f" v{today.source_release} runs"
        )
    if measured.schema_hash != today.schema_hash:
        found.append("the database's schema changed")
    if resized(measured.source_bytes, today.source_bytes):
        found.append(
            f"the database's size changed: {size(measured.source_bytes)} was measured,"
            f" {size(today.source_bytes)} is there"
        )
    for side, before, now in (
        ("source's", measured.source_version, today.source_version),
        ("target's", measured.target_version, today.target_version),
    ):
        if before != now:
            found.append(f"the {side} database version changed from {before} to {now}")
    if measured.path != today.path:
        found.append(f"the data takes another path: {today.path}, not {measured.path}")
    if measured.moveday != today.moveday:
        found.append(f"moveday changed from {measured.moveday} to {today.moveday}")
    return tuple(found)


def comparable(measured: Conditions, today: Conditions) -> bool:
    """Whether a run's speed says something about today: same path, same major versions.

    Size is scaled for, a new schema or release is said as stale, so neither excludes a run.
    """
    return (
        measured.path == today.path
        and _major(measured.source_version) == _major(today.source_version)
        and _major(measured.target_version) == _major(today.target_version)
    )


def resized(before: int, now: int) -> bool:
    """Whether a size changed by more than `GROWTH_THAT_MATTERS`."""
    return abs(now - before) > GROWTH_THAT_MATTERS * max(before, 1)


def _major(version: str) -> str:
    return version.split(".", maxsplit=1)[0]
