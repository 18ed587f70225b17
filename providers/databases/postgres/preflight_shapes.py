"""Shapes of a schema that a copy handles and people should know of, or that may stop it."""

# ruff: noqa: S608  own constants only
from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.preflight_rules import FROM_CLASS, NAME, USERS, Rule

_PROC = NOT_EXTENSION.format(catalog="pg_catalog.pg_proc", oid="p.oid")
_FROM_PROC = """FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang"""
_CONSTRAINTS = f"""SELECT {NAME} || '.' || quote_ident(k.conname) {FROM_CLASS}
    JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid WHERE {USERS}"""
_COLUMNS = f"""SELECT {NAME} || '.' || quote_ident(a.attname) {FROM_CLASS}
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND {USERS}"""

RULES = (
    Rule(
        "DB11",
        "info",
        "tables without a key: copied and verified as a whole",
        f"""SELECT {NAME} {FROM_CLASS} WHERE c.relkind = 'r' AND {USERS} AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_index i
              WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid)""",
        "give them a primary key when there is time for it",
        "a row that differs has no name, only a place",
    ),
    Rule(
        "DB12",
        "info",
        "unlogged tables: copied, and as unprotected against a crash as before",
        f"SELECT {NAME} {FROM_CLASS} WHERE c.relkind = 'r' AND c.relpersistence = 'u'"
        f" AND {USER_SCHEMAS}",
        "ALTER TABLE … SET LOGGED where the rows matter",
        "a crash of the server empties them",
    ),
    Rule(
        "DB20",
        "block",
        "functions in C outside of extensions: only a superuser can make them",
        f"SELECT p.oid::regprocedure::text {_FROM_PROC} AND l.lanname IN ('c', 'internal')"
        f" WHERE {USER_SCHEMAS} AND {_PROC}",
        "drop them, or replace them by an extension that the target offers",
        "the schema cannot be made in the target",
    ),
    Rule(
        "DB22",
        "info",
        "foreign tables: their definition is copied, their rows stay where they are",
        f"SELECT {NAME} {FROM_CLASS} WHERE c.relkind = 'f' AND {USER_SCHEMAS}",
        "the target must be able to reach the foreign server",
        "queries of them fail or find other rows",
    ),
    Rule(
        "DB36",
        "block",
        "procedural languages outside of extensions: only a superuser can make them",
        f"""SELECT lanname::text FROM pg_catalog.pg_language l WHERE lanispl AND l.oid >= 16384
            AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_language", oid="l.oid")}""",
        "install the language's extension in source and target",
        "functions in that language cannot be made in the target",
    ),
    Rule(
        "DB39",
        "info",
        "large objects: copied under the same numbers",
        "SELECT count(*) || ' large objects' FROM pg_catalog.pg_largeobject_metadata"
        " HAVING count(*) > 0",
        "nothing is to be done",
        "columns that hold their numbers would lead nowhere",
    ),
    Rule(
        "DB40",
        "info",
        "tables that inherit from others: copied each by itself",
        f"""SELECT {NAME} {FROM_CLASS} WHERE c.relkind = 'r' AND NOT c.relispartition AND {USERS}
            AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)""",
        "count with ONLY when counts are compared by hand",
        "a count of the parent includes the children's rows",
    ),
    Rule(
        "DB41",
        "info",
        "partitioned tables without a partition",
        f"""SELECT {NAME} {FROM_CLASS} WHERE c.relkind = 'p' AND {USERS}
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)""",
        "whatever makes partitions at run time must run on the new side too",
        "inserts fail until it does",
    ),
    Rule(
        "DB42",
        "info",
        "columns that are always numbered by the database: their numbers are kept",
        f"{_COLUMNS} AND a.attidentity = 'a'",
        "nothing is to be done",
        "references from elsewhere would lead to other rows",
    ),
    Rule(
        "DB43",
        "info",
        "generated columns: computed anew in the target, and compared",
        f"{_COLUMNS} AND a.attgenerated <> ''",
        "nothing is to be done",
        "an older function or dictionary in the target would compute another value",
        since=12,
    ),
    Rule(
        "DB44",
        "info",
        "exclusion and deferrable constraints: made after the rows, one after the other",
        f"{_CONSTRAINTS} AND (k.contype = 'x' OR k.condeferrable)",
        "nothing is to be done",
        "on large tables they take their time, which a rehearsal shows",
    ),
    Rule(
        "DB45",
        "info",
        "foreign keys that go round in a circle: made after all rows",
        f"""WITH RECURSIVE reach AS (
              SELECT conrelid AS a, confrelid AS b FROM pg_catalog.pg_constraint
              WHERE contype = 'f' AND conrelid <> confrelid
              UNION SELECT r.a, k.confrelid FROM reach r JOIN pg_catalog.pg_constraint k
                ON k.conrelid = r.b AND k.contype = 'f')
            SELECT {NAME} {FROM_CLASS} JOIN reach ON reach.a = c.oid AND reach.b = c.oid
            WHERE {USERS}""",
        "nothing is to be done",
        "a copy that loads table by table under its keys fails",
    ),
    Rule(
        "DB46",
        "info",
        "rewrite rules on tables: copied; the rows are loaded past them",
        f"""SELECT {NAME} || '.' || quote_ident(r.rulename) {FROM_CLASS}
            JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid
            WHERE r.rulename <> '_RETURN' AND {USERS}""",
        "nothing is to be done",
        "rows would be redirected or lost",
    ),
    Rule(
        "DB47",
        "warn",
        "functions that run with their owner's rights (security definer)",
        f"SELECT p.oid::regprocedure::text {_FROM_PROC}"
        f" WHERE p.prosecdef AND {USER_SCHEMAS} AND {_PROC}",
        "look whether the target's role may do what they do",
        "in the target they run with the rights of the role that copies",
    ),
    Rule(
        "DB48",
        "warn",
        "functions in indexes, checks or generated columns that do not fix their search path",
        f"""SELECT DISTINCT p.oid::regprocedure::text {_FROM_PROC}
            JOIN pg_catalog.pg_depend d ON d.refobjid = p.oid
              AND d.refclassid = 'pg_catalog.pg_proc'::regclass
              AND d.classid IN ('pg_catalog.pg_class'::regclass,
                'pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_attrdef'::regclass)
            LEFT JOIN pg_catalog.pg_attrdef f
              ON f.oid = d.objid AND d.classid = 'pg_catalog.pg_attrdef'::regclass
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
            WHERE (f.oid IS NULL OR to_jsonb(a) ->> 'attgenerated' <> '')
              AND l.lanname IN ('sql', 'plpgsql') AND {USER_SCHEMAS} AND {_PROC}
              AND to_jsonb(p) ->> 'prosqlbody' IS NULL
              AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')""",
        "ALTER FUNCTION … SET search_path = public, pg_temp in the source",
        "the copy works with an empty search path: one that names something without its schema"
        " fails, and with it the index or the check",
    ),
    Rule(
        "DB62",
        "info",
        "columns of object numbers (oid)",
        f"{_COLUMNS} AND a.atttypid = 'pg_catalog.oid'::regtype",
        "nothing, when they hold large objects",
        "other objects have other numbers in the target",
    ),
)
