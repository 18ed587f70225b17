"""moveday's end of a serving job: orders written into the target, answers read there."""

# ruff: noqa: S608  identifiers are our own, values are parameters or literals

from providers.databases.postgres import marker
from providers.databases.postgres.catalog import MARKER_SCHEMA, USER_SCHEMAS
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.job import table
from providers.databases.postgres.session import Session, session
from providers.databases.postgres.steps import literal
from wizard.model.database import Connection
from wizard.model.source_job import AskKind, JobHeard
from wizard.safety.clean import clean

_NAME = "moveday-asking"
_NO_TABLE, _NO_SCHEMA = "42P01", "3F000"
# Beside one that is just being made or removed, a size cannot be told: NULL.
_ARRIVED = f"""
    SELECT coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::bigint,
      count(*) FILTER (WHERE pg_catalog.pg_relation_size(c.oid) > 0) FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND {USER_SCHEMAS}"""


class PostgresServing:
    """See wizard.ports.source_job.Serving."""

    async def prepare(self, target: Connection, job: str) -> None:
        """Both tables, and this job's line."""
        async with session(target, _NAME, "target") as opened:
            await opened.run(
                f"{table.CREATE}; INSERT INTO {table.JOBS} (job) VALUES ({literal(job)})"
                " ON CONFLICT (job) DO UPDATE SET heard = pg_catalog.now()"
            )

    async def hear(
        self, target: Connection, job: str, kind: AskKind | None = None, mark: str = ""
    ) -> JobHeard | None:
        """Say (again), and read what stands, in one session."""
        async with session(target, _NAME, "target") as opened:
            try:
                return await _exchange(opened, job, kind, mark)
            except DatabaseTrouble as error:
                # It has gone with the marker, just now.
                if error.sqlstate in (_NO_TABLE, _NO_SCHEMA):
                    return None
                raise

    async def forget(self, target: Connection, job: str) -> None:
        """Its line and its orders; the tables with the last one, and a schema that is empty."""
        async with session(target, _NAME, "target") as opened:
            if not await opened.value(f"SELECT {table.THERE}"):
                return
            for name in (table.ORDERS, table.JOBS):
                await opened.run(f"DELETE FROM {name} WHERE job = {literal(job)}")
            if await opened.value(f"SELECT EXISTS (SELECT FROM {table.JOBS})"):
                return
            await opened.run(f"DROP TABLE {table.ORDERS}, {table.JOBS}")
            left = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace ="
            left += f" {literal(MARKER_SCHEMA)}::regnamespace)"
            if await marker.owner(opened) is None and not await opened.value(left):
                await opened.run(f"DROP SCHEMA {MARKER_SCHEMA}")


async def _exchange(opened: Session, job: str, kind: AskKind | None, mark: str) -> JobHeard | None:
    if not await opened.value(f"SELECT {table.THERE}"):
        return None
    name = literal(job)
    said = f"UPDATE {table.JOBS} SET heard = pg_catalog.now() WHERE job = {name}"
    if kind is not None:
        said += (
            f"; INSERT INTO {table.ORDERS} (job, mark, kind) SELECT job, {literal(mark)},"
            f" {literal(kind)} FROM {table.JOBS} WHERE job = {name} ON CONFLICT DO NOTHING"
        )
    await opened.run(said)
    rows = await opened.rows(
        "SELECT j.boots, extract(epoch FROM pg_catalog.clock_timestamp() - j.beat)::float8,"
        f" j.ended, coalesce(o.tries, 0), coalesce(o.answer, '') FROM {table.JOBS} j"
        f" LEFT JOIN {table.ORDERS} o ON o.job = j.job AND o.mark = {literal(mark)}"
        f" WHERE j.job = {name}"
    )
    if not rows:
        return None
    boots, age, ended, tries, answer = rows[0]
    arrived, filled = await opened.row(_ARRIVED) if kind == "copy" else (0, 0)
    return JobHeard(
        boots=boots,
        beat_age=age,
        ended=clean(ended, 40),
        tries=tries,
        answer=answer,
        arrived=arrived,
        filled=filled,
    )
