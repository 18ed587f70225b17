"""SourceJobs: database work that is done beside the source, where no laptop reaches it."""

from typing import Protocol

from wizard.model.database import Connection
from wizard.model.source_job import JobCompared, JobOrder, JobRead
from wizard.ports.database import OnProgress


class SourceJobs(Protocol):
    """Writes the job's program, and reads what it printed."""

    def script(self, order: JobOrder) -> str:
        """The program, for a plain `sh`: no secret is in it. UsageError for an unusable order."""
        ...

    async def read(self, text: str, target: Connection | None) -> JobRead:
        """A probe's report as facts and findings, as the laptop's own preflight gives them.

        UsageError names a text that is cut, changed, or no report of a probe; OutsideError and
        BlockedError say what the job itself ran into.
        """
        ...

    async def compare(
        self, text: str, target: Connection, on_progress: OnProgress | None = None
    ) -> JobCompared:
        """A copy's or verification's report against the target. Errors as for `read`.

        Without a text: the report that a copy has left in the target.
        """
        ...
