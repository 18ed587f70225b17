"""The time: wall clock in UTC for records, monotonic seconds for durations; replaceable."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """`now()` is an aware UTC time, `elapsed()` seconds from an arbitrary start."""

    now: Callable[[], datetime] = _utc_now
    elapsed: Callable[[], float] = time.monotonic


SYSTEM_CLOCK = Clock()
