"""What a copy has to do: everything read from the source at once, and each table's COPY tasks."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from collections.abc import Sequence
from dataclasses import dataclass

from providers.databases.postgres import catalog
from providers.databases.postgres.catalog import ForeignKey, Index, Table
from providers.databases.postgres.session import Session
from providers.databases.postgres.snapshot import positions_in
from wizard.ports.database import Snapshot

# pg_class and pg_constraint have the same OIDs in every server.
_INDEX_CATALOG, _CONSTRAINT_CATALOG = 1259, 2606
_MOST_CHUNKS = 64


@dataclass(frozen=True)
class Plan:
    """What there is to move, read from the source through the snapshot."""

    tables: Sequence[Table]
    indexes: Sequence[Index]
    foreign_keys: Sequence[ForeignKey]
    sequences: dict[str, tuple[int, bool]]
    views: Sequence[str]
    large_objects: Sequence[int]

    @property
    def made_here(self) -> set[tuple[int, int]]:
        """What the schema dump must not make, as (catalog OID, object OID)."""
        found = {(_INDEX_CATALOG, index.oid) for index in self.indexes if not index.constraint}
        found |= {
            (_CONSTRAINT_CATALOG, index.constraint_oid)
            for index in self.indexes
            if index.constraint_oid is not None
        }
        return found | {(_CONSTRAINT_CATALOG, key.oid) for key in self.foreign_keys}


async def read_plan(source: Session, snapshot: Snapshot) -> Plan:
    """Read it through the snapshot that `source` has imported."""
    return Plan(
        tables=await catalog.tables(source),
        indexes=await catalog.indexes(source),
        foreign_keys=await catalog.foreign_keys(source),
        sequences=await positions_in(source, snapshot),
        views=await catalog.populated_views(source),
        large_objects=await catalog.large_objects(source),
    )


def copy_tasks(table: Table, chunk_bytes: int | None) -> list[dict[str, object]]:
    """The COPY commands of one table: one, or ranges of pages; the last range is open."""
    columns = ", ".join(table.columns)
    form = "binary" if table.binary else "text"
    listed = f" ({columns})" if columns else ""
    into = f"COPY {table.name}{listed} FROM STDIN (FORMAT {form})"
    chunks = 1
    if chunk_bytes is not None and table.pages > 1:
        chunks = min(_MOST_CHUNKS, table.pages, -(-table.bytes // chunk_bytes))
    if chunks <= 1:
        out = f"COPY {table.name}{listed} TO STDOUT (FORMAT {form})"
        return [{"kind": "copy", "out": out, "in": into}]
    step = -(-table.pages // chunks)
    tasks: list[dict[str, object]] = []
    for number in range(chunks):
        where = f"ctid >= '({number * step},0)'::tid"
        if number < chunks - 1:
            where += f" AND ctid < '({(number + 1) * step},0)'::tid"
        query = f"SELECT {columns} FROM ONLY {table.name} WHERE {where}"
        tasks.append(
            {"kind": "copy", "out": f"COPY ({query}) TO STDOUT (FORMAT {form})", "in": into}
        )
    return tasks
