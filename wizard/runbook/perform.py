"""Performs a whole run on a stage: begin or resume, the lines, the way back, the ledger's entry."""

from collections.abc import Sequence

from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.runs import Run
from wizard.runbook.context import RunContext
from wizard.runbook.runner import run_tasks
from wizard.runbook.runs import Outcome, close_run, gather_run, open_run
from wizard.runbook.stage import Stage
from wizard.runbook.task import Task
from wizard.runbook.way_back import go_back

PATH = "laptop, through a tunnel"


async def perform(session: Session, stage: Stage, tasks: Sequence[Task]) -> Run:
    """Run `tasks` on `stage`, whose run is open in the journal.

    A stage that returns is taken back at the end, whatever happened, and its run is closed; else a
    run that failed stays open, to be continued or rolled back.
    """
    context = RunContext(session, stage, f"run-{stage.run}")
    outcome: Outcome = "failed"
    try:
        await run_tasks(context, tasks)
        outcome = "done"
    finally:
        try:
            if stage.returns:
                await go_back(context, tasks)
        finally:
            await context.resources.aclose()
            if stage.returns or outcome == "done":
                _close(session, stage, outcome)
    return ledger_entry(session, stage, outcome)


def ledger_entry(session: Session, stage: Stage, outcome: Outcome) -> Run:
    """The run as the ledger keeps it."""
    now = session.clock.now()
    return gather_run(session.journal, stage.run, stage.mode, outcome, now, PATH)


def _close(session: Session, stage: Stage, outcome: Outcome) -> None:
    run = ledger_entry(session, stage, outcome)
    close_run(session.journal, stage.run, run, outcome)
    session.store.save_run(run, session.journal)


async def take_back(session: Session, stage: Stage, tasks: Sequence[Task]) -> float:
    """The way back of an open run; closes it. Seconds it took."""
    context = RunContext(session, stage, f"run-{stage.run}")
    try:
        seconds = await go_back(context, tasks)
    finally:
        await context.resources.aclose()
    _close(session, stage, "rolled-back")
    return seconds


def refuse_other_run(session: Session, kind: str) -> int | None:
    """The number of the open run of this kind to go on with; BlockedError when another is open."""
    found = open_run(session.journal)
    if found is None:
        return None
    if found.kind != kind:
        raise BlockedError(
            f"a {found.kind} run is still open (number {found.number})",
            "it was interrupted; what it began must be finished or taken back first",
            "run the same command again to go on, or moveday rollback",
        )
    return found.number
