"""The time: wall clock in UTC for records, monotonic seconds for durations; replaceable."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _no_boot_clock() -> float | None:
    return None


def _since_boot() -> float | None:
    """Linux counts sleep in CLOCK_BOOTTIME, macOS in CLOCK_MONOTONIC, which is not what Python's
    time.monotonic reads there."""
    name = "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME"
    number = getattr(time, name, None)
    return None if number is None else time.clock_gettime(number)


@dataclass(frozen=True)
class Clock:
    """`now()` is an aware UTC time, `elapsed()` seconds from an arbitrary start, `since_boot()`
    seconds that go on while the machine sleeps (None where there is no such clock)."""

    now: Callable[[], datetime] = _utc_now
    elapsed: Callable[[], float] = time.monotonic
    since_boot: Callable[[], float | None] = _no_boot_clock


SYSTEM_CLOCK = Clock(since_boot=_since_boot)
