"""Performs a whole run on a stage: begin or resume, the lines, the way back, the ledger's entry."""

import asyncio
from collections.abc import Mapping, Sequence

from wizard.acts import do
from wizard.engine.session import Session
from wizard.errors import BlockedError, MovedayError, OutsideError
from wizard.model.plan import Plan
from wizard.model.runs import Run
from wizard.runbook.context import RunContext
from wizard.runbook.runner import run_tasks
from wizard.runbook.runs import (
    Outcome,
    begin_way_back,
    close_run,
    gather_run,
    open_run,
)
from wizard.runbook.stage import Stage
from wizard.runbook.task import Task
from wizard.runbook.watcher import watched
from wizard.runbook.way_back import go_back, to_undo

_WAYS = {
    "laptop": "laptop, through a tunnel",
    "runner": "runner beside the target",
    "job": "job beside the source",
}


async def perform(
    session: Session,
    stage: Stage,
    tasks: Sequence[Task],
    medians: Mapping[str, float] | None = None,
) -> Run:
    """Run `tasks` on `stage`, whose run is open in the journal.

    A stage that returns is taken back at the end, whatever happened. A run that failed with
    something begun, or was not taken back wholly, stays open: to be continued, or taken back by the
    next start. `medians` are seconds by task from earlier runs: what a person may expect.
    """
    context = RunContext(session, stage, f"run-{stage.run}", medians=medians or {})
    outcome: Outcome = "failed"
    try:
        async with watched(context):
            await run_tasks(context, tasks)
        outcome = "done"
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    finally:
        try:
            await _let_go(context)
        finally:
            if stage.returns:
                await _return(context, tasks, outcome)
            elif outcome == "done" or not to_undo(context, tasks):
                _close(session, stage, outcome)
    return ledger_entry(session, stage, outcome)


async def _return(context: RunContext, tasks: Sequence[Task], outcome: Outcome) -> None:
    """Take everything back and close the run; it stays open when something could not be."""
    try:
        await go_back(context, tasks)
    except MovedayError as error:
        context.say(
            "not everything could be taken back: going on tries again, and so does a way back",
            "warn",
        )
        if outcome == "done":
            raise
        # Why the run failed is what the person has to hear; this is said beside it.
        context.say(str(error), "warn")
        return
    _close(context.session, context.stage, outcome)


async def _let_go(context: RunContext) -> None:
    """Close tunnels and snapshots. What was read through them has been proven, or has failed."""
    try:
        await context.resources.aclose()
    except OutsideError as error:
        context.say(f"{error.title}: {error.detail}", "warn")


def ledger_entry(session: Session, stage: Stage, outcome: Outcome) -> Run:
    """The run as the ledger keeps it."""
    now = session.clock.now()
    path = data_path(session.plan)
    return gather_run(session.journal, stage.run, stage.mode, outcome, now, path)


def data_path(plan: Plan) -> str:
    """Which way the plan's data takes; a forecast holds for this one only."""
    routes = {choice.route for choice in plan.databases if choice.move_data} or {"laptop"}
    return ", and ".join(words for route, words in _WAYS.items() if route in routes)


def _close(session: Session, stage: Stage, outcome: Outcome) -> None:
    run = ledger_entry(session, stage, outcome)
    close_run(session.journal, stage.run, run, outcome)
    session.store.save_run(run, session.journal)


async def take_back(session: Session, stage: Stage, tasks: Sequence[Task]) -> float:
    """The way back of an open run; closes it. Seconds it took."""
    context = RunContext(session, stage, f"run-{stage.run}")
    begin_way_back(session.journal, stage.run)
    try:
        seconds = await go_back(context, tasks)
    finally:
        await _let_go(context)
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
            f"to go on, {do('again')}; to take it back, {do('roll-back')}",
        )
    return found.number
