"""Preflight of the source alone: rights, hidden rows, what is under way, numbers that run out."""

# ruff: noqa: S608  own constants, and names quoted by the server
from providers.databases.postgres import preflight_left_behind, preflight_shapes
from providers.databases.postgres.catalog import USER_SCHEMAS
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.preflight_rules import (
    CLASS,
    FROM_CLASS,
    NAME,
    USERS,
    Rule,
    ask,
    finding,
)
from providers.databases.postgres.session import Session
from wizard.model.database import Finding

RULES = (
    Rule(
        "DB6",
        "block",
        "the role may not read these tables or sequences",
        f"""SELECT {NAME} {FROM_CLASS} WHERE c.relkind IN ('r', 'p', 'm', 'S')
            AND {USERS} AND NOT (
              has_schema_privilege(n.oid, 'USAGE') AND CASE WHEN c.relkind = 'S'
              THEN has_sequence_privilege(c.oid, 'SELECT')
              ELSE has_table_privilege(c.oid, 'SELECT') END)""",
        "use the database owner's credentials, or grant SELECT",
        "the copy stops at the first of them",
    ),
    Rule(
        "DB7",
        "block",
        "row security would hide rows of these tables from the role",
        f"""SELECT {NAME} {FROM_CLASS} WHERE c.relrowsecurity AND {USER_SCHEMAS}
            AND row_security_active(c.oid)""",
        "use the tables' owner (without FORCE ROW LEVEL SECURITY), or a role with BYPASSRLS",
        "the copy stops: it refuses to copy a part of a table as if it were the whole",
    ),
    Rule(
        "DB9",
        "warn",
        "prepared transactions are open: what they did is not seen until they are committed",
        "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()",
        "commit or roll them back before the freeze",
        "the freeze cannot be proven",
    ),
    Rule(
        "DB10",
        "warn",
        "transactions have been open for more than five minutes",
        """SELECT coalesce(nullif(application_name, ''), 'process ' || pid)
           FROM pg_catalog.pg_stat_activity WHERE datname = current_database()
           AND pid <> pg_backend_pid() AND xact_start < now() - interval '5 minutes'
           AND usesysid IS NOT NULL""",
        "let them end",
        "the schema dump may wait for their locks",
    ),
    Rule(
        "DB14",
        "warn",
        "sequences beyond nine tenths of their range",
        """SELECT format('%I.%I', schemaname, sequencename) FROM pg_catalog.pg_sequences
           WHERE increment_by > 0 AND NOT cycle AND last_value > max_value / 10 * 9""",
        "widen the column soon",
        "inserts fail at the end of the range, here as there",
    ),
    Rule(
        "DB49",
        "warn",
        "somebody holds an advisory lock, as migration tools do while they work",
        """SELECT DISTINCT coalesce(nullif(a.application_name, ''), 'process ' || l.pid)
           FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
           JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
           WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()""",
        "wait until the migration has ended",
        "the schema may change under the copy",
    ),
    Rule(
        "DB53",
        "warn",
        "this server is a follower: it may be behind, and may cancel long reads",
        "SELECT 'the source' WHERE pg_is_in_recovery()",
        "give the primary's connection",
        "rows that the primary has already may be missing from the copy",
    ),
    Rule(
        "DB54",
        "info",
        "tables with more dead rows than living ones: only the living are copied",
        f"""SELECT format('%I.%I', n.schemaname, n.relname)
            FROM pg_catalog.pg_stat_user_tables n
            WHERE n.n_dead_tup > greatest(n.n_live_tup, 1000)
              AND {USER_SCHEMAS.replace("n.nspname", "n.schemaname")}""",
        "VACUUM them before the day",
        "reading them takes longer than their rows let one think; the target is smaller",
    ),
    Rule(
        "DB60",
        "info",
        "followers of this server",
        "SELECT coalesce(nullif(application_name, ''), 'process ' || pid)"
        " FROM pg_catalog.pg_stat_replication",
        "make new ones of the target, if they are wanted",
        "what reads from them goes on reading the old side",
    ),
    *preflight_left_behind.RULES,
    *preflight_shapes.RULES,
)
_LOCKED = Rule(
    "DB56",
    "warn",
    "a migration tool's lock is still set",
    "",
    "when no migration runs, unlock it by the tool's own command before the copy",
    "the lock is copied: the first migration on the new side waits for ever",
)
_BEHIND = Rule(
    "DB50",
    "warn",
    "sequences behind the largest number in their column",
    "",
    "SELECT setval(…) to the largest number, in the source",
    "the next insert is refused for a number that is there already, here as there",
)
# Tables in which migration tools keep their lock, and the column that says it is held.
_LOCK_COLUMNS = {"databasechangeloglock": "locked", "knex_migrations_lock": "is_locked"}
_LOCK_VALUES = ", ".join(f"('{table}', '{column}')" for table, column in _LOCK_COLUMNS.items())
# A table's name, and the question that is to be asked about it.
LOCK_QUESTIONS = f"""
        SELECT {NAME}, format(
                 'SELECT EXISTS (SELECT FROM %I.%I WHERE %I::text IN (''true'', ''1''))', n.nspname,
                 c.relname, l.column_name)
        {FROM_CLASS} JOIN (VALUES {_LOCK_VALUES}) l(table_name, column_name)
          ON l.table_name = c.relname WHERE c.relkind = 'r' AND {USERS}"""
# One question about all sequences. Only of columns that begin an index: their largest number is
# found without a scan.
BEHIND_QUESTION = f"""
        SELECT string_agg(format(
            'SELECT %L WHERE (SELECT max(%I) FROM ONLY %I.%I) > (SELECT last_value FROM %I.%I)',
            {NAME}, a.attname, tn.nspname, t.relname, n.nspname, c.relname), ' UNION ALL ')
        {FROM_CLASS}
        JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid AND s.seqincrement > 0
        JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass
          AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
        JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND t.relkind = 'r'
        JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE {USER_SCHEMAS} AND {CLASS} AND has_table_privilege(t.oid, 'SELECT')
          AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'SELECT') END
          AND NOT row_security_active(t.oid)
          AND EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = t.oid
                      AND i.indisvalid AND i.indkey[0] = a.attnum)"""


async def findings(source: Session) -> list[Finding]:
    """What the source's own facts say."""
    found = await ask(source, RULES)
    for rule, names in (
        (_LOCKED, await _locked_by_tools(source)),
        (_BEHIND, await _sequences_behind(source)),
    ):
        if names:
            found.append(finding(rule, names))
    return found


async def _locked_by_tools(source: Session) -> list[str]:
    found = []
    for name, question in await source.rows(LOCK_QUESTIONS):
        try:
            held = await source.value(question)
        except DatabaseTrouble:
            continue  # a table of the same name that is something else, or may not be read
        if held:
            found.append(name)
    return found


async def _sequences_behind(source: Session) -> list[str]:
    question = await source.value(BEHIND_QUESTION)
    return [str(row[0]) for row in await source.rows(question)] if question else []
