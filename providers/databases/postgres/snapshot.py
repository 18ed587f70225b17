"""An exported view of the source that copy, schema dump and verification all look through."""

import contextlib
import re
from collections.abc import AsyncIterator

from providers.databases.postgres.catalog import sequence_positions
from providers.databases.postgres.connection import application_name
from providers.databases.postgres.session import Session, session
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import UsageError
from wizard.model.database import Connection
from wizard.ports.database import Snapshot

_SNAPSHOT_ID = re.compile(r"[0-9A-Fa-f]+(-[0-9A-Fa-f]+)*")


class ExportedSnapshot:
    """`id` can be imported while the session that exported it lives.

    A sequence's position is not part of a PostgreSQL snapshot: `sequences` were read right after
    it was taken, so they are not behind any row seen through it, and stay what they are.
    """

    def __init__(
        self, snapshot_id: str, sequences: dict[str, tuple[int, bool]], clock: Clock
    ) -> None:
        self.id = snapshot_id
        self.sequences = sequences
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
        snapshot_id = str(await opened.value("SELECT pg_export_snapshot()"))
        yield ExportedSnapshot(snapshot_id, await sequence_positions(opened), clock)


async def positions_in(source: Session, snapshot: Snapshot | None) -> dict[str, tuple[int, bool]]:
    """The source's sequences as of the snapshot; as of now without one (the source is frozen)."""
    if isinstance(snapshot, ExportedSnapshot):
        return snapshot.sequences
    return await sequence_positions(source)


def position_words(found: tuple[int, bool] | None) -> str:
    """A sequence's position for people; None is one that is not there."""
    if found is None:
        return "missing"
    return f"{found[0]}{'' if found[1] else ' (not called)'}"


def import_sql(snapshot_id: str) -> str:
    """The statements that look through a snapshot from another session."""
    if not _SNAPSHOT_ID.fullmatch(snapshot_id):
        raise UsageError("this is not the name of a snapshot")
    return (
        f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{snapshot_id}'"
    )
