"""Timing one way between two databases with a slice of the real rows."""

from typing import Protocol

from wizard.model.database import Connection
from wizard.model.routes import Slice


class SliceTimer(Protocol):
    """Leaves nothing behind in either database."""

    async def stored_bytes(self, source: Connection) -> int:
        """What all rows take in the source's files, without indexes."""
        ...

    async def time_slice(
        self, source: Connection, target: Connection, *, seconds: float, jobs: int | None = None
    ) -> Slice:
        """Bring rows over for about `seconds` seconds, by as many streams as a copy would use.

        Raises CheckFailedError when the source has no row to try it with.
        """
        ...
