"""Is the schema that would be moved the one that was rehearsed?"""

from collections.abc import Mapping

from wizard.errors import BlockedError
from wizard.forecast.ledger import last_rehearsed
from wizard.model.database import DatabaseFacts
from wizard.runbook.context import RunContext
from wizard.runbook.lines.databases_moved import databases_to_move

Facts = dict[str, dict[str, object]]


def facts_of(found: DatabaseFacts) -> dict[str, object]:
    """What a run keeps of one database's facts."""
    return {
        "schema": found.schema_hash,
        "bytes": found.bytes,
        "version": found.version_text,
        "in_tables": sum(table.bytes for table in found.tables),
        "tables": sum(table.rows_estimate > 0 for table in found.tables),
    }


def recorded_facts(context: RunContext) -> Facts:
    """What this run has recorded so far, by the variable; empty before."""
    found = context.recall("facts")
    return (
        {str(k): dict(v) for k, v in found.items() if isinstance(v, Mapping)}
        if isinstance(found, Mapping)
        else {}
    )


def record_facts(context: RunContext, more: Facts) -> None:
    """Keep them, in the plan's order. BlockedError in a cutover when the schema is another one,
    as soon as all databases' are known."""
    known = recorded_facts(context) | more
    names = [choice.variable for choice in databases_to_move(context)]
    facts = {name: known[name] for name in names if name in known}
    if len(facts) == len(names):
        _refuse_other_schema(context, facts)
    context.record("facts", facts)


def _refuse_other_schema(context: RunContext, facts: Facts) -> None:
    schema = " ".join(str(found["schema"]) for found in facts.values())
    rehearsed = last_rehearsed(context.session.journal.entries)
    known = rehearsed.conditions.schema_hash if rehearsed else ""
    if not context.stage.returns and known and known != schema:
        raise BlockedError(
            "the database's schema changed since the last rehearsal",
            "what was rehearsed is not what would be moved",
            "rehearse again",
        )
