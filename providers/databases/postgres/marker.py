"""Whose copy is in the target? A marker table says it; without one, a filled target is refused."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from providers.databases.postgres import steps
from providers.databases.postgres.catalog import MARKER_SCHEMA, NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.connection import session_prefix
from providers.databases.postgres.job import table
from providers.databases.postgres.session import Session
from wizard.errors import CheckFailedError, MachineError

CLIENT_VERSION = "2"
_BATCH = 100
_TABLE = f"{MARKER_SCHEMA}.marker"

# Everything that lies in a user's schema and is neither an extension's nor part of another object,
# as (catalog, oid). What depends on these goes with them.
_OBJECTS = f"""
    SELECT 'pg_catalog.pg_class'::regclass AS catalog, c.oid FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {USER_SCHEMAS}
        AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.objid = c.oid
          AND i.classid = 'pg_catalog.pg_class'::regclass AND i.deptype IN ('a', 'i')
          AND c.relkind = 'S')
    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid FROM pg_catalog.pg_proc p
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE {USER_SCHEMAS} AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_proc", oid="p.oid")}
    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_class r ON r.oid = t.typrelid
      WHERE {USER_SCHEMAS}
        AND (t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND r.relkind = 'c'))
        AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_type", oid="t.oid")}
    UNION ALL SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_namespace n ON n.oid = d.refobjid
        AND d.refclassid = 'pg_catalog.pg_namespace'::regclass
      WHERE {USER_SCHEMAS} AND d.deptype = 'n' AND d.classid IN (
        'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_opclass'::regclass,
        'pg_catalog.pg_opfamily'::regclass, 'pg_catalog.pg_collation'::regclass,
        'pg_catalog.pg_conversion'::regclass, 'pg_catalog.pg_ts_config'::regclass,
        'pg_catalog.pg_ts_dict'::regclass)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid
                        AND e.objid = d.objid AND e.deptype IN ('e', 'i'))
"""

# Runs in the server, some objects at a time: one lock per object, and the lock table is small.
_DROP_SOME = f"""
DO $moveday$
DECLARE found record; kind text;
BEGIN
  FOR found IN SELECT i.type, i.identity FROM (SELECT * FROM ({_OBJECTS}) o LIMIT {_BATCH}) o,
      LATERAL pg_catalog.pg_identify_object(o.catalog, o.oid, 0) i
  LOOP
    -- One that went with an earlier one has no identity any more.
    CONTINUE WHEN found.identity IS NULL;
    kind := CASE found.type WHEN 'composite type' THEN 'TYPE' ELSE upper(found.type) END;
    EXECUTE format('DROP %s IF EXISTS %s CASCADE', kind, found.identity);
  END LOOP;
END $moveday$
"""


CONTENTS = (
    f"SELECT i.type || ' ' || i.identity FROM ({_OBJECTS}) o,"
    " LATERAL pg_catalog.pg_identify_object(o.catalog, o.oid, 0) i"
    " ORDER BY i.type <> 'table', i.identity LIMIT {limit}"
)
_OUR_EXTENSIONS = (
    "SELECT quote_ident(extname) FROM pg_catalog.pg_extension"
    " WHERE extname <> 'plpgsql' AND pg_catalog.pg_has_role(extowner, 'USAGE')"
)
_OUR_SCHEMAS = (
    "SELECT quote_ident(n.nspname) FROM pg_catalog.pg_namespace n"
    f" WHERE {USER_SCHEMAS} AND n.nspname <> 'public'"
    " AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')"
    f" AND {NOT_EXTENSION.format(catalog='pg_catalog.pg_namespace', oid='n.oid')}"
)


async def owner(target: Session) -> str | None:
    """The move id in the marker table; None when there is none."""
    if not await target.value(f"SELECT to_regclass('{_TABLE}') IS NOT NULL"):
        return None
    rows = await target.rows(f"SELECT move_id FROM {_TABLE}")
    return str(rows[0][0]) if rows else None


async def write(target: Session, move_id: str, view: str) -> None:
    """Claim the target for this move: the first thing written to it, marker and empty journal.

    `view` is the source's snapshot in words (txid_current_snapshot).
    """
    await target.run(claiming(move_id, view))


def claiming(move_id: str, view: str) -> str:
    """The statements by which `write` claims the target."""
    return (
        f"CREATE SCHEMA IF NOT EXISTS {MARKER_SCHEMA};"
        f" CREATE TABLE {_TABLE} (move_id text PRIMARY KEY, state text NOT NULL,"
        " started timestamptz NOT NULL DEFAULT pg_catalog.now(), finished timestamptz,"
        f" client_version text NOT NULL); {steps.CREATE}; {steps.note(steps.VIEW, detail=view)};"
        f" INSERT INTO {_TABLE} (move_id, state, client_version)"
        f" VALUES ({steps.literal(move_id)}, 'copying', '{CLIENT_VERSION}')"
    )


def finishing(move_id: str) -> str:
    """The statement by which a copy is said to be complete."""
    return (
        f"UPDATE {_TABLE} SET state = 'finished', finished = pg_catalog.now()"
        f" WHERE move_id = {steps.literal(move_id)}"
    )


def leaving(report: str) -> str:
    """The statement that leaves a job's report, an SQL literal, beside the marker."""
    return (
        f"INSERT INTO {steps.TABLE} (step, detail) VALUES ('{steps.REPORT}', {report})"
        " ON CONFLICT (step) DO UPDATE SET detail = excluded.detail"
    )


async def left_report(target: Session) -> str:
    """What `leaving` has left; "" when there is none."""
    done = (await steps.read(target)).get(steps.REPORT)
    return done.detail if done is not None else ""


def whose(move_id_word: str, fresh: str) -> str:
    """psql's script that prints `move_id_word` and the marker's move id, `fresh`, or contents."""
    return f"""SELECT to_regclass('{_TABLE}') IS NOT NULL AS marked \\gset
\\if :marked
SELECT '{move_id_word} ' || move_id FROM {_TABLE};
\\else
SELECT coalesce(string_agg(c.name, ', '), '{fresh}') FROM (({CONTENTS.format(limit=6)})
  UNION ALL SELECT count(*) || ' large objects' FROM pg_catalog.pg_largeobject_metadata
  HAVING count(*) > 0) c(name);
\\endif
"""


def emptying(*, keep_orders: bool = False) -> str:
    """A psql script that does what `empty` does, in a target whose marker was looked at.

    Its loops are written out by the server: so many times the statement for some of them.
    """
    times = f"generate_series(1, (SELECT count(*) / {_BATCH} + 2 FROM ({_OBJECTS}) o)) n"
    return f"""SELECT 'DROP EXTENSION IF EXISTS ' || e.name || ' CASCADE'
  FROM ({_OUR_EXTENSIONS}) e(name) \\gexec
SELECT {steps.literal(_DROP_SOME)} FROM {times} \\gexec
SELECT 'SELECT count(lo_unlink(oid)) FROM (SELECT oid FROM pg_catalog.pg_largeobject_metadata'
  ' LIMIT 500) l' FROM generate_series(1, (SELECT count(*) / 500 + 1
  FROM pg_catalog.pg_largeobject_metadata)) n \\gexec
SELECT 'DROP SCHEMA ' || s.name || ' CASCADE' FROM ({_OUR_SCHEMAS}) s(name) \\gexec
DROP {_last_dropped(keep_orders)} CASCADE;
"""


def _last_dropped(keep_orders: bool) -> str:
    """The marker goes last: an interrupted clean-up is still recognised as ours."""
    return f"TABLE IF EXISTS {_TABLE}, {steps.TABLE}" if keep_orders else f"SCHEMA {MARKER_SCHEMA}"


async def finish(target: Session, move_id: str) -> None:
    """Say that the copy is complete: the last thing written."""
    rows = await target.rows(
        f"UPDATE {_TABLE} SET state = 'finished', finished = pg_catalog.now()"
        " WHERE move_id = %s RETURNING move_id",
        [move_id],
    )
    if len(rows) != 1:
        raise CheckFailedError(
            "the target's marker is gone", "somebody else has changed the target during the copy"
        )


async def remove(target: Session, move_id: str) -> None:
    """Take the marker away after everything is accepted; refuses another move's.

    What a serving job is told through stands as long as the job works: it goes with that.
    """
    found = await owner(target)
    if found is None:
        return
    if found != move_id:
        raise CheckFailedError("the target carries another move's marker", f"it is of {found}")
    serving = bool(await target.value(f"SELECT {table.THERE}"))
    await target.run(f"DROP {_last_dropped(serving)} CASCADE")


async def contents(target: Session, limit: int = 6) -> list[str]:
    """Names of what the target holds beside extensions; empty for a fresh database."""
    rows = await target.rows(CONTENTS.format(limit=limit))
    found = [str(row[0]) for row in rows]
    objects = await target.value("SELECT count(*) FROM pg_catalog.pg_largeobject_metadata")
    if objects:
        found.append(f"{objects} large objects")
    return found


async def empty(target: Session, move_id: str, *, keep_orders: bool = False) -> None:
    """Drop everything in a target that carries this move's marker; refuses any other.

    `keep_orders`: what a runner was told stands, since it is the runner that begins anew.
    """
    found = await owner(target)
    if found != move_id:
        raise CheckFailedError(
            "the target is not emptied",
            f"it carries the marker of {found}" if found else "it carries no marker of a move",
            "only what this move has copied is ever dropped",
        )
    await end_sessions(target, move_id)
    await _drop_extensions(target)
    await _drop_objects(target)
    while await target.value(
        "SELECT count(lo_unlink(oid)) FROM"
        " (SELECT oid FROM pg_catalog.pg_largeobject_metadata LIMIT 500) l"
    ):
        pass
    schemas = await target.rows(_OUR_SCHEMAS)
    if schemas:
        await target.run(f"DROP SCHEMA {', '.join(row[0] for row in schemas)} CASCADE")
    await target.run(f"DROP {_last_dropped(keep_orders)} CASCADE")


async def end_sessions(session: Session, move_id: str) -> int:
    """End all server sessions of this move but our own; how many were ended."""
    prefix = session_prefix(move_id)
    ended = await session.value(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        " AND usename = current_user AND left(application_name, %s) = %s",
        [len(prefix), prefix],
    )
    return int(ended)


async def _drop_extensions(target: Session) -> None:
    for (name,) in await target.rows(_OUR_EXTENSIONS):
        await target.run(f"DROP EXTENSION IF EXISTS {name} CASCADE")


async def _drop_objects(target: Session) -> None:
    left = before = await target.value(f"SELECT count(*) FROM ({_OBJECTS}) o")
    while left:
        await target.run(_DROP_SOME)
        left = await target.value(f"SELECT count(*) FROM ({_OBJECTS}) o")
        if left >= before:
            names = ", ".join(await contents(target))
            raise MachineError("the target cannot be emptied", f"left over: {names}")
        before = left
