"""What is down, since when, and until when is there a way back? Read from a run's records."""

from collections.abc import Sequence
from datetime import UTC, datetime

from wizard.engine.chain import Entry
from wizard.forecast.ledger import way_back_times
from wizard.forecast.window import Window, window
from wizard.model.frozen import Frozen

_NAMES = ("down_at", "ready_at", "switch_seen_at", "book_done_at")
ASSUMED_WAY_BACK = 120.0
"""Seconds, when no way back was ever timed."""


class OutageClock(Frozen):
    """The moments of one run that users feel; None: not there yet. Times are aware UTC."""

    down_at: datetime | None = None
    ready_at: datetime | None = None
    switch_seen_at: datetime | None = None
    book_done_at: datetime | None = None

    def seconds(self, moment: datetime | None, now: datetime) -> float | None:
        """From the maintenance page to `moment`, or to now while it has not come; None before."""
        if self.down_at is None:
            return None
        return max(0.0, ((moment or now) - self.down_at).total_seconds())


def outage_clock(entries: Sequence[Entry], label: str) -> OutageClock:
    """The clock of the run that the journal calls `label` ("run-3"); empty before it."""
    prefix = f"{label}/"
    found: dict[str, datetime] = {}
    for entry in entries:
        name = entry.key.removeprefix(prefix)
        value = entry.data.get("value")
        ours = entry.kind == "read" and entry.key.startswith(prefix) and name in _NAMES
        if ours and isinstance(value, int | float):
            found[name] = datetime.fromtimestamp(value, UTC)
    return OutageClock.model_validate(found)


def abort_window(
    entries: Sequence[Entry], clock: OutageClock, budget_minutes: float, now: datetime
) -> Window:
    """The announced window, from the maintenance page on (or from now, before it)."""
    begin = clock.down_at or now
    return window(begin, budget_minutes, way_back_times(entries), ASSUMED_WAY_BACK)
