"""What is in a database, and one number out of it: read-only looks."""

# ruff: noqa: S608  own constants only
from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.connection import SESSION_SETTINGS
from providers.databases.postgres.schema_objects import extensions, schema_hash, schema_objects
from providers.databases.postgres.session import Session, session
from wizard.errors import UsageError
from wizard.model.database import Connection, DatabaseFacts, TableFacts

COUNT_SETTINGS = {
    # An app's own query expects the app's own search path.
    **{name: value for name, value in SESSION_SETTINGS.items() if name != "search_path"},
    "statement_timeout": "10000",
}
SERVER = (
    "SELECT current_setting('server_version_num')::int / 10000,"
    " current_setting('server_version'), pg_database_size(current_database()),"
    " current_setting('server_encoding')"
)
TABLES = f"""
        SELECT format('%I.%I', n.nspname, c.relname), pg_table_size(c.oid),
               greatest(c.reltuples, 0)::bigint,
               EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
                       AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                       AND i.indexprs IS NULL AND (i.indisprimary OR NOT EXISTS (
                         SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid
                         AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull)))
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")}
        ORDER BY 2 DESC, 1"""


async def facts(connection: Connection) -> DatabaseFacts:
    """Version, size, encoding, tables by size, extensions, and a hash of the whole schema."""
    async with session(connection, "moveday-facts", "source") as opened:
        return await facts_of(opened)


async def facts_of(opened: Session) -> DatabaseFacts:
    """The same, with everything open."""
    version, text, size, encoding = await opened.row(SERVER)
    return DatabaseFacts(
        version=version,
        version_text=text,
        bytes=size,
        encoding=encoding,
        tables=await _tables(opened),
        extensions=await extensions(opened),
        schema_hash=schema_hash(await schema_objects(opened)),
    )


async def _tables(opened: Session) -> tuple[TableFacts, ...]:
    return tuple(
        TableFacts(name=name, bytes=size, rows_estimate=estimate, has_key=key)
        for name, size, estimate, key in await opened.rows(TABLES)
    )


async def count(connection: Connection, query: str) -> int:
    """The single integer of `query`, in a read-only transaction of at most ten seconds.

    Raises UsageError when the answer is anything else, DatabaseTrouble when the server objects.
    """
    async with session(connection, "moveday-count", "source", COUNT_SETTINGS) as opened:
        await opened.run("BEGIN READ ONLY")
        # With parameters, even none, the server takes exactly one statement.
        rows = await opened.rows(query.rstrip().rstrip(";").replace("%", "%%"), ())
        if len(rows) != 1 or len(rows[0]) != 1 or not isinstance(rows[0][0], int):
            raise not_one_number()
        return int(rows[0][0])


def not_one_number() -> UsageError:
    """The words for a counting query that answers with anything else."""
    return UsageError(
        "the counting query must answer with one whole number",
        hint="for example: SELECT count(*) FROM jobs WHERE done_at IS NULL",
    )
