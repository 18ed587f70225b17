"""What arrived, against what the dump says: rows by table, sequences, large objects, validity."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.dump.tally import Tally
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.session import Session
from providers.databases.postgres.snapshot import position_words
from wizard.model.database import Check
from wizard.safety.clean import clean

_EARLIER = (
    "rows that an earlier try has put in by INSERT or as CSV are not counted again; they are in the"
    " journal in their own transaction"
)
_INVALID = f"""
    SELECT 'index', format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT (i.indisvalid AND i.indisready) AND {USER_SCHEMAS}
        AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")} ORDER BY 1, 2"""


async def checks(target: Session, tables: int, tally: Tally) -> list[Check]:
    """Looks through the session that has restored: names mean the same as in the dump.

    `tables` is how many tables with rows the table of contents names; 0 where there is none.
    """
    found = [await _rows(target, table, expected, tally) for table, expected in _by_name(tally)]
    if tables > (came := len(tally.expected)):
        said = f"{tables} tables with rows in the table of contents, {came} came"
        found.append(Check(kind="rows", subject="the others", result="different", detail=said))
    for name, wanted in sorted(tally.sequences.items()):
        found.append(await _sequence(target, name, wanted))
    found += await _large_objects(target, tally.large_objects)
    for _, name in await target.rows(_INVALID):
        said = "it is there, and not valid: the server does not use it"
        found.append(Check(kind="index", subject=clean(name, 200), result="different", detail=said))
    return found


def _by_name(tally: Tally) -> list[tuple[str, int]]:
    names = sorted({*tally.expected, *tally.not_counted})
    return [(name, tally.expected.get(name, 0)) for name in names]


async def _rows(target: Session, table: str, expected: int, tally: Tally) -> Check:
    # The name is the dump's own, quoted as it was there; it is resolved before it is used.
    name = (
        await target.row(
            "SELECT c.oid::regclass::text, c.relkind = 'p' FROM pg_catalog.pg_class c"
            " WHERE c.oid = to_regclass(%s)",
            [table],
        )
        if await target.value("SELECT to_regclass(%s) IS NOT NULL", [table])
        else None
    )
    subject = clean(table, 200)
    if name is None:
        return Check(
            kind="rows",
            subject=subject,
            result="different",
            source=str(expected),
            target="missing",
            detail=f"{expected} rows in the dump; the table is not there",
        )
    only = "" if name[1] else "ONLY "
    try:
        count = int(await target.value(f"SELECT count(*) FROM {only}{name[0]}"))
    except DatabaseTrouble as error:
        return Check(kind="rows", subject=subject, result="unfinished", detail=error.bare_detail)
    detail = _EARLIER if table in tally.not_counted else ""
    if count != expected and not detail:
        detail = f"{expected} rows in the dump, {count} in the target"
    return Check(
        kind="rows",
        subject=subject,
        result="explained" if detail == _EARLIER else "different" if detail else "same",
        source=str(expected),
        target=str(count),
        detail=detail,
    )


async def _sequence(target: Session, name: str, wanted: tuple[int, bool]) -> Check:
    found: tuple[int, bool] | None = None
    if await target.value("SELECT to_regclass(%s) IS NOT NULL", [name]):
        quoted = await target.value("SELECT to_regclass(%s)::text", [name])
        found = tuple(await target.row(f"SELECT last_value, is_called FROM {quoted}"))
    return Check(
        kind="sequence",
        subject=clean(name, 200),
        result="same" if found == wanted else "different",
        source=position_words(wanted),
        target=position_words(found),
        detail=""
        if found == wanted
        else f"{position_words(wanted)} in the dump, {position_words(found)} in the target",
    )


async def _large_objects(target: Session, expected: int) -> list[Check]:
    if not expected:
        return []
    there = int(await target.value("SELECT count(*) FROM pg_catalog.pg_largeobject_metadata"))
    same = there == expected
    return [
        Check(
            kind="large-objects",
            subject="large objects",
            result="same" if same else "different",
            source=str(expected),
            target=str(there),
            detail="" if same else f"{expected} in the dump, {there} in the target",
        )
    ]
