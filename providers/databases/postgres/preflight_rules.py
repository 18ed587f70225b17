"""What a rule of the preflight is: a query for names, and what is said when it finds any."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.session import Session
from wizard.model.database import Finding
from wizard.safety.clean import clean

CLASS = NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")
FROM_CLASS = "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
NAME = "format('%I.%I', n.nspname, c.relname)"
# Tables and what behaves like them, of users and of no extension.
USERS = f"c.relpersistence <> 't' AND {USER_SCHEMAS} AND {CLASS}"
_MOST_NAMED = 8

Severity = Literal["info", "warn", "block"]


@dataclass(frozen=True)
class Rule:
    """Each name that `query` finds makes part of one finding. `since` is a major version."""

    rule: str
    severity: Severity
    detail: str
    query: str
    remedy: str
    otherwise: str
    since: int = 0


async def ask(session: Session, rules: Sequence[Rule]) -> list[Finding]:
    """One finding per rule that finds a name, or that this role may not ask."""
    found = []
    for rule in rules:
        if session.major < rule.since:
            continue
        try:
            names = [str(row[0]) for row in await session.rows(rule.query)]
        except DatabaseTrouble as trouble:
            if trouble.kind != "permission":
                raise
            found.append(_unknown(rule, trouble))
            continue
        if names:
            found.append(finding(rule, names))
    return found


def finding(rule: Rule, names: Sequence[str]) -> Finding:
    """A finding that names the first of them."""
    return Finding(
        rule=rule.rule,
        severity=rule.severity,
        subject=listed(names),
        detail=rule.detail,
        remedy=rule.remedy,
        otherwise=rule.otherwise,
    )


def listed(names: Sequence[str]) -> str:
    """The first few names, sorted and cleaned, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(clean(name, 120) for name in sorted(names)[:_MOST_NAMED]) + more


def _unknown(rule: Rule, trouble: DatabaseTrouble) -> Finding:
    return Finding(
        rule=rule.rule,
        severity="warn" if rule.severity == "block" else rule.severity,
        subject="not known",
        detail=f"this role may not look ({trouble.bare_detail}): {rule.detail}",
        remedy=rule.remedy,
        otherwise=rule.otherwise,
    )
