"""An exported view of the source that copy, schema dump and verification all look through."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

from providers.databases.postgres.catalog import sequence_positions
from providers.databases.postgres.connection import application_name
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.session import Session, open_session
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import UsageError
from wizard.model.database import Connection
from wizard.ports.database import Snapshot

_ANSWERS_WITHIN = 10.0
_SNAPSHOT_ID = re.compile(r"[0-9A-Fa-f]+(-[0-9A-Fa-f]+)*")


class ExportedSnapshot:
    """`id` can be imported while the session that exported it lives.

    A sequence's position is not part of a PostgreSQL snapshot: `sequences` were read right after
    it was taken, so they are not behind any row seen through it, and stay what they are.
    """

    id: str
    sequences: dict[str, tuple[int, bool]]

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._since = clock.elapsed()
        self._session: Session | None = None

    def age_seconds(self) -> float:
        """How long it has held back the source's vacuum."""
        return self._clock.elapsed() - self._since

    async def lives(self) -> bool:
        """Whether it can still be looked through."""
        with contextlib.suppress(DatabaseTrouble, TimeoutError):
            async with asyncio.timeout(_ANSWERS_WITHIN):
                return self._session is not None and bool(await self._session.value("SELECT true"))
        return False

    async def renew(self) -> None:
        """Take another view of the source, as it is now; the one before is given up."""
        await self.close()
        name = application_name("view", "snapshot")
        self._session = await open_session(self._connection, name, "source")
        await self._session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self.id = str(await self._session.value("SELECT pg_export_snapshot()"))
        self._since = self._clock.elapsed()
        self.sequences = await sequence_positions(self._session)

    async def close(self) -> None:
        """Give it up."""
        opened, self._session = self._session, None
        if opened is not None:
            await opened.close()


@contextlib.asynccontextmanager
async def export_snapshot(
    connection: Connection, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[ExportedSnapshot]:
    """Open a read-only repeatable-read transaction and export its snapshot."""
    found = ExportedSnapshot(connection, clock)
    try:
        await found.renew()
        yield found
    finally:
        await found.close()


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
