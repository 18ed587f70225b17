"""Who holds the copy up? When nothing moves, the sessions that block ours are named."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from providers.databases.postgres.connection import session_prefix
from providers.databases.postgres.progress import Progress
from providers.databases.postgres.session import Session, open_session
from wizard.errors import MovedayError
from wizard.model.database import Connection
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

PERIOD = 5.0
"""Seconds without any sign of life after which blockers are looked for."""
_MOST_NAMED = 3
_BLOCKERS = """
    SELECT DISTINCT b.pid, coalesce(b.usename::text, 'the server'),
           coalesce(b.application_name, ''), coalesce(b.state, ''),
           coalesce(extract(epoch FROM clock_timestamp() - b.xact_start), 0)::bigint
    FROM pg_catalog.pg_stat_activity a
    CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(a.pid)) AS blocking(pid)
    JOIN pg_catalog.pg_stat_activity b ON b.pid = blocking.pid
    WHERE left(a.application_name, %s) = %s AND left(b.application_name, %s) <> %s
    ORDER BY 5 DESC"""


@contextlib.asynccontextmanager
async def watched(
    source: Connection, target: Connection, move_id: str, progress: Progress, period: float = PERIOD
) -> AsyncIterator[None]:
    """As long as the block runs, say through `progress` who blocks a copy that does not move."""
    watch = asyncio.create_task(
        _watch({"source": source, "target": target}, move_id, progress, period)
    )
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _watch(
    sides: dict[str, Connection], move_id: str, progress: Progress, period: float
) -> None:
    opened: dict[str, Session] = {}
    try:
        while True:
            seen = progress.signs
            await asyncio.sleep(period)
            words = ""
            if progress.signs == seen:
                words = "; ".join(
                    [await _blockers(s, c, move_id, opened) for s, c in sides.items()]
                )
            progress.say_stalled(words.strip("; "))
    finally:
        for session in opened.values():
            await session.close()


async def _blockers(
    side: str, connection: Connection, move_id: str, opened: dict[str, Session]
) -> str:
    prefix = session_prefix(move_id)
    try:
        if side not in opened:
            # Not named like the move's own sessions: it blocks nothing and waits for nothing.
            opened[side] = await open_session(connection, "moveday-watch", side)
        found = await opened[side].rows(_BLOCKERS, [len(prefix), prefix] * 2)
    except MovedayError:
        return ""  # the copy itself will say what is wrong
    return "; ".join(_words(side, *row) for row in found[:_MOST_NAMED])


def _words(side: str, pid: int, user: str, program: str, state: str, seconds: int) -> str:
    name = f" “{clean(REDACTOR.redact(program), 64)}”" if program else ""
    return (
        f"waits for a lock that session {pid} of {clean(user, 64)}{name} holds at the {side}"
        f" ({clean(state, 40) or 'at work'}, its transaction began {seconds} s ago)"
    )
