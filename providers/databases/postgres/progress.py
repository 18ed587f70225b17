"""How far is the copy, and how long did its parts take? One place that counts and reports."""

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator

from providers.databases.postgres.catalog import Table
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.database import MoveProgress, PhaseTime, TableProgress, TableTime
from wizard.ports.database import OnProgress

_REPORT_EVERY = 0.2
_LATELY, _TELLS_AFTER = 10.0, 2.0
_LARGEST = 6
"""Tables that are told of one by one."""


class TableCount:
    """Running figures of one table."""

    def __init__(self, name: str, estimate: int) -> None:
        self.name = name
        self.estimate = estimate
        self.bytes = 0
        self.rows = 0
        self.copy_seconds = 0.0
        self.index_seconds = 0.0
        self.copied = False


class Progress:
    """Counts bytes per table, times phases, reports at most five times a second."""

    def __init__(self, on_progress: OnProgress | None, clock: Clock = SYSTEM_CLOCK) -> None:
        self._on_progress = on_progress
        self._clock = clock
        self._start = clock.elapsed()
        self._reported = -1.0
        self._phase = ""
        self._counts: dict[int, TableCount] = {}
        self._largest: tuple[TableCount, ...] = ()
        self._phases: list[PhaseTime] = []
        self.choice = ""
        self.signs = 0
        self._stalled = ""
        self._paused = False
        self._flow: deque[tuple[float, int]] = deque()
        self._began: tuple[float, int] | None = None

    @property
    def seconds(self) -> float:
        """Since the move began."""
        return self._clock.elapsed() - self._start

    @property
    def bytes(self) -> int:
        """COPY data passed so far."""
        return sum(count.bytes for count in self._counts.values())

    def expect(self, tables: Iterable[Table]) -> None:
        """Say what is going to be copied."""
        self._counts = {table.oid: TableCount(table.name, table.bytes) for table in tables}
        by_size = sorted(self._counts.values(), key=lambda count: count.estimate, reverse=True)
        self._largest = tuple(by_size[:_LARGEST])

    def table(self, oid: int) -> TableCount:
        """The figures of one table."""
        return self._counts[oid]

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase; phases may overlap."""
        started = self.seconds
        self._phase = name
        self.report(name, urgent=True)
        yield
        self._phases.append(PhaseTime(name=name, started=started, seconds=self.seconds - started))

    def report(self, detail: str = "", *, urgent: bool = False) -> None:
        """Tell the listener, unless it was told a moment ago."""
        self.signs += 1
        self._stalled = ""
        self._tell(detail, urgent=urgent)

    def say_stalled(self, words: str) -> None:
        """Tell who holds the copy up; "" when nobody does. No sign of life by itself."""
        if words != self._stalled:
            self._stalled = words
            self._tell(words, urgent=True)

    def say_paused(self, paused: bool) -> None:
        """Tell that a person's pause holds everything, or is over."""
        if paused != self._paused:
            self._paused = paused
            # What stood still says nothing about how fast it goes.
            self._flow.clear()
            self._began = None
            self._tell("", urgent=True)

    def _tell(self, detail: str, *, urgent: bool) -> None:
        now = self._clock.elapsed()
        if self._on_progress is None or (not urgent and now - self._reported < _REPORT_EVERY):
            return
        self._reported = now
        counts = self._counts.values()
        # A finished table counts with what it really was; an estimate never falls behind.
        total = sum(c.bytes if c.copied else max(c.bytes, c.estimate) for c in counts)
        rate, left = self._pace(now, total - self.bytes)
        self._on_progress(
            MoveProgress(
                phase=self._phase,
                done_bytes=self.bytes,
                total_bytes=total,
                tables_done=sum(c.copied for c in counts),
                tables_total=len(self._counts),
                detail=detail,
                largest=tuple(_told(count) for count in self._largest),
                choice=self.choice,
                stalled=self._stalled,
                paused=self._paused,
                rate=rate,
                left=left,
            )
        )

    def _pace(self, now: float, left: int) -> tuple[float, tuple[float, float] | None]:
        """Bytes a second of late, and the seconds for `left` bytes by the late and the mean rate.

        Two rates make a range; while too little has passed to tell, there is none.
        """
        done = self.bytes
        if self._paused or (not self._flow and not done):
            return 0.0, None
        self._flow.append((now, done))
        while now - self._flow[0][0] > _LATELY and len(self._flow) > 2:
            before = self._flow.popleft()
            self._began = self._began or before
        first = self._began or self._flow[0]
        late_since, late_from = self._flow[0]
        if now - first[0] < _TELLS_AFTER or now <= late_since:
            return 0.0, None
        late = (done - late_from) / (now - late_since)
        mean = (done - first[1]) / (now - first[0])
        if min(late, mean, left) <= 0:
            return late, None
        found = sorted((left / late, left / mean))
        return late, (found[0], found[1])

    def phases(self) -> tuple[PhaseTime, ...]:
        """All finished phases in the order they began."""
        return tuple(sorted(self._phases, key=lambda phase: phase.started))

    def tables(self) -> tuple[TableTime, ...]:
        """Per table, in the order given to `expect`."""
        return tuple(
            TableTime(
                name=c.name,
                bytes=c.bytes,
                rows=c.rows,
                copy_seconds=c.copy_seconds,
                index_seconds=c.index_seconds,
            )
            for c in self._counts.values()
        )


def _told(count: TableCount) -> TableProgress:
    return TableProgress(
        name=count.name,
        done_bytes=count.bytes,
        total_bytes=count.bytes if count.copied else max(count.bytes, count.estimate),
        copied=count.copied,
    )
