"""Which tables has the planner never looked at? They have rows and no statistics."""

# ruff: noqa: S608  own constants only
from providers.databases.postgres.catalog import USER_SCHEMAS
from providers.databases.postgres.session import Session


async def not_analyzed(target: Session) -> list[str]:
    """Quoted names of tables and materialized views that hold something and were not analyzed."""
    rows = await target.rows(f"""
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {USER_SCHEMAS}
          AND pg_relation_size(c.oid) > 0
          AND (c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0)) ORDER BY 1""")
    return [str(row[0]) for row in rows]
