"""What has to be known before a way back: what is undone, how long it takes, what is lost."""

from wizard.engine.session import Session
from wizard.forecast.durations import duration
from wizard.forecast.ledger import way_back_times
from wizard.model.frozen import Frozen
from wizard.runbook.context import RunContext
from wizard.runbook.order import runbook
from wizard.runbook.runner import is_done
from wizard.runbook.stage import live_stage, rehearsal_stage
from wizard.runbook.way_back import to_undo
from wizard.steps.cutover import KIND
from wizard.steps.rollback import to_take_back


class BeforeRollback(Frozen):
    """`undone` are titles in the order in which they are taken back; `persons` those of them that
    wait for a person. `accepted`: the new side may have taken writes, which are counted first."""

    kind: str
    number: int
    undone: tuple[str, ...]
    persons: tuple[str, ...]
    takes: str
    accepted: bool


def before_rollback(session: Session) -> BeforeRollback:
    """Read from the journal alone. Raises BlockedError when there is nothing to take back."""
    kind, number = to_take_back(session)
    make_stage = live_stage if kind == KIND else rehearsal_stage
    stage = make_stage(session.outside, session.plan, number)
    context = RunContext(session, stage, f"run-{number}")
    tasks = to_undo(context, runbook(session.plan, session.inventory()))
    times = way_back_times(session.journal.entries)
    takes = f"{duration(max(times))} (worst seen)" if times else "unknown: it was never timed"
    return BeforeRollback(
        kind=kind,
        number=number,
        undone=tuple(task.title for task in tasks),
        persons=tuple(task.title for task in tasks if task.who == "person"),
        takes=takes,
        accepted=kind == KIND and is_done(context, "accept"),
    )
