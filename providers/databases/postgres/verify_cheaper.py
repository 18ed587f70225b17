"""Two quicker looks at a table's rows: counts alone, or counts and a seeded sample by key.

Neither is a proof: a sample finds one bad row about as often as the row is in the sample.
"""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own
import asyncio
from dataclasses import replace

from providers.databases.postgres import checksum
from providers.databases.postgres.checksum import Relation, row_hash
from providers.databases.postgres.pair import Pair
from providers.databases.postgres.row_key import RowKey, row_key
from providers.databases.postgres.session import Session
from wizard.model.database import Check, Tier

_FEWEST, _MOST = 1000, 20_000
_SHARE = 0.01
# Below this many bytes every page is read anyway: rows are then picked one by one.
_SMALL = 8_000_000
_HERE = "\0"


async def compare(
    pair: Pair, source: Relation, target: Relation, form: str, tier: Tier, seed: int
) -> list[Check]:
    """The checks of one table or materialized view. Raises DatabaseTrouble."""

    async def count(session: Session) -> int:
        relation = source if session.side == "source" else target
        row = await session.row(checksum.query(replace(relation, columns=()), form=form))
        return int(row[0])

    there, here = await pair.both(count)
    same = there == here
    counted = Check(
        kind="materialized-view" if source.kind == "m" else "rows",
        subject=source.name,
        result="same" if same else "different",
        source=str(there),
        target=str(here),
        detail="" if same else "the full verification says which rows, or why",
    )
    if tier == "counts" or source.kind == "m" or not there:
        return [counted]
    return [counted, await _sampled(pair, source, target, form, seed, there)]


async def _sampled(
    pair: Pair, source: Relation, target: Relation, form: str, seed: int, rows: int
) -> Check:
    key = await row_key(pair.source, source.name)
    if key is None:
        return Check(
            kind="sample",
            subject=source.name,
            result="explained",
            detail="a table without a key: its rows were counted only",
        )
    keys = await _picked(pair.source, source, key, seed, rows)
    left, right = await asyncio.gather(
        _summed(pair.source, source, key, keys, form),
        _summed(pair.target, target, key, keys, form),
    )
    same = left == right
    return Check(
        kind="sample",
        subject=source.name,
        result="same" if same else "different",
        source=f"{left[0]} of {rows} rows",
        target=f"{right[0]} of them",
        detail="" if same else "sampled rows differ; the full verification says how many and which",
    )


async def _picked(
    source: Session, relation: Relation, key: RowKey, seed: int, rows: int
) -> list[list[str]]:
    """The keys of the sampled rows as text, one list per column of the key."""
    wanted = min(_MOST, max(_FEWEST, round(rows * _SHARE)))
    percent = min(100.0, 100.0 * wanted / rows)
    method = "BERNOULLI" if relation.bytes < _SMALL else "SYSTEM"
    columns = ", ".join(f"{name}::text" for name in key.columns)
    found = await source.rows(
        f"SELECT {columns} FROM ONLY {relation.name}"
        f" TABLESAMPLE {method} ({percent:.6f}) REPEATABLE ({seed})"
    )
    return [list(values) for values in zip(*found, strict=True)] or [[] for _ in key.columns]


async def _summed(
    session: Session, relation: Relation, key: RowKey, keys: list[list[str]], form: str
) -> tuple[int, str]:
    names = [f"k{number}" for number in range(len(keys))]
    cast = ", ".join(f"{name}::{kind}" for name, kind in zip(names, key.types, strict=True))
    sql = (
        f"SELECT count(*), coalesce(sum({row_hash(relation.columns, form)}), 0)::text"
        f" FROM ONLY {relation.name} WHERE ({', '.join(key.columns)}) IN (SELECT {cast}"
        f" FROM unnest({', '.join(f'{_HERE}::text[]' for _ in keys)}) k({', '.join(names)}))"
    )
    row = await session.row(sql.replace("%", "%%").replace(_HERE, "%s"), keys)
    return int(row[0]), str(row[1])
