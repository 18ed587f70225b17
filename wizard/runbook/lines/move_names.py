"""What a move is called, wherever it leaves a mark."""

from wizard.model.plan import DatabaseChoice
from wizard.runbook.context import RunContext


def move_id(context: RunContext, choice: DatabaseChoice) -> str:
    """Names this move in the target's marker: the app, the fresh database's handle, the journal.

    A database that another checkout filled under the same name is not ours to empty.
    """
    plan, first = context.session.plan, context.session.journal.entries[0]
    return f"{plan.source.app}/{context.stage.database_handle(choice)}/{first.hash[:12]}"
