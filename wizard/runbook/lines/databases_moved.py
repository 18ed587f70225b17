"""Which of the plan's databases move their data, and by which way each."""

from wizard.model.plan import DatabaseChoice
from wizard.runbook.context import RunContext


def databases_to_move(context: RunContext) -> list[DatabaseChoice]:
    """The plan's databases whose data moves."""
    return [d for d in context.session.plan.databases if d.engine == "postgres" and d.move_data]


def by_runner(context: RunContext) -> list[DatabaseChoice]:
    """Those whose data a runner beside the target moves, and not a tunnel of ours."""
    return [choice for choice in databases_to_move(context) if choice.route == "runner"]


def by_job(context: RunContext) -> list[DatabaseChoice]:
    """Those whose source nobody reaches but a job beside it: moveday itself never connects."""
    return [choice for choice in databases_to_move(context) if choice.route == "job"]
