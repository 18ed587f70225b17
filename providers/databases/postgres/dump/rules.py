"""Which statements of a dump are not run, and what does an error mean? Rules with ids."""

import re
from dataclasses import dataclass

from providers.databases.postgres.catalog import NOT_MOVED
from providers.databases.postgres.dump.lexer import Statement
from providers.databases.postgres.errors import DatabaseTrouble
from wizard.model.dump import DumpSeverity

_HEAD = 400


@dataclass(frozen=True)
class Rule:
    """`reason` is what is said of it, `remedy` what a person can do."""

    rule: str
    severity: DumpSeverity
    reason: str
    remedy: str = ""


OWNERS = Rule("DR1", "harmless", "owners: everything belongs to the role that restores")
GRANTS = Rule("DR2", "harmless", "grants: they name roles of the old server")
EXTENSION_COMMENTS = Rule("DR3", "harmless", "comments on extensions: only their owner may")
LEFT_BEHIND = Rule(
    "DR4",
    "harmless",
    "left behind: event triggers, publications, subscriptions, security labels, user mappings",
)
PLATFORM = Rule("DR5", "harmless", "what belongs to the old platform, or to moveday itself")
FOR_PSQL = Rule("DR6", "harmless", "words for psql alone (\\restrict, \\connect)")
PSQL_COMMANDS = Rule(
    "DR7",
    "review",
    "commands for psql that are not SQL: none is run",
    "look at those lines; run by hand what the database needs",
)
BEYOND = Rule(
    "DR8",
    "review",
    "what reaches beyond this database (roles, tablespaces, server settings, server files)",
    "make by hand what the app needs: its roles, most likely",
)
DATABASES = Rule("DR9", "harmless", "making or dropping the database itself: the target is named")
BRACKETS = Rule("DR10", "harmless", "BEGIN and COMMIT: each statement is its own transaction")
STATISTICS = Rule("DR11", "harmless", "statistics: they are made anew at the end")
TAKEN_BACK = Rule(
    "DR12",
    "review",
    "ROLLBACK, savepoints, prepared transactions: what the file takes back is run all the same",
    "look whether the file is meant to be run at all",
)
SETTINGS = Rule("DR20", "harmless", "a setting that this server does not have")
ALREADY = Rule("DR21", "harmless", "it is there already, and every database has it")
NOTHING_TO_DROP = Rule("DR22", "harmless", "there is nothing to drop in a fresh database")
COMMENTS = Rule("DR23", "harmless", "a comment that this role may not write")
EXTENSION = Rule(
    "DR24",
    "review",
    "the target does not offer this extension, or only a superuser may install it",
    "what needs it is named below; if nothing is, it may be left out",
)
ROLE = Rule(
    "DR25",
    "review",
    "it names a role that the target does not have",
    "CREATE ROLE in the target, then run it again with --resume",
)
RIGHTS = Rule(
    "DR26",
    "review",
    "this role has no right to do it",
    "ask the platform, or see whether the app can do without",
)
COLUMN_OPTIONS = Rule(
    "DR27", "harmless", "an option of a column that only another build of the server has"
)
FOLLOWS = Rule(
    "DR30",
    "fatal",
    "it needs something that is not there",
    "look at the first of these: what is missing there makes the others fail",
)
POLICY = Rule(
    "DR31",
    "fatal",
    "a row security policy could not be made: who sees which rows would be another",
    "CREATE ROLE in the target, then run it again with --resume",
)
ROWS = Rule(
    "DR32",
    "fatal",
    "the target did not take the rows of this table: none of them is there",
    "see what the server says; then run it again with --resume",
)
INDEX = Rule("DR33", "fatal", "an index, key or constraint could not be made")
DIFFERS = Rule("DR34", "fatal", "something of this name is there already", "give a fresh database")
SYNTAX = Rule(
    "DR35",
    "fatal",
    "the server does not understand the statement",
    "the file is damaged here, or was made by a newer server than the target",
)
OTHER = Rule("DR39", "fatal", "the server refused it")
CUT_OFF = Rule(
    "DR40",
    "fatal",
    "the dump ends in the middle",
    "ask for it again, or download it again, and compare its size",
)
UNFINISHED = Rule(
    "DR41",
    "fatal",
    "a statement never ends: a quote is open, or the file is damaged",
    "look at the file from that line on",
)
RULES = tuple(value for value in dict(globals()).values() if isinstance(value, Rule))

_OBJECT = rb'(?:"(?:[^"]|"")*"|[\w$\x80-\xff]+)'
_NAME = rb"(?:" + _OBJECT + rb"\s*\.\s*)?" + _OBJECT
_OURS = rb'"?(?:' + "|".join(NOT_MOVED[1:]).encode() + rb')"?'


def _head(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern.replace(b" ", rb"\s+"), re.IGNORECASE | re.DOTALL)


# By how a statement begins; the first that matches counts.
_NOT_RUN: tuple[tuple[re.Pattern[bytes], Rule], ...] = (
    (_head(rb"ALTER .+ OWNER TO \S+\s*;$"), OWNERS),
    (_head(rb"(?:SET|RESET) (?:SESSION AUTHORIZATION|ROLE)\b|REASSIGN OWNED\b"), OWNERS),
    (_head(rb"(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES)\b"), GRANTS),
    (_head(rb"COMMENT ON EXTENSION\b"), EXTENSION_COMMENTS),
    (
        _head(
            rb"(?:(?:CREATE|ALTER|DROP|COMMENT ON) (?:EVENT TRIGGER|PUBLICATION|SUBSCRIPTION"
            rb"|USER MAPPING)|SECURITY LABEL)\b"
        ),
        LEFT_BEHIND,
    ),
    (_head(rb"(?:CREATE|ALTER|DROP|COMMENT ON) SCHEMA (?:IF (?:NOT )?EXISTS )?" + _OURS), PLATFORM),
    (_head(rb"(?:(?:CREATE|ALTER|DROP) DATABASE|COMMENT ON DATABASE)\b"), DATABASES),
    (
        _head(rb"(?:(?:CREATE|ALTER|DROP) (?:ROLE|USER|GROUP|TABLESPACE)|ALTER SYSTEM|LOAD)\b"),
        BEYOND,
    ),
    (_head(rb"COPY .+\s(?:FROM|TO) (?:PROGRAM\b|E?'|STDOUT\b)"), BEYOND),
    (_head(rb"(?:BEGIN|START TRANSACTION|COMMIT|END)\b"), BRACKETS),
    (_head(rb"(?:ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE TRANSACTION)\b"), TAKEN_BACK),
    (_head(rb"SELECT (?:\* FROM )?pg_catalog\.pg_(?:restore|clear)_\w+_stats\b"), STATISTICS),
)
_SETTING = _head(rb"(?:SET|RESET|SELECT pg_catalog\.set_config)\b")
_SET = _head(
    rb"(?:SET|RESET) (?:SESSION |LOCAL )?(?P<name>[\w.]+)|SELECT pg_catalog\.set_config\('"
    rb"(?P<other>[\w.]+)'"
)
# What is done in a moment and may share a round trip and a transaction.
_SMALL = _head(
    rb"(?:CREATE (?:OR REPLACE )?(?:TABLE|UNLOGGED|TYPE|DOMAIN|SEQUENCE|FUNCTION|PROCEDURE|VIEW"
    rb"|TRIGGER|RULE|POLICY|AGGREGATE|OPERATOR|CAST|SCHEMA)|COMMENT|INSERT|DROP"
    rb"|ALTER TABLE .+ ALTER COLUMN|ALTER (?:SEQUENCE|TABLE ONLY \S+ REPLICA)"
    rb"|SELECT pg_catalog\.(?:setval|lo\w*)\()"
)
# A dump's own words for what is being made: nothing else of a statement is ever told.
_TELLABLE = _head(
    rb"(?:(?P<act>CREATE|ALTER|DROP|COMMENT ON|REFRESH) (?:OR REPLACE )?(?P<kind>(?:(?:UNIQUE"
    rb"|UNLOGGED|MATERIALIZED|FOREIGN|EVENT|TEXT SEARCH|CONSTRAINT|TEMPORARY) )*[A-Z]+)"
    rb"(?: CONCURRENTLY)?(?: IF (?:NOT )?EXISTS)?(?: ONLY)?"
    rb"|(?P<rows>INSERT INTO|COPY|UPDATE|DELETE FROM|TRUNCATE|LOCK TABLE|ANALYZE|VACUUM))"
    rb" (?P<name>" + _NAME + rb")"
)
_COMMAND = _head(
    rb"(?:SELECT|WITH|SET|DO|CALL|GRANT|REVOKE|CREATE|ALTER|DROP|INSERT|UPDATE|DELETE|COPY|COMMENT"
    rb"|REFRESH|ANALYZE|VACUUM|LOCK|TRUNCATE|VALUES)\b"
)
_EXTENSION_SCHEMA = _head(
    rb"CREATE EXTENSION (?:IF NOT EXISTS )?\S+ (?:WITH )?SCHEMA (?P<schema>" + _OBJECT + rb")"
)
_MISSING = ("42P01", "42704", "42883", "3F000", "42703", "42P16")
_IS_THERE = ("42P06", "42710", "42P07", "42723", "42712")
_STOPPING = ("lost", "unreachable", "disk-full", "auth", "busy", "missing")
_ORDER = (*_MISSING, "23503", "42P17")


def not_run(statement: Statement) -> Rule | None:
    """Why this statement is left out, if it is."""
    entry = statement.entry
    of_platform = entry is not None and entry.schema in NOT_MOVED
    if entry is not None and of_platform and entry.schema.encode() in statement.text[:_HEAD]:
        return PLATFORM
    for pattern, rule in _NOT_RUN:
        if pattern.match(statement.text[: None if rule is OWNERS else _HEAD]):
            return rule
    return None


def is_setting(statement: Statement) -> bool:
    """Whether it only sets up the session, and so has to be run in every reading."""
    return _SETTING.match(statement.text) is not None


def is_small(statement: Statement) -> bool:
    """Whether it may go together with others."""
    return _SMALL.match(statement.text[:_HEAD]) is not None


def told(statement: Statement) -> str:
    """What a statement is, in words that hold no row's content."""
    if (setting := _SET.match(statement.text)) is not None:
        return f"SET {(setting['name'] or setting['other']).decode('utf-8', 'replace')}"
    entry = statement.entry
    found = _TELLABLE.match(statement.text[:_HEAD])
    if entry is not None and entry.name.split(" ")[-1].encode() in statement.text[:_HEAD]:
        of_schema = entry.schema not in ("-", "") and entry.kind != "COMMENT"
        schema = f"{entry.schema}." if of_schema else ""
        return f"{entry.kind} {schema}{entry.name}"
    if found is None:
        return "a statement" if _COMMAND.match(statement.text) else "what is no SQL"
    words = found["rows"] or found["act"] + b" " + found["kind"]
    said = b" ".join((words + b" " + found["name"]).split())
    return said.decode("utf-8", "replace")


def stops(trouble: DatabaseTrouble) -> bool:
    """Whether there is no sense in going on: the next statement would find the same."""
    return trouble.kind in _STOPPING


def may_be_order(trouble: DatabaseTrouble) -> bool:
    """Whether it could succeed once everything else of the file is there."""
    return trouble.sqlstate in _ORDER


def missing_extension_schema(statement: Statement, trouble: DatabaseTrouble) -> bytes:
    """The quoted name of the schema that an extension is to lie in and that is not there."""
    found = _EXTENSION_SCHEMA.match(statement.text)
    return found["schema"] if found is not None and trouble.sqlstate == "3F000" else b""


def meaning(statement: Statement, trouble: DatabaseTrouble) -> Rule:
    """The rule that explains an error of the server."""
    text, state = statement.text[:_HEAD], trouble.sqlstate
    if is_setting(statement):
        return SETTINGS if state in ("42704", "22023", "42501") else OTHER
    if _starts(text, b"DROP|ALTER \\S+ (?:ONLY )?(?:IF EXISTS )?\\S+ DROP"):
        return NOTHING_TO_DROP if state in (*_MISSING, "2BP01") else OTHER
    if state == "22023" and _starts(text, b"ALTER (?:FOREIGN )?TABLE .+ ALTER COLUMN .+ SET \\("):
        return COLUMN_OPTIONS
    if _starts(text, b"CREATE EXTENSION"):
        return ALREADY if state in _IS_THERE else EXTENSION
    everywhere = b"CREATE (?:SCHEMA|(?:OR REPLACE )?(?:TRUSTED )?(?:PROCEDURAL )?LANGUAGE)"
    if state in _IS_THERE and _starts(text, everywhere):
        return ALREADY
    if _starts(text, b"COMMENT ON") and state == "42501":
        return COMMENTS
    return _of_the_rest(text, state, trouble.bare_detail)


def _of_the_rest(text: bytes, state: str, detail: str) -> Rule:
    names_role = state == "42704" and detail.startswith("role ")
    if _starts(text, b"CREATE POLICY"):
        return POLICY
    if state == "42601":
        return SYNTAX
    if _starts(text, b"COPY|INSERT|UPDATE|DELETE"):
        return FOLLOWS if state in _MISSING else ROWS
    if names_role:
        return ROLE
    if state in _MISSING:
        return FOLLOWS
    if state in _IS_THERE:
        return DIFFERS
    if state == "42501":
        return RIGHTS
    constraint = b"CREATE (?:UNIQUE )?INDEX|ALTER TABLE .+ (?:ADD|VALIDATE) CONSTRAINT"
    return INDEX if _starts(text, constraint) else OTHER


def _starts(text: bytes, pattern: bytes) -> bool:
    return _head(b"(?:" + pattern + rb")\b").match(text) is not None
