"""Step 8, cutover: the same runbook on the real targets."""

from collections.abc import Sequence

from wizard.acts import do
from wizard.engine.answers import ask_for_new_side, put_question
from wizard.engine.awake import kept_awake
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.forecast.ledger import runs_of, way_back_times
from wizard.forecast.window import window
from wizard.model.frozen import Frozen
from wizard.model.question import Gate
from wizard.model.runs import Forecast, Run, TaskTime
from wizard.rules.laptop import power_gates
from wizard.runbook.context import RunContext
from wizard.runbook.lines.before import GO
from wizard.runbook.order import runbook
from wizard.runbook.outage_clock import ASSUMED_WAY_BACK
from wizard.runbook.perform import perform, refuse_other_run
from wizard.runbook.resume import look_again
from wizard.runbook.runner import is_done
from wizard.runbook.runs import begin_run, open_run, way_back_begun
from wizard.runbook.stage import live_stage
from wizard.safety.consent import Level
from wizard.steps.agreement import agreement_gate
from wizard.steps.base import Step, StepState, last
from wizard.steps.deploy import DEPLOY
from wizard.steps.drifted import record_new_side, refuse_drift
from wizard.steps.mapping import questions_gate, services_gate
from wizard.steps.rehearsal import forecast_now, measured
from wizard.steps.routes_fit import routes_gates
from wizard.steps.shared import settle_shared, shared_gate
from wizard.steps.standing import warn_of_changed_plan

KIND = "live"


class CutOver(Frozen):
    """The finished cutover against what was forecast."""

    run: Run
    forecast: Forecast


async def _run(session: Session) -> CutOver:
    await settle_shared(session)
    gates = [gate for gate in await _check(session) if not gate.open]
    if gates:
        raise BlockedError("the cutover cannot start", gates[0].reason, gates[0].remedy)
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
            f"{do('roll-back')} again; a new cutover then starts from its beginning",
        )
    else:
        session.say(f"going on with cutover {number}", "info")
        warn_of_changed_plan(session, number)
        await _ask_go_again(session, number)
    stage = live_stage(session.outside, session.plan, number)
    if left_open:
        await look_again(RunContext(session, stage, f"run-{number}"))
    _say_latest_abort(session)
    tasks = runbook(session.plan, session.inventory())
    async with kept_awake(
        session.outside.laptop, "a cutover runs: users are down or soon will be", session.say
    ):
        run = await perform(session, stage, tasks, measured(planned))
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
            hint=do("report"),
        ),
        Gate(
            id="built-from-this",
            open=deployed.state == "done",
            reason=""
            if deployed.state == "done"
            else f"the deploy is {deployed.state}: {deployed.reason}",
            hint=f"{do('deploy')}, and rehearse what changed",
        ),
        Gate(
            id="rehearsed",
            open=bool(rehearsed or signed),
            reason="" if rehearsed or signed else "nothing was rehearsed to its end",
            hint=f"{do('rehearse')}, or {do('sign-rehearsal')}",
        ),
        Gate(
            id="nothing-assumed",
            open=not talked or bool(signed),
            reason=f"only walked through at the table: {', '.join(talked)}" if talked else "",
            hint=_towards_twins(session),
        ),
        agreement_gate(session),
        *routes_gates(session),
        *power_gates(await session.outside.laptop.power()),
        *await _decided(session),
    )


def _towards_twins(session: Session) -> str:
    """How what was only talked through could be rehearsed, as far as the source lets it."""
    wanting = []
    if session.outside.source.twins and session.outside.staging is None:
        wanting.append("a staging app")
    if not session.plan.dns.rehearsal_name:
        wanting.append("a rehearsal name")
    if not wanting:
        return do("sign-rehearsal")
    return f"give the plan {' and '.join(wanting)}, or {do('sign-rehearsal')}"


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


def _state(session: Session) -> StepState:
    runs = [r for r in runs_of(session.journal.entries) if r.mode == KIND]
    found = open_run(session.journal)
    if found is not None and found.kind == KIND:
        return StepState("you", f"cutover {found.number} is open: go on or roll back")
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
