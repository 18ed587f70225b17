"""The official command that does what a task does, with the plan's own names in it."""

from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.runbook.context import RunContext
from wizard.runbook.order import ALL_LINES
from wizard.runbook.stage import live_stage, rehearsal_stage

_NONE = "there is no command for this: moveday only looks, or a person decides"


def by_hand(session: Session, task_id: str, run: int, *, live: bool) -> str:
    """The command of a task in run `run`; secrets stand in it as $NAME only."""
    task = next((line for line in ALL_LINES if line.id == task_id), None)
    if task is None or task.by_hand is None:
        return _NONE
    make_stage = live_stage if live else rehearsal_stage
    context = RunContext(session, make_stage(session.outside, session.plan, run), f"run-{run}")
    try:
        return task.by_hand(context)
    except MovedayError as error:
        return f"not known yet: {error.title}"
