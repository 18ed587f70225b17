"""Preflight of what schema and app expect of the target: roles, collations, settings."""

# ruff: noqa: S608  own constants only
from providers.databases.postgres.checksum import FIRST_WITH_RECORD_HASH
from providers.databases.postgres.preflight_rules import FROM_CLASS, USERS, Rule, finding
from providers.databases.postgres.session import Session
from wizard.model.database import Finding

# An app may rely on these without saying so; a session starts with `reset_val`.
_SETTINGS = (
    "TimeZone",
    "DateStyle",
    "IntervalStyle",
    "bytea_output",
    "standard_conforming_strings",
    "default_transaction_isolation",
    "lc_monetary",
)
SETTINGS = "SELECT name, reset_val FROM pg_catalog.pg_settings WHERE name IN ({})".format(
    ", ".join(f"'{name}'" for name in _SETTINGS)
)
ROLES = Rule(
    "DB34",
    "block",
    "row security policies name roles that the target does not have",
    """SELECT DISTINCT r.rolname::text FROM pg_catalog.pg_policy p, unnest(p.polroles) o
       JOIN pg_catalog.pg_roles r ON r.oid = o""",
    "CREATE ROLE in the target first, or change the policies",
    "the policies cannot be made, and the copy stops",
)
COLLATIONS = Rule(
    "DB37",
    "block",
    "columns are sorted by collations that the target does not have",
    f"""SELECT DISTINCT l.collname::text {FROM_CLASS}
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
        JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
          AND l.collnamespace = 'pg_catalog'::regnamespace
        WHERE {USERS} AND l.collname NOT IN ('default', 'C', 'POSIX')""",
    "CREATE COLLATION in the target, or give the columns a collation that both have",
    "the tables cannot be made, and the copy stops",
)
_DIFFERENT = Rule(
    "DB57",
    "warn",
    "the two servers start sessions with other settings",
    "",
    "ALTER DATABASE … SET in the target, to what the source has",
    "times, numbers and bytes may look otherwise to the app",
)
_TEXT_FORM = Rule(
    "DB28",
    "info",
    f"a server before version {FIRST_WITH_RECORD_HASH} has no hash of whole rows",
    "",
    "nothing is to be done",
    "verification hashes rows as text, which takes about three times as long",
)


async def findings(source: Session, target: Session) -> list[Finding]:
    """What is used here and not there, or is otherwise there."""
    found = []
    there = {row[0] for row in await target.rows("SELECT rolname::text FROM pg_catalog.pg_roles")}
    names = [row[0] for row in await source.rows(ROLES.query) if row[0] not in there]
    if names:
        found.append(finding(ROLES, names))
    there = {
        row[0]
        for row in await target.rows(
            "SELECT collname::text FROM pg_catalog.pg_collation WHERE collencoding IN"
            " (-1, (SELECT encoding FROM pg_catalog.pg_database"
            " WHERE datname = current_database()))"
        )
    }
    names = [row[0] for row in await source.rows(COLLATIONS.query) if row[0] not in there]
    if names:
        found.append(finding(COLLATIONS, names))
    left, right = await _settings(source), await _settings(target)
    names = [
        f"{name} {value} to {right[name]}"
        for name, value in left.items()
        if name in right and right[name] != value
    ]
    if names:
        found.append(finding(_DIFFERENT, names))
    old = [s.side for s in (source, target) if s.major < FIRST_WITH_RECORD_HASH]
    if old:
        found.append(finding(_TEXT_FORM, old))
    return found


async def _settings(session: Session) -> dict[str, str]:
    rows = await session.rows(SETTINGS)
    # Three names of one zone.
    zones = {"Etc/UTC": "UTC", "GMT": "UTC"}
    return {str(name): zones.get(str(value), str(value)) for name, value in rows}
