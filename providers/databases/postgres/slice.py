"""Times one way between two servers: seconds of real rows, by as many streams as a copy has."""

# ruff: noqa: S608  identifiers come quoted from the server

from typing import Any

from providers.databases.postgres import catalog
from providers.databases.postgres.catalog import Table
from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.connection import (
    SESSION_SETTINGS,
    TARGET_SETTINGS,
    libpq_settings_in_turn,
    settings_sql,
)
from providers.databases.postgres.effort import choose
from providers.databases.postgres.pool import WorkerPool
from providers.databases.postgres.session import Session, session
from wizard.errors import CheckFailedError
from wizard.model.database import Connection
from wizard.model.routes import Slice

NAME = "moveday-slice"
MOST_BYTES = 96 * 1024 * 1024
"""In all; the target holds them in temporary tables as long as a slice takes."""
_FIRST_WITH_CTID_RANGES = 14
_NOT_WORTH_A_STREAM = 64
"""Pages: below this a stream of its own would measure how it is opened."""


async def stored_bytes(source: Connection) -> int:
    """What all rows take in the source's files."""
    async with session(source, NAME, "source") as opened:
        return sum(table.bytes for table in await catalog.tables(opened))


async def time_slice(
    source: Connection, target: Connection, *, seconds: float, jobs: int | None = None
) -> Slice:
    """See wizard.ports.routes.SliceTimer. Every error of a server is a DatabaseTrouble."""
    async with (
        session(source, NAME, "source") as at_source,
        session(target, NAME, "target") as at_target,
    ):
        streams = (await choose(at_source, at_target, jobs)).copiers
        parts = await _parts(at_source, streams)
        stored = {part["oid"]: await _bytes_a_row(at_source, part["oid"]) for part in parts}
    pool = WorkerPool(_setup(source, target), len(parts))
    try:
        await pool.start()
        await all_of([pool.do({"kind": "open-slice", **part}, "a slice") for part in parts])
        share = MOST_BYTES // len(parts)
        go = {"kind": "slice", "seconds": seconds, "most": share}
        found: list[dict[str, Any]] = []

        async def one() -> None:
            found.extend((await pool.do(go, "a slice"))["parts"])

        await all_of([one() for _ in parts])
    finally:
        await pool.stop()
    return _added_up(found, stored)


def _added_up(found: list[dict[str, Any]], stored: dict[int, float | None]) -> Slice:
    """A stream that ran out of rows early does not slow the others down: rates are added."""
    total = sum(part["bytes"] for part in found)
    rate = sum(part["bytes"] / part["seconds"] for part in found if part["seconds"] > 0)
    if not total or not rate:
        raise CheckFailedError("there is no row to try a way with", "the source's tables are empty")
    kept = [(part["rows"], stored[part["oid"]]) for part in found]
    known = [rows * each for rows, each in kept if each is not None]
    return Slice(
        bytes=total,
        seconds=total / rate,
        streams=len(found),
        stored_bytes=round(sum(known)) if len(known) == len(kept) else None,
    )


async def _parts(source: Session, streams: int) -> list[dict[str, Any]]:
    """One for each stream: where in which table it begins to read."""
    tables = [table for table in await catalog.tables(source) if table.columns and table.pages]
    if not tables:
        raise CheckFailedError("there is no row to try a way with", "the source's tables are empty")
    largest = tables[0]
    if source.major < _FIRST_WITH_CTID_RANGES:
        return [_part(table, 0) for table in tables[:streams]]
    count = max(1, min(streams, largest.pages // _NOT_WORTH_A_STREAM))
    return [_part(largest, number * largest.pages // count) for number in range(count)]


def _part(table: Table, page: int) -> dict[str, Any]:
    where = f" WHERE ctid >= '({page},0)'::pg_catalog.tid" if page else ""
    names = ", ".join(table.columns)
    return {
        "out": f"COPY (SELECT {names} FROM {table.name}{where}) TO STDOUT",
        "columns": len(table.columns),
        "oid": table.oid,
    }


async def _bytes_a_row(source: Session, oid: int) -> float | None:
    """By the server's own estimate; None for a table that was never analyzed."""
    found = await source.rows(
        "SELECT pg_catalog.pg_table_size(oid) / reltuples FROM pg_catalog.pg_class"
        " WHERE oid = %s AND reltuples > 0",
        (oid,),
    )
    return float(found[0][0]) if found else None


def _setup(source: Connection, target: Connection) -> dict[str, Any]:
    return {
        "source": {
            "settings": libpq_settings_in_turn(source, NAME),
            "begin": [settings_sql(SESSION_SETTINGS), "BEGIN READ ONLY"],
        },
        "target": {
            "settings": libpq_settings_in_turn(target, NAME),
            "begin": [settings_sql(TARGET_SETTINGS)],
        },
    }
