"""Whose sessions still hang on a frozen database? Those of our own role are ended when idle.

A session that stays open reports what it wrote late (counters.py), so counters that are read while
an app's pool is connected prove less than they seem to. A role may end its own sessions without
being superuser; it needs the backend's role only (PostgreSQL manual, "Server Signaling Functions").
"""

import asyncio

from providers.databases.postgres.session import session
from wizard.model.database import Connection
from wizard.safety.consent import Consent, Level, require

_GONE_WITHIN = 5.0
_IDLE = """
    SELECT pid FROM pg_catalog.pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND state = 'idle'
      AND application_name NOT LIKE 'moveday-%'"""
_LEFT = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE pid = ANY(%s)"


async def end_idle_sessions(connection: Connection, consent: Consent) -> int:
    """End them and wait (5 s at most) until they are gone; how many there were.

    Raises DatabaseTrouble, and ConsentMissing below the level at which users may notice.
    """
    require(consent, Level.USERS_NOTICE, f"end idle sessions of {connection.database}")
    async with session(connection, "moveday-freeze", "source") as opened:
        idle = [int(row[0]) for row in await opened.rows(_IDLE)]
        if not idle:
            return 0
        await opened.rows("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [idle])
        deadline = asyncio.get_running_loop().time() + _GONE_WITHIN
        while await opened.value(_LEFT, [idle]):
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.05)
        return len(idle)
