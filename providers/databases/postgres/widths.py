"""Is a table shorter in text or in binary? Says a sample, for lines where bytes are what counts."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from collections.abc import Sequence
from dataclasses import replace

from providers.databases.postgres.catalog import Table
from providers.databases.postgres.session import Session

_WORTH_A_LOOK_BYTES = 256 * 1024
_SAMPLE_ROWS = 200


async def binary_where_shorter(source: Session, tables: Sequence[Table]) -> list[Table]:
    """The tables, with text for those that are longer in binary. Two round trips."""
    looked = [t for t in tables if t.binary and t.bytes > _WORTH_A_LOOK_BYTES and t.columns]
    if not looked:
        return list(tables)
    rows = await source.rows(
        "SELECT a.attrelid::bigint, quote_ident(a.attname), t.typsend::text"
        " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
        " WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY (%s)",
        [[table.oid for table in looked]],
    )
    sends = {(oid, column): send for oid, column, send in rows}
    each = []
    for number, table in enumerate(looked):
        text = " + ".join(f"coalesce(octet_length({c}::text), 2) + 1" for c in table.columns)
        binary = " + ".join(
            f"4 + coalesce(octet_length(pg_catalog.{sends[table.oid, c]}({c})), 0)"
            for c in table.columns
        )
        each.append(
            f"(SELECT {number}, avg(2 + {binary}) <= avg({text})"
            f" FROM (SELECT * FROM ONLY {table.name} LIMIT {_SAMPLE_ROWS}) s)"
        )
    shorter: dict[int, bool | None] = dict(await source.rows(" UNION ALL ".join(each)))
    longer = {looked[number].oid for number, better in shorter.items() if better is False}
    return [replace(table, binary=False) if table.oid in longer else table for table in tables]
