"""By which key is a row named? Only by one whose values no person gave: others may be data.

A key is shown when every column of it is numbered by the database (identity, or a sequence as its
default), is a uuid, or refers to such a column of another table. A text, a date, or a number that
somebody typed (a medical record's, for one) may say something about a person: those rows are named
by their place in the table (ctid), which says nothing about anybody.
"""

# ruff: noqa: S608  identifiers come quoted from the server, values are our own
from dataclasses import dataclass

from providers.databases.postgres.session import Session

_LONGEST_CHAIN = 6


@dataclass(frozen=True)
class RowKey:
    """Columns (quoted) that identify a row: unique and never null. `types` are theirs."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    shown: bool


async def row_key(session: Session, table: str) -> RowKey | None:
    """The best key of `table` (a quoted, qualified name): one to show if there is one."""
    keys = [
        RowKey(tuple(names), tuple(types), all(numbered))
        for names, types, numbered in await session.rows(_keys_sql(table))
    ]
    return next((key for key in keys if key.shown), keys[0] if keys else None)


def _keys_sql(table: str) -> str:
    literal = "'" + table.replace("'", "''") + "'::regclass"
    return f"""
        WITH RECURSIVE refers AS (
            SELECT conrelid, conkey[1] AS att, confrelid, confkey[1] AS confatt
            FROM pg_catalog.pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 1),
        chain AS (
            SELECT a.attrelid AS rel, a.attnum AS att, a.attnum AS first, 0 AS depth
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = {literal} AND a.attnum > 0
            UNION SELECT r.confrelid, r.confatt, c.first, c.depth + 1
            FROM chain c JOIN refers r ON r.conrelid = c.rel AND r.att = c.att
            WHERE c.depth < {_LONGEST_CHAIN}),
        numbered AS (
            SELECT DISTINCT c.first FROM chain c JOIN pg_catalog.pg_attribute a
              ON a.attrelid = c.rel AND a.attnum = c.att
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.rel AND d.adnum = c.att
            WHERE a.atttypid = 'pg_catalog.uuid'::regtype
               OR a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
              AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'))
        SELECT array_agg(quote_ident(a.attname) ORDER BY k.place),
               array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY k.place),
               array_agg(a.attnum IN (SELECT first FROM numbered) ORDER BY k.place)
        FROM pg_catalog.pg_index i,
             unnest(i.indkey::int2[]) WITH ORDINALITY k(att, place), pg_catalog.pg_attribute a
        WHERE i.indrelid = {literal} AND i.indisunique AND i.indisvalid
          AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
          AND a.attrelid = i.indrelid AND a.attnum = k.att
        GROUP BY i.indexrelid, i.indisprimary HAVING bool_and(a.attnotnull)
        ORDER BY i.indisprimary DESC, count(*), i.indexrelid"""
