"""Does anything still write? Transactions, counters, sequences and table files, read twice.

An open transaction moves no counter, nor do setval and TRUNCATE: so all four are looked at.
Counters of a transaction that ended reach the view late where its session stays open: after up to
ten seconds, before PostgreSQL 15 at the session's next statement. So the server's transaction
horizon is read as well: where it has not moved, nothing was committed, whatever was counted.
"""

# ruff: noqa: S608  own constants and names quoted by the server
import hashlib
import json

from providers.databases.postgres.catalog import MARKER_SCHEMA, USER_SCHEMAS, sequence_positions
from providers.databases.postgres.session import Session, session
from wizard.model.database import Connection, WriteCounters
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

# `backend_xid` is shown to every role, what the session is doing is not. Server processes have no
# role. Our own sessions never hold a transaction id at a source: they are not left out by name,
# since anybody can call himself what he likes.
WRITERS = """
    SELECT coalesce(nullif(application_name, ''), 'process ' || pid)
    FROM pg_catalog.pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
      AND usesysid IS NOT NULL ORDER BY 1"""
# moveday's own tables beside a marker are no writing of anybody's, and come and go.
COUNTED = f"""
        SELECT (SELECT count(*) FROM pg_catalog.pg_prepared_xacts
                WHERE database = current_database()),
               (SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
                FROM pg_catalog.pg_stat_all_tables
                WHERE schemaname !~ '^(pg_(catalog|toast|temp)|information_schema$)'
                   AND schemaname <> '{MARKER_SCHEMA}'
                   OR relid IN ('pg_catalog.pg_largeobject'::regclass,
                                'pg_catalog.pg_largeobject_metadata'::regclass)),
               (SELECT concat_ws(' ', pg_postmaster_start_time(), stats_reset, datid)
                FROM pg_catalog.pg_stat_database WHERE datname = current_database()),
               txid_snapshot_xmax(txid_current_snapshot())"""
FILES = f"""
        SELECT c.oid::bigint, pg_relation_filenode(c.oid)::bigint
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {USER_SCHEMAS} ORDER BY 1"""


async def write_counters(connection: Connection) -> WriteCounters:
    """One look. Raises DatabaseTrouble."""
    async with session(connection, "moveday-counters", "source") as opened:
        return await read_counters(opened)


async def changes_since(connection: Connection, baseline: WriteCounters) -> int | None:
    """Rows inserted, updated and deleted since `baseline`; None when the server's counters began
    anew in between (reset, crash, restart) or went backwards (a table was dropped)."""
    now = await write_counters(connection)
    if now.epoch != baseline.epoch or now.changes < baseline.changes:
        return None
    return now.changes - baseline.changes


async def read_counters(opened: Session) -> WriteCounters:
    """One look from a session that is there already."""
    writers = [str(row[0]) for row in await opened.rows(WRITERS)]
    prepared, changes, epoch, horizon = await opened.row(COUNTED)
    files = await opened.rows(FILES)
    return WriteCounters(
        writers=len(writers),
        writer_names=tuple(clean(REDACTOR.redact(name), 64) for name in writers),
        prepared=prepared,
        changes=changes,
        sequences=_hash(await sequence_positions(opened)),
        tables=_hash(files),
        epoch=epoch,
        horizon=horizon,
    )


def _hash(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
