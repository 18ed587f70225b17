"""What did rehearsals and broken-off copies leave on a target's server, and how does it go away?

Only a database that carries a move's marker is ever emptied: everything in it came from that move.
The database itself stays, since moveday did not make it.
"""

# ruff: noqa: S608  own constants only
from collections.abc import Sequence

from providers.databases.postgres import marker
from providers.databases.postgres.catalog import MARKER_SCHEMA
from providers.databases.postgres.connection import (
    OUR_NAME,
    TARGET_SETTINGS,
    session_prefix,
)
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.session import Session, session
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.database import Connection, Leftover
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_NAME = "moveday-clean"
_MARKER = f"{MARKER_SCHEMA}.marker"


async def leftovers(target: Connection) -> Sequence[Leftover]:
    """Every database of the target's server that carries a marker; those it may not enter do not
    count. Changes nothing."""
    async with session(target, _NAME, "target") as opened:
        rows = await opened.rows(
            "SELECT datname::text FROM pg_catalog.pg_database WHERE datallowconn"
            " AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT') ORDER BY 1"
        )
    found = []
    for (name,) in rows:
        try:
            async with session(_at(target, name), _NAME, "target") as opened:
                if (one := await _leftover(opened, name)) is not None:
                    found.append(one)
        except DatabaseTrouble as trouble:
            # The server has its own rules for who may enter where.
            if trouble.kind not in ("auth", "permission", "missing") and name != target.database:
                continue
            if name == target.database:
                raise
    return found


async def clean_one(target: Connection, database: str) -> Leftover:
    """Empty a marked database and end its move's sessions; what it was before.

    Raises CheckFailedError for a database without a marker, BlockedError while somebody else is
    connected to it.
    """
    async with session(_at(target, database), _NAME, "target", TARGET_SETTINGS) as opened:
        found = await _leftover(opened, database)
        if found is None:
            raise CheckFailedError(
                f"{clean(database, 63)} is not emptied",
                "it carries no marker of a move",
                "only what a move has copied is ever removed",
            )
        if found.others:
            raise BlockedError(
                f"{clean(database, 63)} is in use",
                f"connected: {', '.join(found.others)}",
                "point them elsewhere and end their sessions first",
            )
        await marker.end_sessions(opened, found.move_id)
        await marker.empty(opened, found.move_id)
    return found


async def _leftover(opened: Session, database: str) -> Leftover | None:
    move_id = await marker.owner(opened)
    if move_id is None:
        return None
    state, started, size = await opened.row(
        f"SELECT state, started::text, pg_database_size(current_database()) FROM {_MARKER}"
    )
    prefix = session_prefix(move_id)
    sessions = await opened.rows(
        "SELECT application_name FROM pg_catalog.pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND usesysid IS NOT NULL ORDER BY backend_start"
    )
    names = [str(row[0]) for row in sessions]
    others = [
        clean(REDACTOR.redact(name), 63) or "a program without a name"
        for name in names
        if not name.startswith(f"{OUR_NAME}-")
    ]
    return Leftover(
        database=database,
        move_id=move_id,
        state=state,
        started=started,
        bytes=size,
        sessions=sum(name.startswith(prefix) for name in names),
        others=tuple(others),
    )


def _at(target: Connection, database: str) -> Connection:
    return target.model_copy(update={"database": database})
