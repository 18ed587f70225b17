"""One run at a time fills a target: who holds its lock shows by a pulse that he lives.

The lock is the server's, on the database, and goes with the session that holds it. A session whose
client is gone without a word (a dead line) keeps it; but it has no pulse, and is ended.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from providers.databases.postgres.connection import application_name
from providers.databases.postgres.session import Row, Session, session
from wizard.errors import BlockedError, MovedayError
from wizard.model.database import Connection

PULSE = 2.0
# Three missed beats are no pulse.
_BEATS = 3
_LOOK_EVERY = 0.1
_KEY = int.from_bytes(b"moveday", "big")
_HOLDER = f"""
    SELECT a.pid, coalesce(a.state_change::text, ''), a.backend_start::timestamptz(0)::text
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.classid::bigint = {_KEY >> 32} AND l.objid::bigint = {_KEY & 0xFFFFFFFF}
      AND l.database = (SELECT oid FROM pg_catalog.pg_database
                        WHERE datname = current_database())"""  # noqa: S608  numbers of our own


@contextlib.asynccontextmanager
async def claimed(target: Connection, move_id: str, pulse: float = PULSE) -> AsyncIterator[None]:
    """Hold the target's lock. BlockedError while another run that lives holds it."""
    async with session(target, application_name("pulse", move_id), "target") as opened:
        await _take(opened, pulse)
        beating = asyncio.create_task(_beat(opened, pulse))
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)


async def _take(opened: Session, pulse: float) -> None:
    holder: Row | None = None
    loop = asyncio.get_running_loop()
    until = loop.time() + _BEATS * pulse
    while not await _locked(opened):
        found = await opened.rows(_HOLDER)
        now = found[0] if found else None
        if now is not None and holder is not None and now[0] == holder[0] and now[1] != holder[1]:
            raise _taken(now)
        if loop.time() > until and now is not None:
            if not now[1]:
                raise _taken(now)  # another role's: its pulse is not shown to us
            await opened.rows("SELECT pg_catalog.pg_terminate_backend(%s)", [now[0]])
        holder = now
        await asyncio.sleep(_LOOK_EVERY)
        if loop.time() > until + _BEATS * pulse and now is not None:
            raise _taken(now)


async def _locked(opened: Session) -> bool:
    return bool(await opened.value(f"SELECT pg_catalog.pg_try_advisory_lock({_KEY})"))


async def _beat(opened: Session, pulse: float) -> None:
    # A lost session has lost the lock too; the copy itself will notice what became of the line.
    with contextlib.suppress(MovedayError):
        while True:
            await asyncio.sleep(pulse)
            await opened.value("SELECT 1")


def _taken(holder: Row) -> BlockedError:
    alive = " and is alive" if holder[1] else ""
    return BlockedError(
        "another run is filling this target",
        f"session {holder[0]} there, begun at {holder[2]}, holds the lock{alive};"
        " nothing was changed by this one",
        "wait until it has ended, or stop it where it runs; then go on with --resume",
    )
