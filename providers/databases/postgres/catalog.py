"""What there is to move: the source's tables, indexes, keys, sequences and views, seen by queries.

All names come back quoted and qualified by the server, ready to be put into a statement.
"""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from dataclasses import dataclass

from providers.databases.postgres.session import Session

MARKER_SCHEMA = "moveday"
# `_heroku` is Heroku's own; Heroku's `pg:pull` leaves it out as well.
NOT_MOVED = ("information_schema", MARKER_SCHEMA, "_heroku")
USER_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname NOT IN ({})".format(
    ", ".join(f"'{name}'" for name in NOT_MOVED)
)
# What only Azure's servers offer: no other has them, and no row needs them. `azure…` and `pg_qs`
# are inferred from Microsoft's pages on extensions; `pgaadauth` is its sign-in.
AZURE_ONLY = ("azure", "pg_azure", "pgaadauth", "pg_qs")
NOT_EXTENSION = (
    "NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = '{catalog}'::regclass"
    " AND e.objid = {oid} AND e.deptype = 'e')"
)
# Built-in types whose binary form is the same in every server since 9.2 and holds no OID.
_BINARY_NAMES = (
    "bool int2 int4 int8 oid float4 float8 numeric text varchar bpchar char name date time timetz"
    " timestamp timestamptz interval uuid bytea json jsonb inet cidr macaddr macaddr8 bit varbit"
    " point line lseg box path polygon circle tsvector int4range int8range numrange daterange"
    " tsrange tstzrange _bool _int2 _int4 _int8 _float4 _float8 _numeric _text _varchar _bpchar"
    " _uuid _date _timestamp _timestamptz _bytea _jsonb _json _inet"
)
_BINARY = frozenset(_BINARY_NAMES.split())


@dataclass(frozen=True)
class Table:
    """An ordinary table or partition. `bytes` is its size with TOAST, without indexes.

    `by_itself`: its statistics need no other table, and nothing that is made after the rows.
    """

    oid: int
    name: str
    bytes: int
    pages: int
    columns: tuple[str, ...]
    binary: bool
    unlogged: bool = False
    by_itself: bool = False


@dataclass(frozen=True)
class Index:
    """A B-tree or other index we build ourselves; `constraint` is the statement that uses it."""

    oid: int
    table: int
    name: str
    method: str
    definition: str
    constraint_oid: int | None
    constraint: str | None


@dataclass(frozen=True)
class ForeignKey:
    """`add` makes it (not yet validated where that is possible), `validate` may be empty."""

    oid: int
    name: str
    table_bytes: int
    add: str
    validate: str


async def tables(source: Session) -> list[Table]:
    """Every table whose rows move, largest first; partitions are tables, their parents are not."""
    rows = await source.rows(f"""
        SELECT c.oid::bigint, format('%I.%I', n.nspname, c.relname), pg_table_size(c.oid),
               greatest(c.relpages, pg_relation_size(c.oid) / 8192),
               array_remove(array_agg(CASE WHEN {_GENERATED[source.major >= 12]} THEN NULL
                                      ELSE quote_ident(a.attname) END ORDER BY a.attnum), NULL),
               array_agg(t.typname::text) FILTER (WHERE a.attname IS NOT NULL),
               bool_and(coalesce(t.typnamespace = 'pg_catalog'::regnamespace, true)),
               c.relpersistence = 'u',
               {_BY_ITSELF}
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a
               ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")}
        GROUP BY c.oid, n.nspname, c.relname, c.relpages, c.relpersistence, c.relispartition,
                 c.relhassubclass
        ORDER BY 3 DESC, 2""")
    return [
        Table(
            oid=row[0],
            name=row[1],
            bytes=row[2],
            pages=row[3],
            columns=tuple(row[4] or ()),
            binary=bool(row[6]) and set(row[5] or ()) <= _BINARY,
            unlogged=row[7],
            by_itself=row[8],
        )
        for row in rows
    ]


# ANALYZE of a parent looks at its children as well; a server that crashed empties unlogged tables;
# extended statistics are made by the schema's last section.
_BY_ITSELF = (
    "NOT c.relispartition AND NOT c.relhassubclass AND c.relpersistence <> 'u' AND NOT EXISTS"
    " (SELECT FROM pg_catalog.pg_statistic_ext x WHERE x.stxrelid = c.oid)"
)
_GENERATED = {True: "a.attname IS NULL OR a.attgenerated <> ''", False: "a.attname IS NULL"}


async def indexes(source: Session) -> list[Index]:
    """Indexes that can be built on their own and then become their key by USING INDEX.

    The rest (deferrable and exclusion constraints, clustered or replica-identity ones, parents of
    partitions) is left to the schema dump, which knows their extra statements.
    """
    rows = await source.rows(f"""
        SELECT i.indexrelid::bigint, i.indrelid::bigint, format('%I.%I', n.nspname, ic.relname),
               am.amname::text, pg_get_indexdef(i.indexrelid), k.oid::bigint,
               CASE WHEN k.oid IS NOT NULL THEN format(
                   'ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s USING INDEX %I', n.nspname,
                   tc.relname, k.conname, CASE k.contype WHEN 'p' THEN 'PRIMARY KEY'
                   ELSE 'UNIQUE' END, ic.relname) END
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_am am ON am.oid = ic.relam
        JOIN pg_catalog.pg_class tc ON tc.oid = i.indrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = tc.relnamespace
        LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid
              AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid
        WHERE tc.relkind = 'r' AND tc.relpersistence <> 't' AND {USER_SCHEMAS} AND i.indisvalid
          AND NOT i.indisclustered AND NOT i.indisreplident
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute s WHERE s.attrelid = ic.oid
                          AND s.attstattarget >= 0)
          AND (k.oid IS NULL OR (NOT k.condeferrable AND k.contype IN ('p', 'u')
                                 AND am.amname = 'btree' AND NOT i.indisexclusion))
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="tc.oid")}
        ORDER BY am.amname = 'gin' DESC, ic.relpages DESC""")
    return [Index(*row) for row in rows]


async def foreign_keys(source: Session) -> list[ForeignKey]:
    """Foreign keys, largest referencing table first. Inherited ones come with their parent's."""
    rows = await source.rows(f"""
        SELECT k.oid::bigint, format('%I.%I', n.nspname, c.relname), k.conname::text,
               quote_ident(k.conname), c.relkind::text, pg_get_constraintdef(k.oid),
               k.convalidated, pg_table_size(c.oid)
        FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype = 'f' AND {_NOT_INHERITED[source.major >= 11]} AND {USER_SCHEMAS}
        ORDER BY pg_table_size(c.oid) DESC, 3""")
    found = []
    for oid, table, name, quoted, kind, definition, validated, size in rows:
        only = "" if kind == "p" else "ONLY "
        add = f"ALTER TABLE {only}{table} ADD CONSTRAINT {quoted} {definition}"
        validate = ""
        # A parent of partitions accepts no unvalidated key before version 18.
        if kind != "p" and validated and "NOT ENFORCED" not in definition:
            add += " NOT VALID"
            validate = f"ALTER TABLE {table} VALIDATE CONSTRAINT {quoted}"
        found.append(ForeignKey(oid, f"{table} {name}", size, add, validate))
    return found


_NOT_INHERITED = {True: "k.conparentid = 0", False: "true"}


# One question about all sequences.
SEQUENCES_QUESTION = f"""
        SELECT string_agg(format('SELECT %L, last_value, is_called FROM %I.%I',
                                 format('%I.%I', n.nspname, c.relname), n.nspname, c.relname),
                          ' UNION ALL ' ORDER BY n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")}"""


async def sequence_positions(session: Session) -> dict[str, tuple[int, bool]]:
    """Every sequence's `last_value` and `is_called`, by quoted name."""
    question = await session.value(SEQUENCES_QUESTION)
    rows = await session.rows(question) if question else []
    return {str(name): (last, called) for name, last, called in rows}


# Populated materialized views, each after those it reads from.
POPULATED_VIEWS = f"""
        WITH RECURSIVE views AS (
            SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relispopulated
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('m', 'v') AND {USER_SCHEMAS}),
        reads AS (
            SELECT DISTINCT r.ev_class AS reader, d.refobjid AS read
            FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
              ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
             AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class
            WHERE d.refobjid IN (SELECT oid FROM views)),
        depth AS (
            SELECT oid, 0 AS level FROM views
            UNION SELECT reads.reader, depth.level + 1
            FROM depth JOIN reads ON reads.read = depth.oid WHERE depth.level < 50)
        SELECT v.name FROM views v JOIN depth d USING (oid)
        JOIN pg_catalog.pg_class c ON c.oid = v.oid AND c.relkind = 'm'
        WHERE v.relispopulated GROUP BY v.name ORDER BY max(d.level), v.name"""


async def populated_views(source: Session) -> list[str]:
    """Populated materialized views, each after those it reads from."""
    rows = await source.rows(POPULATED_VIEWS)
    return [str(row[0]) for row in rows]


async def large_objects(source: Session) -> list[int]:
    """The OIDs of all large objects."""
    rows = await source.rows(
        "SELECT oid::bigint FROM pg_catalog.pg_largeobject_metadata ORDER BY 1"
    )
    return [int(row[0]) for row in rows]
