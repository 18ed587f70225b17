"""Step 8, cutover: the same runbook on the real targets; or the way back."""

from collections.abc import Sequence

from wizard.engine.answers import ask_for_new_side, put_question
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.forecast.ledger import runs_of, way_back_times
from wizard.forecast.window import window
from wizard.model.database import WriteCounters
from wizard.model.frozen import Frozen
from wizard.model.question import Gate, Question
from wizard.model.runs import Forecast, Run, TaskTime
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.before import GO
from wizard.runbook.lines.data import open_target
from wizard.runbook.lines.frozen import databases_to_move
from wizard.runbook.order import runbook
from wizard.runbook.perform import perform, refuse_other_run, take_back
from wizard.runbook.resume import look_again
from wizard.runbook.runner import is_done
from wizard.runbook.runs import begin_run, open_run, way_back_begun
from wizard.runbook.stage import Stage, live_stage, rehearsal_stage
from wizard.safety.consent import Level
from wizard.steps.agreement import agreement_gate
from wizard.steps.base import Step, StepState, last
from wizard.steps.deploy import DEPLOY
from wizard.steps.drifted import record_new_side, refuse_drift
from wizard.steps.mapping import questions_gate, services_gate
from wizard.steps.rehearsal import forecast_now
from wizard.steps.shared import settle_shared, shared_gate
from wizard.steps.standing import warn_of_changed_plan

KIND = "live"
ASSUMED_WAY_BACK = 120.0
"""Seconds, when no way back was ever timed."""


class CutOver(Frozen):
    """The finished cutover against what was forecast."""

    run: Run
    forecast: Forecast


class RolledBack(Frozen):
    """A finished way back. `lost_writes` None: nothing was written on the new side yet."""

    number: int
    kind: str
    seconds: float
    lost_writes: int | None


async def _run(session: Session) -> CutOver:
    await settle_shared(session)
    gates = [gate for gate in await _check(session) if not gate.open]
    if gates:
        raise BlockedError("the cutover cannot start", gates[0].reason, gates[0].hint)
    await refuse_drift(session, "the cutover")
    await ask_for_new_side(
        session, "Prepare the cutover: endpoints and a fresh database", "--confirm NAME"
    )
    planned = forecast_now(session)
    number = refuse_other_run(session, KIND)
    left_open = number is not None
    if number is None:
        number = begin_run(session.journal, KIND)
    elif way_back_begun(session.journal, number):
        # What was undone would be done again; what has no undo (the move, the proof) would not.
        raise BlockedError(
            f"cutover {number} is being taken back",
            "a part of it is undone already, so it cannot be gone on with",
            "run moveday rollback again; a new cutover then starts from its beginning",
        )
    else:
        session.say(f"going on with cutover {number}", "info")
        warn_of_changed_plan(session, number)
        await _ask_go_again(session, number)
    stage = live_stage(session.outside, session.plan, number)
    if left_open:
        await look_again(RunContext(session, stage, f"run-{number}"))
    _say_latest_abort(session)
    run = await perform(session, stage, runbook(session.plan, session.inventory()))
    await record_new_side(session)
    return CutOver(run=run, forecast=planned)


async def _check(session: Session) -> Sequence[Gate]:
    """Every gate of a new cutover; none for one that is under way.

    That one passed them when it began. What closed one since (a plan that was edited) must not keep
    it from going on while the app is down: `look_again` looks at what counts.
    """
    found = open_run(session.journal)
    if found is not None and found.kind == KIND:
        return ()
    runs = runs_of(session.journal.entries)
    rehearsed = [r for r in runs if r.mode == "rehearsal" and r.outcome == "done"]
    talked = sorted({t.title for t in _only_talked_through(rehearsed)})
    signed = last(session, "override", "not-rehearsed")
    deployed = DEPLOY.state(session)
    done = [r for r in runs if r.mode == "live" and r.outcome == "done"]
    return (
        Gate(
            id="not-done",
            open=not done,
            reason="the cutover is done already" if done else "",
            hint="moveday report shows it",
        ),
        Gate(
            id="built-from-this",
            open=deployed.state == "done",
            reason=""
            if deployed.state == "done"
            else f"the deploy is {deployed.state}: {deployed.reason}",
            hint="run moveday deploy, and rehearse what changed",
        ),
        Gate(
            id="rehearsed",
            open=bool(rehearsed or signed),
            reason="" if rehearsed or signed else "nothing was rehearsed to its end",
            hint="run moveday rehearse, or sign an exception with --not-rehearsed REASON",
        ),
        Gate(
            id="nothing-assumed",
            open=not talked or bool(signed),
            reason=f"only walked through at the table: {', '.join(talked)}" if talked else "",
            hint="give the plan a staging app and a rehearsal name, or sign an exception with "
            "--not-rehearsed REASON",
        ),
        agreement_gate(session),
        *await _decided(session),
    )


async def _decided(session: Session) -> Sequence[Gate]:
    """Nothing is open in the mapping, and every process has its service over there."""
    if session.inventory() is None:
        return ()
    return (
        shared_gate(session),
        await questions_gate(session, "cutover"),
        await services_gate(session),
    )


async def _ask_go_again(session: Session, number: int) -> None:
    """A cutover that goes on after its go acts on what users notice: that needs the name again."""
    stage = live_stage(session.outside, session.plan, number)
    context = RunContext(session, stage, f"run-{number}")
    if is_done(context, GO.id) and session.allowed < Level.USERS_NOTICE and GO.question:
        question = GO.question(context)
        await put_question(session, question)


def _only_talked_through(rehearsed: Sequence[Run]) -> Sequence[TaskTime]:
    """What users will feel and the newest rehearsal only walked through."""
    tasks = rehearsed[-1].tasks if rehearsed else ()
    return [t for t in tasks if t.effect == "hard-down" and t.fidelity == "tabletop"]


def _say_latest_abort(session: Session) -> None:
    """How long the way back would take, and until when it fits what was announced."""
    now = session.clock.now()
    budget = session.plan.downtime.budget_minutes
    times = way_back_times(session.journal.entries)
    session.say(window(now, budget, times, ASSUMED_WAY_BACK).words(now))


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
    web = await new_side.service(context, "web")
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
        "see moveday status",
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


def _state(session: Session) -> StepState:
    runs = [r for r in runs_of(session.journal.entries) if r.mode == KIND]
    found = open_run(session.journal)
    if found is not None and found.kind == KIND:
        return StepState("running", f"cutover {found.number} is open: go on or roll back")
    if any(r.outcome == "done" for r in runs):
        return StepState("done")
    if runs:
        return StepState("ready", f"the last one was {runs[-1].outcome}")
    done = any(
        r.mode == "rehearsal" and r.outcome == "done" for r in runs_of(session.journal.entries)
    )
    return StepState("ready") if done else StepState("not yet", "needs a rehearsal")


CUTOVER = Step(
    id="cutover",
    key="8",
    title="Cutover",
    reads=("source", "target", "dns"),
    writes=("source", "target", "dns by a person"),
    needs=("rehearsal",),
    check=_check,
    run=_run,
    state=_state,
)
