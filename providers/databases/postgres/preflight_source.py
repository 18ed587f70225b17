"""Preflight of the source alone: rights, hidden rows, long transactions, what is left behind."""

# ruff: noqa: S608  own constants only
from dataclasses import dataclass
from typing import Literal

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.session import Session
from wizard.model.database import Finding
from wizard.safety.clean import clean

_CLASS = NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")
_FROM_CLASS = "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_NAME = "format('%I.%I', n.nspname, c.relname)"
_MOST_NAMED = 8


@dataclass(frozen=True)
class Rule:
    """A query for names; each name found makes part of one finding."""

    rule: str
    severity: Literal["info", "warn", "block"]
    detail: str
    query: str
    remedy: str = ""
    otherwise: str = ""


_RULES = (
    Rule(
        "DB6",
        "block",
        "the role may not read these tables or sequences",
        f"""SELECT {_NAME} {_FROM_CLASS} WHERE c.relkind IN ('r', 'p', 'm', 'S')
            AND c.relpersistence <> 't' AND {USER_SCHEMAS} AND {_CLASS} AND NOT (
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
        f"""SELECT {_NAME} {_FROM_CLASS} WHERE c.relrowsecurity AND {USER_SCHEMAS}
            AND row_security_active(c.oid)""",
        "use the tables' owner (without FORCE ROW LEVEL SECURITY), or a role with BYPASSRLS",
        "the copy stops: it refuses to copy a part of a table as if it were the whole",
    ),
    Rule(
        "DB8",
        "warn",
        "event triggers are not copied: they need a superuser",
        "SELECT evtname::text FROM pg_catalog.pg_event_trigger",
        "make them in the target by hand if they are wanted",
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
        "DB11",
        "info",
        "tables without a key: copied and verified as a whole, a differing row has no name",
        f"""SELECT {_NAME} {_FROM_CLASS} WHERE c.relkind = 'r' AND c.relpersistence <> 't'
            AND {USER_SCHEMAS} AND {_CLASS} AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i
              WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid)""",
    ),
    Rule(
        "DB12",
        "info",
        "unlogged tables: copied, and as unprotected against a crash as before",
        f"SELECT {_NAME} {_FROM_CLASS} WHERE c.relkind = 'r' AND c.relpersistence = 'u'"
        f" AND {USER_SCHEMAS}",
    ),
    Rule(
        "DB14",
        "warn",
        "sequences beyond nine tenths of their range",
        """SELECT format('%I.%I', schemaname, sequencename) FROM pg_catalog.pg_sequences
           WHERE increment_by > 0 AND NOT cycle AND last_value > max_value / 10 * 9""",
        "widen the column soon: inserts fail at the end of the range, here as there",
    ),
    Rule(
        "DB18",
        "warn",
        "publications and subscriptions are not copied",
        "SELECT pubname::text FROM pg_catalog.pg_publication",
        "make them in the target by hand if they are wanted",
    ),
    Rule(
        "DB19",
        "warn",
        "settings of the database or its roles are not copied",
        """SELECT split_part(setting, '=', 1) FROM pg_catalog.pg_db_role_setting s
           JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) setting
           WHERE d.datname = current_database()""",
        "set them in the target by ALTER DATABASE (search_path above all)",
        "the app may not find tables or extensions in other schemas",
    ),
    Rule(
        "DB20",
        "block",
        "functions in C outside of extensions: only a superuser can make them",
        f"""SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname IN ('c', 'internal')
            WHERE {USER_SCHEMAS}
              AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_proc", oid="p.oid")}""",
        "drop them, or replace them by an extension that the target offers",
        "the schema cannot be made in the target",
    ),
    Rule(
        "DB22",
        "info",
        "foreign tables: their definition is copied, their rows stay where they are",
        f"SELECT {_NAME} {_FROM_CLASS} WHERE c.relkind = 'f' AND {USER_SCHEMAS}",
        "the target must be able to reach the foreign server",
    ),
    Rule(
        "DB23",
        "warn",
        "indexes that are not valid in the source are not copied",
        f"""SELECT {_NAME} {_FROM_CLASS} JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
            WHERE NOT i.indisvalid AND {USER_SCHEMAS}""",
        "drop or rebuild them in the source first",
        "verification names them as missing",
    ),
)


async def findings(source: Session) -> list[Finding]:
    """What the source's own facts say."""
    found = []
    for rule in _RULES:
        names = [clean(str(row[0]), 120) for row in await source.rows(rule.query)]
        if names:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            found.append(
                Finding(
                    rule=rule.rule,
                    severity=rule.severity,
                    subject=", ".join(sorted(names)[:_MOST_NAMED]) + more,
                    detail=rule.detail,
                    remedy=rule.remedy,
                    otherwise=rule.otherwise,
                )
            )
    return found
