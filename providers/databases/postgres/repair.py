"""What can be put right in a target without copying again: found, shown, done, looked at again.

A sequence behind the source's, an index that is missing or not valid, a foreign key that is missing
or a constraint that was never validated, a table that was never analyzed. Everything else that
differs needs a person or another copy; verification names it.
"""

from collections.abc import Sequence

from providers.databases.postgres import catalog
from providers.databases.postgres.connection import TARGET_SETTINGS
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.pair import Pair
from providers.databases.postgres.schema_objects import SchemaObject, schema_objects
from providers.databases.postgres.session import session
from providers.databases.postgres.snapshot import position_words
from providers.databases.postgres.statistics import not_analyzed
from wizard.errors import CheckFailedError
from wizard.model.database import Connection, Repair, RepairKind

Objects = dict[tuple[str, str], SchemaObject]


async def look(source: Connection, target: Connection) -> Sequence[Repair]:
    """All repairs the target needs, in the order to do them. Changes nothing."""
    async with (
        session(source, "moveday-repair", "source") as left,
        session(target, "moveday-repair", "target") as right,
    ):
        return await _found(Pair(left, right))


async def repair(
    source: Connection, target: Connection, repairs: Sequence[Repair]
) -> Sequence[Repair]:
    """Do them, each by itself, and look again; the repairs that were done.

    Raises CheckFailedError naming those that are still needed, with the server's words.
    """
    troubles: dict[str, str] = {}
    async with session(target, "moveday-repair", "target", TARGET_SETTINGS) as opened:
        for one in repairs:
            try:
                for statement in one.statements:
                    await opened.run(statement, one.subject)
            except DatabaseTrouble as trouble:
                if trouble.kind not in ("other", "permission"):
                    raise
                troubles[one.subject] = f": {trouble.bare_detail}"
    asked = {(one.kind, one.subject) for one in repairs}
    left_over = [r for r in await look(source, target) if (r.kind, r.subject) in asked]
    if left_over:
        raise CheckFailedError(
            f"{len(left_over)} of {len(repairs)} repairs did not help",
            "\n".join(f"{r.kind} {r.subject}{troubles.get(r.subject, '')}" for r in left_over),
            "what was repaired stays; look at these by hand, or copy again",
        )
    return repairs


async def _found(pair: Pair) -> list[Repair]:
    left, right = await pair.both(schema_objects)
    return [
        *await _sequences(pair),
        *await _indexes(pair, left, right),
        *await _foreign_keys(pair, left, right),
        *_never_validated(left, right),
        *[
            Repair(
                kind="statistics",
                subject=name,
                detail="never analyzed: queries are planned blindly",
                statements=(f"ANALYZE {name}",),
            )
            for name in await not_analyzed(pair.target)
        ],
    ]


async def _sequences(pair: Pair) -> list[Repair]:
    there, here = await pair.both(catalog.sequence_positions)
    downwards = {
        str(row[0])
        for row in await pair.source.rows(
            "SELECT format('%I.%I', schemaname, sequencename) FROM pg_catalog.pg_sequences"
            " WHERE increment_by < 0"
        )
    }
    found = []
    for name, position in sorted(there.items()):
        now = here.get(name)
        if now is None or not _is_behind(now, position, name in downwards):
            continue
        last, called = position
        literal = name.replace("'", "''")
        found.append(
            Repair(
                kind="sequence",
                subject=name,
                detail=f"at {position_words(now)}, in the source at {position_words(position)}:"
                " numbers would be given twice",
                statements=(
                    f"SELECT pg_catalog.setval('{literal}', {last}, {str(called).lower()})",
                ),
            )
        )
    return found


def _is_behind(now: tuple[int, bool], wanted: tuple[int, bool], downwards: bool) -> bool:
    """Would the next number be one that the source has given already?"""
    sign = -1 if downwards else 1
    return (sign * now[0], now[1]) < (sign * wanted[0], wanted[1])


async def _indexes(pair: Pair, left: Objects, right: Objects) -> list[Repair]:
    plain = {index.name: index for index in await catalog.indexes(pair.source)}
    tables = {table.oid: table.name for table in await catalog.tables(pair.source)}
    found = []
    for (kind, name), there in sorted(left.items()):
        if kind != "index" or "valid=true" not in there.definition:
            continue
        here = right.get((kind, name))
        if here is not None:
            if "valid=false" in here.definition:
                found.append(_repair("index", name, "not valid", f"REINDEX INDEX {name}"))
            continue
        index = plain.get(name)
        # Those of exclusion and deferrable constraints and of partitions' parents come with more
        # than an index: they are left to a person.
        if index is None or ("table", tables.get(index.table, "")) not in right:
            continue
        statements = [index.definition, *([index.constraint] if index.constraint else [])]
        found.append(_repair("index", name, "missing", *statements))
    return found


async def _foreign_keys(pair: Pair, left: Objects, right: Objects) -> list[Repair]:
    keys = await catalog.foreign_keys(pair.source)
    found = []
    for kind, name in sorted(left.keys() - right.keys()):
        table, constraint = _split(name)
        there = ("table", table) in right or ("partitioned table", table) in right
        if kind != "constraint" or not there:
            continue
        beginnings = tuple(
            f"ALTER TABLE {only}{table} ADD CONSTRAINT {constraint} " for only in ("", "ONLY ")
        )
        for key in keys:
            if key.add.startswith(beginnings):
                statements = [key.add, *([key.validate] if key.validate else [])]
                found.append(_repair("constraint", name, "missing", *statements))
    return found


def _never_validated(left: Objects, right: Objects) -> list[Repair]:
    found = []
    for (kind, name), there in sorted(left.items()):
        here = right.get((kind, name))
        if kind != "constraint" or here is None or "validated=true" not in there.definition:
            continue
        if "validated=false" in here.definition:
            table, constraint = _split(name)
            found.append(
                _repair(
                    "constraint",
                    name,
                    "never validated: old rows may break it",
                    f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}",
                )
            )
    return found


def _split(name: str) -> tuple[str, str]:
    """`schema.table.constraint` at its last dot outside of quotes."""
    quoted, at = False, 0
    for place, character in enumerate(name):
        if character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            at = place
    return name[:at], name[at + 1 :]


def _repair(kind: RepairKind, subject: str, detail: str, *statements: str) -> Repair:
    return Repair(kind=kind, subject=subject, detail=detail, statements=statements)
