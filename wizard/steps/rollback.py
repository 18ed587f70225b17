"""The way back from a cutover or a rehearsal: everything it began, in reverse."""

from wizard.engine.answers import put_question
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.forecast.ledger import runs_of
from wizard.model.database import WriteCounters
from wizard.model.frozen import Frozen
from wizard.model.question import Question
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import databases_to_move
from wizard.runbook.lines.target_line import open_target
from wizard.runbook.order import runbook
from wizard.runbook.perform import take_back
from wizard.runbook.runner import is_done
from wizard.runbook.runs import open_run
from wizard.runbook.stage import Stage, live_stage, rehearsal_stage
from wizard.safety.consent import Level
from wizard.steps.cutover import KIND
from wizard.steps.drifted import record_new_side
from wizard.steps.standing import warn_of_changed_plan


class RolledBack(Frozen):
    """A finished way back. `lost_writes` None: nothing was written on the new side yet."""

    number: int
    kind: str
    seconds: float
    lost_writes: int | None


async def lost_writes(context: RunContext) -> int | None:
    """Rows written on the new side since it was accepted; None when it was not accepted, or only
    in a rehearsal.

    -1 when the counters cannot tell (they were reset since).
    """
    if context.stage.returns or not is_done(context, "accept"):
        return None
    if not is_done(context, "fresh-database"):
        # An earlier try of this way back counted, and removed, what there was.
        counted = context.recall("lost-writes")
        return None if counted is None else int(str(counted))
    total = 0
    for choice in databases_to_move(context):
        handle = context.stage.database_handle(choice)
        baseline = WriteCounters.model_validate(context.recall(f"accepted/{handle}"))
        target = await open_target(context, handle)
        changes = await context.session.outside.probe.changes_since(target, baseline)
        if changes is None:
            return -1
        total += changes
    return total


async def roll_back(session: Session) -> RolledBack:
    """Take back the open run: everything it began, in reverse; asks when writes would be lost."""
    kind, number = to_take_back(session)
    warn_of_changed_plan(session, number)
    await put_question(session, _rollback_question(session, kind, number))
    make_stage = live_stage if kind == KIND else rehearsal_stage
    stage = make_stage(session.outside, session.plan, number)
    session.practice_apps = frozenset({session.plan.source.staging} - {""})
    context = RunContext(session, stage, f"run-{number}")
    try:
        lost = await lost_writes(context)
    finally:
        await context.resources.aclose()
    if lost:
        await _ask_about(session, lost)
        lost = await _stop_and_count(session, stage, context.label)
    context.record("lost-writes", lost)
    seconds = await take_back(session, stage, runbook(session.plan, session.inventory()))
    if lost is not None:
        await _operator_back_in(session, stage, context.label)
    if kind == KIND:
        await record_new_side(session)
    return RolledBack(number=number, kind=kind, seconds=seconds, lost_writes=lost)


async def _stop_and_count(session: Session, stage: Stage, label: str) -> int | None:
    """Scale the new side to zero, so that nothing is written uncounted, and count once more."""
    target = session.outside.target
    context = RunContext(session, stage, label)
    try:
        for service in await target.services(await new_side.app(context)):
            if service.count:
                consent = session.consent(Level.USERS_NOTICE, f"stop {service.name} to go back")
                await target.scale(service, 0, None, consent)
        return await lost_writes(context)
    finally:
        await context.resources.aclose()


async def _operator_back_in(session: Session, stage: Stage, label: str) -> None:
    """One web container again, on the throw-away database, as after the deploy."""
    context = RunContext(session, stage, label)
    web = await new_side.service(context, new_side.serving(context))
    if web.count == 0:
        consent = session.consent(Level.CHANGE_NEW_SIDE, "web to 1 for the operator")
        await session.outside.target.scale(web, 1, None, consent)


def to_take_back(session: Session) -> tuple[str, int]:
    """Kind and number of the run that is open, or of the last cutover that was not taken back."""
    found = open_run(session.journal)
    if found is not None:
        return found.kind, found.number
    live = [r for r in runs_of(session.journal.entries) if r.mode == KIND]
    if live and live[-1].outcome == "done":
        return KIND, live[-1].number
    raise BlockedError(
        "there is nothing to take back",
        "no run is open and no cutover stands",
        "the report says how the last run ended",
    )


def _rollback_question(session: Session, kind: str, number: int) -> Question:
    app = session.plan.source.app
    return Question(
        id="rollback",
        text=f"Take back {kind} run {number} of {app}? Type the app's name:",
        why="what it began is undone in reverse: users go back to the old side",
        kind="name",
        expected=app,
        flag="--confirm NAME",
    )


async def _ask_about(session: Session, lost: int) -> None:
    count = "an unknown number of" if lost < 0 else str(lost)
    question = Question(
        id="lose-writes",
        text=f"{count} rows written on the new side would be lost. Roll back anyway?",
        why="the new side was accepted and has taken writes; they do not flow back by themselves",
        kind="confirm",
        flag="--lose-writes",
    )
    await put_question(session, question)
