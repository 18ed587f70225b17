"""One query per table that counts its rows and hashes them, independent of their order.

The form was measured: hashing the hash of each row again, because plain record hashes combine
columns linearly and miss values swapped between rows. Types whose own hash is too lenient (or
missing) go in through their send function, and those whose binary form holds OIDs as text.

Which form a column takes is decided by SQL, so that a program without Python beside the database
asks word for word what is asked from here (see `build_queries`).
"""

# ruff: noqa: S608  identifiers come quoted from the server
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.session import Session

FIRST_WITH_RECORD_HASH = 14
# Their own hash sees every difference.
_RAW = (
    *("bool", "int2", "int4", "int8", "oid", "char", "name", "date", "time", "timetz"),
    *("timestamp", "timestamptz", "uuid", "bytea", "inet", "cidr", "macaddr", "macaddr8"),
    *("int4range", "int8range", "daterange", "tsrange", "tstzrange"),
)
_TEXT_LIKE = ("text", "varchar")
# Exact only with a declared length or scale: otherwise 1.0 equals 1.00, 'a' equals 'a '.
_RAW_WHEN_DECLARED = ("numeric", "bpchar")
# A row's columns stand between the two halves.
_RECORD = (
    "pg_catalog.hash_record_extended(row(pg_catalog.int8send(pg_catalog.hash_record_extended(row(",
    "), 0))), 0)",
)
_TEXT = (
    "('x' || pg_catalog.substr(pg_catalog.md5(pg_catalog.convert_to(row(",
    ")::text, 'UTF8')), 1, 16))::bit(64)::bigint",
)
_FORMS = {"record": _RECORD, "text": _TEXT}
_COUNT, _SUM, _FROM = "SELECT count(*), ", ("coalesce(sum(", "), 0)::text"), " FROM "
_NOTHING_TO_SUM = "''::text"


@dataclass(frozen=True)
class Column:
    """A column's quoted name, its base type, and the SQL by which it goes into a row's hash."""

    name: str
    type_name: str
    expression: str


@dataclass(frozen=True)
class Relation:
    """A table or a materialized view ("m") with its columns in a fixed order."""

    name: str
    kind: str
    bytes: int
    columns: tuple[Column, ...]


async def relations(session: Session) -> dict[str, Relation]:
    """Everything whose rows are compared, by quoted name."""
    # Not by size in the query: it is read anew for each column, and grows when the server tidies
    # up in between. Then a table's columns would come in another order than at the other side.
    found: dict[str, Relation] = {}
    for name, kind, size, *column in await session.rows(relations_sql(session.major)):
        before = found.get(name, Relation(name, kind, size, ()))
        more = (Column(*column),) if column[0] is not None else ()
        found[name] = Relation(name, kind, size, before.columns + more)
    return dict(sorted(found.items(), key=lambda item: (-item[1].bytes, item[0])))


def relations_sql(major: int) -> str:
    """SQL for (name, kind, bytes, column, type, expression), one row per column."""
    return (
        "SELECT name, kind, bytes, column_name, type_name, expression"
        f" FROM ({_columns_sql(major)}) c ORDER BY name, place"
    )


def build_queries(major: int, form: str) -> str:
    """SQL for one column: the text that `query` gives for each relation of the server asked."""
    before, after = (_quoted(half) for half in _FORMS[form])
    opening, closing = (_quoted(half) for half in _SUM)
    # The text form writes all columns out by itself.
    each = "expression" if form == "record" else "column_name"
    return f"""
        SELECT {_quoted(_COUNT)} || coalesce({opening} || {before}
                 || string_agg({each}, ', ' ORDER BY place) || {after} || {closing},
                 {_quoted(_NOTHING_TO_SUM)})
               || {_quoted(_FROM)} || CASE kind WHEN 'r' THEN 'ONLY ' ELSE '' END || name
        FROM ({_columns_sql(major)}) c GROUP BY name, kind"""


def _columns_sql(major: int) -> str:
    generated = "a.attgenerated <> 'v'" if major >= 12 else "true"
    deterministic = "coalesce(l.collisdeterministic, true)" if major >= 12 else "true"
    # A domain behaves as its base type; only the last step of the chain matters here.
    return f"""
        SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind,
               pg_table_size(c.oid) AS bytes, a.attname AS place,
               quote_ident(a.attname) AS column_name, b.typname::text AS type_name,
               CASE WHEN a.attname IS NULL THEN NULL
                    WHEN b.typtype IN ('e', 'c') OR NOT coalesce(
                      CASE WHEN b.typcategory = 'A' THEN e.typnamespace = 'pg_catalog'::regnamespace
                           WHEN b.typtype IN ('r', 'm')
                           THEN b.typnamespace = 'pg_catalog'::regnamespace ELSE true END, false)
                    THEN quote_ident(a.attname) || '::text'
                    WHEN b.typnamespace = 'pg_catalog'::regnamespace AND b.typtype IN ('b', 'r')
                      AND (b.typname IN ({_listed(_RAW)})
                        OR {deterministic} AND (b.typname IN ({_listed(_TEXT_LIKE)})
                          OR b.typname IN ({_listed(_RAW_WHEN_DECLARED)}) AND
                            CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END >= 0))
                    THEN quote_ident(a.attname)
                    WHEN left(b.typname, 3) = 'reg' OR b.typsend = 0
                    THEN quote_ident(a.attname) || '::text'
                    ELSE format('%I.%I(%s)', pn.nspname, p.proname, quote_ident(a.attname)) END
                 AS expression
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a
               ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND {generated}
        LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN LATERAL (
            WITH RECURSIVE base AS (
                SELECT t.oid, t.typtype, t.typbasetype UNION ALL
                SELECT x.oid, x.typtype, x.typbasetype FROM base
                JOIN pg_catalog.pg_type x ON x.oid = base.typbasetype WHERE base.typtype = 'd')
            SELECT y.* FROM base JOIN pg_catalog.pg_type y ON y.oid = base.oid
            WHERE base.typtype <> 'd') b ON true
        LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem
        LEFT JOIN pg_catalog.pg_proc p ON p.oid = b.typsend
        LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
        LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
        WHERE c.relpersistence <> 't' AND {USER_SCHEMAS}
          AND (c.relkind = 'r' OR (c.relkind = 'm' AND c.relispopulated))
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")}"""


def query(relation: Relation, *, form: str, leave_out: frozenset[str] = frozenset()) -> str:
    """SQL for (rows, checksum). `form` "record" needs version 14, "text" works everywhere.

    Columns whose type is in `leave_out` are not looked at.
    """
    columns = [c for c in relation.columns if c.type_name not in leave_out]
    source = f"{_FROM}{'ONLY ' if relation.kind == 'r' else ''}{relation.name}"
    if not columns:
        return f"{_COUNT}{_NOTHING_TO_SUM}{source}"
    opening, closing = _SUM
    return f"{_COUNT}{opening}{row_hash(columns, form)}{closing}{source}"


def row_hash(columns: Sequence[Column], form: str) -> str:
    """SQL for a 64-bit number of these columns of one row; safe to add up over rows."""
    before, after = _FORMS[form]
    each = (c.expression if form == "record" else c.name for c in columns)
    return f"{before}{', '.join(each)}{after}"


def form_for(source_major: int, target_major: int, *, same_encoding: bool) -> str:
    """The quickest form that means the same on both sides."""
    both_new = min(source_major, target_major) >= FIRST_WITH_RECORD_HASH
    return "record" if both_new and same_encoding else "text"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_quoted(name) for name in names)
