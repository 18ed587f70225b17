"""An exported view of the source that copy, schema dump and verification all look through."""

import contextlib
import re
from collections.abc import AsyncIterator

from providers.databases.postgres.connection import application_name
from providers.databases.postgres.session import session
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import UsageError
from wizard.model.database import Connection

_SNAPSHOT_ID = re.compile(r"[0-9A-Fa-f]+(-[0-9A-Fa-f]+)*")


class ExportedSnapshot:
    """`id` can be imported while the session that exported it lives."""

    def __init__(self, snapshot_id: str, clock: Clock) -> None:
        self.id = snapshot_id
        self._clock = clock
        self._since = clock.elapsed()

    def age_seconds(self) -> float:
        """How long it has held back the source's vacuum."""
        return self._clock.elapsed() - self._since


@contextlib.asynccontextmanager
async def export_snapshot(
    connection: Connection, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[ExportedSnapshot]:
    """Open a read-only repeatable-read transaction and export its snapshot."""
    name = application_name("view", "snapshot")
    async with session(connection, name, "source") as opened:
        await opened.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield ExportedSnapshot(str(await opened.value("SELECT pg_export_snapshot()")), clock)


def import_sql(snapshot_id: str) -> str:
    """The statements that look through a snapshot from another session."""
    if not _SNAPSHOT_ID.fullmatch(snapshot_id):
        raise UsageError("this is not the name of a snapshot")
    return (
        f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{snapshot_id}'"
    )
