"""How far is the copy, and how long did its parts take? One place that counts and reports."""

import contextlib
from collections.abc import Iterable, Iterator

from providers.databases.postgres.catalog import Table
from providers.databases.postgres.pace import Pace
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.database import MoveProgress, PhaseTime, TableProgress, TableTime
from wizard.ports.database import OnProgress

_REPORT_EVERY = 0.2
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
        self._pace = Pace()

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
            self._pace.forget()
            self._tell("", urgent=True)

    def _tell(self, detail: str, *, urgent: bool) -> None:
        now = self._clock.elapsed()
        if self._on_progress is None or (not urgent and now - self._reported < _REPORT_EVERY):
            return
        self._reported = now
        counts = self._counts.values()
        # A finished table counts with what it really was; an estimate never falls behind.
        total = sum(c.bytes if c.copied else max(c.bytes, c.estimate) for c in counts)
        done = self.bytes
        rate, left = (0.0, None) if self._paused else self._pace.tell(now, done, total - done)
        self._on_progress(
            MoveProgress(
                phase=self._phase,
                done_bytes=done,
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
