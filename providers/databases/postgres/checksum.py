"""One query per table that counts its rows and hashes them, independent of their order.

The form was measured: hashing the hash of each row again, because plain record hashes combine
columns linearly and miss values swapped between rows. Types whose own hash is too lenient (or
missing) go in through their send function, and those whose binary form holds OIDs as text.
"""

# ruff: noqa: S608  identifiers come quoted from the server
from collections.abc import Sequence
from dataclasses import dataclass

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.session import Session

FIRST_WITH_RECORD_HASH = 14
# Their own hash sees every difference.
_RAW = frozenset(
    [
        *("bool", "int2", "int4", "int8", "oid", "char", "name", "date", "time", "timetz"),
        *("timestamp", "timestamptz", "uuid", "bytea", "inet", "cidr", "macaddr", "macaddr8"),
        *("int4range", "int8range", "daterange", "tsrange", "tstzrange"),
    ]
)
_TEXT_LIKE = frozenset(["text", "varchar"])
# Exact only with a declared length or scale: otherwise 1.0 equals 1.00, 'a' equals 'a '.
_RAW_WHEN_DECLARED = frozenset(["numeric", "bpchar"])


@dataclass(frozen=True)
class Column:
    """A column as the checksum needs it. `send` is the qualified send function, "" for none."""

    name: str
    type_name: str
    type_kind: str
    built_in: bool
    element_built_in: bool
    declared: bool
    deterministic: bool
    send: str


@dataclass(frozen=True)
class Relation:
    """A table or a materialized view ("m") with its columns in a fixed order."""

    name: str
    kind: str
    bytes: int
    columns: tuple[Column, ...]


async def relations(session: Session) -> dict[str, Relation]:
    """Everything whose rows are compared, by quoted name."""
    generated = "a.attgenerated <> 'v'" if session.major >= 12 else "true"
    deterministic = "coalesce(l.collisdeterministic, true)" if session.major >= 12 else "true"
    # A domain behaves as its base type; only the last step of the chain matters here.
    rows = await session.rows(f"""
        SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text, pg_table_size(c.oid),
               quote_ident(a.attname), b.typname::text, b.typtype::text,
               b.typnamespace = 'pg_catalog'::regnamespace,
               CASE WHEN b.typcategory = 'A' THEN e.typnamespace = 'pg_catalog'::regnamespace
                    WHEN b.typtype IN ('r', 'm') THEN b.typnamespace = 'pg_catalog'::regnamespace
                    ELSE true END,
               CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END >= 0,
               {deterministic},
               CASE WHEN b.typsend <> 0 THEN format('%I.%I', pn.nspname, p.proname) ELSE '' END
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
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")}
        ORDER BY 1, a.attname""")
    # Not by size in the query: it is read anew for each column, and grows when the server tidies
    # up in between. Then a table's columns would come in another order than at the other side.
    found: dict[str, Relation] = {}
    for name, kind, size, *column in rows:
        before = found.get(name, Relation(name, kind, size, ()))
        more = (Column(*column),) if column[0] is not None else ()
        found[name] = Relation(name, kind, size, before.columns + more)
    return dict(sorted(found.items(), key=lambda item: (-item[1].bytes, item[0])))


def query(relation: Relation, *, form: str, leave_out: frozenset[str] = frozenset()) -> str:
    """SQL for (rows, checksum). `form` "record" needs version 14, "text" works everywhere.

    Columns whose type is in `leave_out` are not looked at.
    """
    columns = [c for c in relation.columns if c.type_name not in leave_out]
    source = f"FROM {'ONLY ' if relation.kind == 'r' else ''}{relation.name}"
    if not columns:
        return f"SELECT count(*), ''::text {source}"
    return f"SELECT count(*), coalesce(sum({row_hash(columns, form)}), 0)::text {source}"


def row_hash(columns: Sequence[Column], form: str) -> str:
    """SQL for a 64-bit number of these columns of one row; safe to add up over rows."""
    if form == "record":
        row = ", ".join(_expression(column) for column in columns)
        inner = f"pg_catalog.hash_record_extended(row({row}), 0)"
        return f"pg_catalog.hash_record_extended(row(pg_catalog.int8send({inner})), 0)"
    row = ", ".join(column.name for column in columns)
    digest = f"pg_catalog.md5(pg_catalog.convert_to(row({row})::text, 'UTF8'))"
    return f"('x' || pg_catalog.substr({digest}, 1, 16))::bit(64)::bigint"


def form_for(source_major: int, target_major: int, *, same_encoding: bool) -> str:
    """The quickest form that means the same on both sides."""
    both_new = min(source_major, target_major) >= FIRST_WITH_RECORD_HASH
    return "record" if both_new and same_encoding else "text"


def _expression(column: Column) -> str:
    name, kind = column.name, column.type_kind
    if kind == "e" or not column.element_built_in or kind == "c":
        return f"{name}::text"
    if column.built_in and kind in ("b", "r"):
        if column.type_name in _RAW:
            return name
        if column.type_name in _TEXT_LIKE and column.deterministic:
            return name
        if column.type_name in _RAW_WHEN_DECLARED and column.declared and column.deterministic:
            return name
    if column.type_name.startswith("reg") or not column.send:
        return f"{name}::text"
    return f"{column.send}({name})"
