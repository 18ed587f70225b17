"""What comes after the rows: the rest of the schema, sequences, foreign keys, views, statistics."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from providers.databases.postgres.catalog import USER_SCHEMAS
from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.connection import TARGET_SETTINGS, settings_sql
from providers.databases.postgres.plan import Plan
from providers.databases.postgres.pool import WorkerPool
from providers.databases.postgres.progress import Progress
from providers.databases.postgres.schema import SchemaArchive
from providers.databases.postgres.session import Session

_ANALYZE_PER_TASK = 20


async def finish(
    target: Session, archive: SchemaArchive, plan: Plan, builders: WorkerPool, progress: Progress
) -> None:
    """Everything but the marker's last word."""
    with progress.phase("constraints"):
        await target.run(await archive.sql("post-data", plan.made_here, ()), "rest of the schema")
        await target.run(settings_sql(TARGET_SETTINGS))
        for key in plan.foreign_keys:
            await target.run(key.add, f"foreign key {key.name}")
        await all_of(
            [
                builders.do(
                    {"kind": "sql", "statements": [key.validate]}, f"foreign key {key.name}"
                )
                for key in plan.foreign_keys
                if key.validate
            ]
        )
    with progress.phase("sequences"):
        await set_sequences(target, plan.sequences)
    with progress.phase("materialized views"):
        for view in plan.views:
            await target.run(f"REFRESH MATERIALIZED VIEW {view}", f"materialized view {view}")
    with progress.phase("analyze"):
        await analyze(target, builders)


async def set_sequences(target: Session, positions: dict[str, tuple[int, bool]]) -> None:
    """Put every sequence where the source's is."""
    if not positions:
        return
    rows = ", ".join("(%s, %s::bigint, %s::boolean)" for _ in positions)
    values = [part for name, (last, called) in positions.items() for part in (name, last, called)]
    await target.rows(
        "SELECT pg_catalog.setval(p.name::regclass, p.last, p.called)"
        f" FROM (VALUES {rows}) p(name, last, called)",
        values,
    )


async def analyze(target: Session, builders: WorkerPool) -> None:
    """Statistics for every table and view, several at a time, largest first."""
    rows = await target.rows(f"""
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm', 'p') AND {USER_SCHEMAS} ORDER BY c.relpages DESC""")
    names = [str(row[0]) for row in rows]
    largest, rest = names[:_ANALYZE_PER_TASK], names[_ANALYZE_PER_TASK:]
    groups = [[name] for name in largest]
    groups += [rest[at : at + _ANALYZE_PER_TASK] for at in range(0, len(rest), _ANALYZE_PER_TASK)]
    await all_of(
        [
            builders.do({"kind": "sql", "statements": [f"ANALYZE {', '.join(group)}"]}, "analyze")
            for group in groups
        ]
    )
