"""Preflight of room: connections and limits at both sides, disk at the target."""

from providers.databases.postgres.preflight_rules import Rule, finding
from providers.databases.postgres.session import Session
from wizard.model.database import Finding

# A copy opens a view, a session for the schema, two for verification, and its workers.
_NEEDED, _WANTED = 4, 10
SIZE = "SELECT pg_size_pretty(pg_database_size(current_database()))"
FREE = """
    SELECT least(
        current_setting('max_connections')::int
          - current_setting('superuser_reserved_connections')::int
          - (SELECT count(*) FROM pg_catalog.pg_stat_activity
             WHERE backend_type = 'client backend'),
        (SELECT CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit - (SELECT count(*)
            FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid) END
         FROM pg_catalog.pg_roles r WHERE rolname = current_user),
        (SELECT CASE WHEN datconnlimit < 0 THEN NULL ELSE datconnlimit - (SELECT count(*)
            FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) END
         FROM pg_catalog.pg_database d WHERE datname = current_database()))::int"""
TIMEOUTS = """
    SELECT name || ' ' || reset_val || coalesce(unit, '') FROM pg_catalog.pg_settings
    WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout',
        'transaction_timeout', 'idle_session_timeout') AND reset_val <> '0'"""
_LIMITED = Rule(
    "DB52",
    "info",
    "sessions are limited in time here; moveday lifts that for its own",
    TIMEOUTS,
    "nothing, unless the platform forbids lifting it: a rehearsal shows that",
    "long statements would be cut off in the middle",
)


async def findings(source: Session, target: Session) -> list[Finding]:
    """What might run out."""
    found = []
    for session in (source, target):
        free = int(await session.value(FREE))
        if free < _WANTED:
            found.append(_few_connections(session.side, free))
        names = [str(row[0]) for row in await session.rows(TIMEOUTS)]
        if names:
            found.append(finding(_LIMITED, [f"{session.side}: {name}" for name in names]))
    size = await source.value(SIZE)
    found.append(
        Finding(
            rule="DB13",
            severity="info",
            subject="disk of the target",
            detail=f"free space cannot be asked for; the source takes {size}",
            remedy="give the target a disk of at least one and a half times that",
            otherwise="the copy stops when the disk is full; nothing is lost in the source",
        )
    )
    return found


def _few_connections(side: str, free: int) -> Finding:
    return Finding(
        rule="DB51",
        severity="block" if free < _NEEDED else "warn",
        subject=f"connections of the {side}",
        detail=f"{max(free, 0)} more can be opened by this role; a copy needs {_NEEDED}"
        f" and works best with {_WANTED} or more",
        remedy="close other programs, or raise the limit of server, database or role",
        otherwise="the copy stops for want of a connection",
    )
