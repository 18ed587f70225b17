"""What a copy has to do: everything read from the source at once, and each table's COPY tasks."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

import re
from collections.abc import Sequence
from dataclasses import dataclass

from providers.databases.postgres import catalog
from providers.databases.postgres.catalog import ForeignKey, Index, Table
from providers.databases.postgres.session import Session
from providers.databases.postgres.snapshot import positions_in
from providers.databases.postgres.widths import binary_where_shorter
from wizard.ports.database import Snapshot

# pg_class and pg_constraint have the same OIDs in every server.
_INDEX_CATALOG, _CONSTRAINT_CATALOG = 1259, 2606
_MOST_CHUNKS = 64
_CHUNK = re.compile(r" \d+/\d+")
# Small tables share round trips; a group may not hold up what it could be done beside.
_ALONE_BYTES, _TOGETHER_BYTES, _MOST_TOGETHER = 1_000_000, 4_000_000, 40


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


async def read_plan(source: Session, snapshot: Snapshot, *, by_size: bool = False) -> Plan:
    """Read it through the snapshot that `source` has imported.

    Binary costs less processor; `by_size` takes it only where a sample says that it is shorter.
    """
    tables = await catalog.tables(source)
    if by_size:
        tables = await binary_where_shorter(source, tables)
    return Plan(
        tables=tables,
        indexes=await catalog.indexes(source),
        foreign_keys=await catalog.foreign_keys(source),
        sequences=await positions_in(source, snapshot),
        views=await catalog.populated_views(source),
        large_objects=await catalog.large_objects(source),
    )


@dataclass(frozen=True)
class Part:
    """One COPY: of a whole table or of a range of its pages. `step` is its line in the journal,
    `first` its first page when it is a range."""

    table: Table
    step: str
    out: str
    into: str
    bytes: int
    first: int | None = None


def copy_step(table: Table, chunk: str = "") -> str:
    """The journal's line for a whole table, or for its chunk "number/of"."""
    return f"copy {table.name} {chunk}".rstrip()


def statistics_step(table: Table) -> str:
    """The journal's line for a table whose statistics were gathered beside the other's rows."""
    return f"statistics {table.name}"


def is_step_of(step: str, table: Table) -> bool:
    """Whether a line of the journal says that rows of this table are in."""
    whole = copy_step(table)
    # A name is quoted where it holds a space: nothing of another table can follow it so.
    return step == whole or _CHUNK.fullmatch(step.removeprefix(whole)) is not None


def copy_parts(table: Table, chunk_bytes: int | None, ranges: Sequence[int] = ()) -> list[Part]:
    """One part, or ranges of pages; the last range is open.

    `ranges` are the first pages of an earlier try's chunks, which must be the same again.
    """
    columns = ", ".join(table.columns)
    form = "binary" if table.binary else "text"
    listed = f" ({columns})" if columns else ""
    into = f"COPY {table.name}{listed} FROM STDIN (FORMAT {form})"
    starts = list(ranges) or _starts(table, chunk_bytes)
    if len(starts) == 1:
        out = f"COPY {table.name}{listed} TO STDOUT (FORMAT {form})"
        return [Part(table, copy_step(table), out, into, table.bytes)]
    parts = []
    for number, (first, end) in enumerate(zip(starts, [*starts[1:], None], strict=True), 1):
        where = f"ctid >= '({first},0)'::tid"
        if end is not None:
            where += f" AND ctid < '({end},0)'::tid"
        query = f"SELECT {columns} FROM ONLY {table.name} WHERE {where}"
        out = f"COPY ({query}) TO STDOUT (FORMAT {form})"
        step = copy_step(table, f"{number}/{len(starts)}")
        parts.append(Part(table, step, out, into, table.bytes // len(starts), first))
    return parts


def _starts(table: Table, chunk_bytes: int | None) -> list[int]:
    chunks = 1
    if chunk_bytes is not None and table.pages > 1 and table.columns:
        chunks = min(_MOST_CHUNKS, table.pages, -(-table.bytes // chunk_bytes))
    step = -(-table.pages // max(1, chunks))
    return [
        number * step
        for number in range(max(1, chunks))
        if number == 0 or number * step < table.pages
    ]


def batches(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts that go together in one round trip and one transaction; large ones go alone."""
    found: list[list[Part]] = []
    small: list[Part] = []
    for part in parts:
        if part.bytes > _ALONE_BYTES:
            found.append([part])
            continue
        small.append(part)
        if len(small) == _MOST_TOGETHER or sum(p.bytes for p in small) > _TOGETHER_BYTES:
            found.append(small)
            small = []
    return [*found, small] if small else found
