"""SourceJobs: database work that is done beside the source, where no laptop reaches it."""

from collections.abc import Sequence
from typing import Protocol

from wizard.model.database import Connection, WriteCounters
from wizard.model.source_job import AskKind, JobCompared, JobCopied, JobHeard, JobOrder, JobRead
from wizard.ports.database import OnProgress


class Serving(Protocol):
    """What is said to a job that was started once and waits, and what it says; by its name.

    Both stand in the target, the only place that both sides reach. All of it raises OutsideError
    when the target cannot be reached.
    """

    async def prepare(self, target: Connection, job: str) -> None:
        """Make the place where it is told (idempotent). A job that waits is one that finds it."""
        ...

    async def hear(
        self, target: Connection, job: str, kind: AskKind | None = None, mark: str = ""
    ) -> JobHeard | None:
        """How it is; with `kind`, and told to do that: once under one mark, however often it is
        said, and said again where it was lost.

        None when there is no place to tell it in: it was never made, or has gone with the marker.
        """
        ...

    async def forget(self, target: Connection, job: str) -> None:
        """Take away what stands about it; nothing happens when that is gone already."""
        ...


class SourceJobs(Protocol):
    """Writes the job's program, and reads what it printed."""

    serving: Serving

    def script(self, order: JobOrder) -> str:
        """The program, for a plain `sh`: no secret is in it. UsageError for an unusable order."""
        ...

    async def read(self, text: str, target: Connection | None) -> JobRead:
        """A probe's report as facts and findings, as the laptop's own preflight gives them.

        UsageError names a text that is cut, changed, or no report of a probe; OutsideError and
        BlockedError say what the job itself ran into.
        """
        ...

    async def look(self, text: str) -> WriteCounters:
        """A serving job's look at whether anything still writes. Errors as for `read`."""
        ...

    async def counted(self, text: str, queries: Sequence[str]) -> tuple[int, ...]:
        """What a serving job has counted by the queries of its order. Errors as for `read`;
        UsageError too for a query that does not answer with one whole number."""
        ...

    async def copied(self, text: str) -> JobCopied:
        """How a copy went, by its report. Errors as for `read`."""
        ...

    async def compare(
        self, text: str, target: Connection, on_progress: OnProgress | None = None
    ) -> JobCompared:
        """A copy's or verification's report against the target. Errors as for `read`.

        Without a text: the report that a copy has left in the target.
        """
        ...
