"""What of this move is done? A journal in the target, each line in the transaction of its deed.

So a line and what it says are there together or not at all, whoever is killed or restarted, and a
step that two processes do at once is undone for the second by the journal's key.
"""

# ruff: noqa: S608  identifiers come quoted from the server, values are literals or our own

from dataclasses import dataclass

from psycopg import sql

from providers.databases.postgres.catalog import MARKER_SCHEMA
from providers.databases.postgres.session import Session

TABLE = f"{MARKER_SCHEMA}.steps"
VIEW, SCHEMA, REST, KEYS = "view", "schema", "rest of the schema", "foreign keys"
REPORT = "report of a job"

# now() is when the transaction began: the difference is what the deed took, by the server's clock.
CREATE = (
    f"CREATE TABLE {TABLE} (step text PRIMARY KEY, rows bigint NOT NULL DEFAULT 0,"
    " bytes bigint NOT NULL DEFAULT 0, detail text NOT NULL DEFAULT '', seconds float8 NOT NULL"
    " DEFAULT extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.now()))"
)


@dataclass(frozen=True)
class Done:
    """One finished step."""

    rows: int
    bytes: int
    detail: str
    seconds: float


def literal(text: str) -> str:
    """A text as an SQL literal, whatever is in it."""
    return sql.Literal(text).as_string(None)


def note(*steps: str, detail: str = "") -> str:
    """The statement that says `steps` are done; goes into the batch that does them."""
    values = ", ".join(f"({literal(step)}, {literal(detail)})" for step in steps)
    return f"INSERT INTO {TABLE} (step, detail) VALUES {values}"


async def read(target: Session) -> dict[str, Done]:
    """All finished steps; none when there is no journal."""
    if not await target.value(f"SELECT to_regclass('{TABLE}') IS NOT NULL"):
        return {}
    rows = await target.rows(f"SELECT step, rows, bytes, detail, seconds FROM {TABLE}")
    return {step: Done(*figures) for step, *figures in rows}


async def forget(target: Session, steps: list[str]) -> None:
    """Take steps back whose effect is gone."""
    await target.rows(f"DELETE FROM {TABLE} WHERE step = ANY (%s) RETURNING step", [steps])
