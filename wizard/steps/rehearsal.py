"""Step 7, rehearsal: the whole runbook on twins and scratch targets, on the clock."""

from collections.abc import Sequence

from wizard.acts import do
from wizard.engine.answers import ask_for_new_side
from wizard.engine.awake import kept_awake
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.forecast.compare import Comparison, compare
from wizard.forecast.ledger import runs_of
from wizard.forecast.model import forecast
from wizard.forecast.one_more import OneMore, one_more_run
from wizard.model.frozen import Frozen
from wizard.model.question import Gate
from wizard.model.runs import Conditions, Forecast, Run
from wizard.rules.laptop import power_gates
from wizard.runbook.context import RunContext
from wizard.runbook.lines.carriers import goes_on_alone
from wizard.runbook.order import runbook
from wizard.runbook.perform import data_path, perform, refuse_other_run, take_back
from wizard.runbook.runs import begin_run, open_run
from wizard.runbook.stage import Stage, rehearsal_stage
from wizard.runbook.watcher import note
from wizard.steps.agreement import agreement_gate
from wizard.steps.base import Step, StepState
from wizard.steps.drifted import refuse_drift
from wizard.steps.routes_fit import routes_gates
from wizard.steps.standing import built, no_cutover_gate

KIND = "rehearsal"


class Outlook(Forecast):
    """The forecast, the newest run against earlier ones, and what one more would tell.

    `voided` are runs that count for nothing, each "number: why".
    """

    comparison: Comparison | None
    one_more: OneMore
    voided: tuple[str, ...] = ()


class Rehearsed(Frozen):
    """One finished rehearsal and what follows from all of them."""

    run: Run
    forecast: Outlook


def forecast_now(session: Session) -> Forecast:
    """The forecast for the next live run, from the whole ledger."""
    runs = runs_of(session.journal.entries)
    return forecast_from(session, runs, _today(session, runs))


def measured(found: Forecast) -> dict[str, float]:
    """Seconds by task, where the forecast rests on measurements: what the board and talk expect."""
    return {share.task: share.median for share in found.shares if share.basis == "measured"}


def outlook(session: Session) -> Outlook:
    """The forecast with what it rests on and what would make it firmer. Reads the journal only."""
    runs = runs_of(session.journal.entries)
    found = forecast_now(session)
    return Outlook(
        **found.model_dump(),
        comparison=compare(runs),
        one_more=one_more_run(found, session.plan.downtime.budget_minutes),
        voided=tuple(f"{run.mode} {run.number}: {run.void}" for run in runs if run.void),
    )


def _today(session: Session, runs: Sequence[Run]) -> Conditions | None:
    """The newest run's conditions with what the inventory says of today; None without either."""
    inventory = session.inventory()
    measured = [run.conditions for run in runs if run.conditions.source_version]
    if not measured or inventory is None or inventory.release is None:
        return None
    now = {"source_release": inventory.release.version, "path": data_path(session.plan)}
    return measured[-1].model_copy(update=now)


def forecast_from(
    session: Session, runs: Sequence[Run], today: Conditions | None = None
) -> Forecast:
    """The forecast that `runs` give for this plan's runbook, under the conditions of `today`."""
    return forecast(
        runs,
        tasks=runbook(session.plan, session.inventory()),
        budget_minutes=session.plan.downtime.budget_minutes,
        today=today,
    )


async def _run(session: Session) -> Rehearsed:
    gates = [gate for gate in await _check(session) if not gate.open]
    if gates:
        raise BlockedError("the rehearsal cannot start", gates[0].reason, gates[0].remedy)
    await refuse_drift(session, "the rehearsal")
    await ask_for_new_side(session, "Make scratch databases for a rehearsal", "--yes")
    tasks = runbook(session.plan, session.inventory())
    session.practice_apps = frozenset({session.plan.source.staging} - {""})
    number = refuse_other_run(session, KIND)
    stage = None if number is None else rehearsal_stage(session.outside, session.plan, number)
    who = who_went_on(session, number) if number is not None else ""
    if stage is not None and who:
        session.say(f"rehearsal {number} was cut off; {who} went on, and so does this", "warn")
        note(RunContext(session, stage, f"run-{number}"), "moveday was away amid the move")
    elif stage is not None:
        session.say(f"rehearsal {number} was cut off: taking back what it began", "warn")
        await take_back(session, stage, tasks)
        stage = None
    if stage is None:
        stage = rehearsal_stage(session.outside, session.plan, begin_run(session.journal, KIND))
    async with kept_awake(session.outside.laptop, "a rehearsal of a move runs", session.say):
        run = await perform(session, stage, tasks, measured(forecast_now(session)))
    return Rehearsed(run=run, forecast=outlook(session))


def who_went_on(session: Session, number: int) -> str:
    """Who carried a rehearsal's data on after moveday was cut off; "" when nobody did, and what it
    began is taken back. Read from the journal alone."""
    stage = Stage(
        mode="rehearsal",
        run=number,
        frozen_app=None,
        source_frozen=False,
        names=(),
        custom_names=False,
        returns=True,
    )
    if not goes_on_alone(RunContext(session, stage, f"run-{number}")):
        return ""
    routes = {c.route for c in session.plan.databases if c.move_data}
    return "its runner" if "runner" in routes else "the job beside the source"


async def _check(session: Session) -> Sequence[Gate]:
    deployed = built(session)
    inventory, name = session.inventory(), session.plan.dns.rehearsal_name
    taken = {d.hostname for d in inventory.domains} if inventory else set()
    return (
        Gate(
            id="throw-away-name",
            open=not name or name not in taken,
            reason=f"{name} is a name that users reach the app by" if name in taken else "",
            hint="put a name that nobody uses into dns.rehearsal_name",
        ),
        Gate(
            id="deployed",
            open=bool(deployed),
            reason="" if deployed else "the new side is not built yet",
            hint=do("deploy"),
        ),
        agreement_gate(session),
        *routes_gates(session),
        no_cutover_gate(session),
        *power_gates(await session.outside.laptop.power()),
    )


def _state(session: Session) -> StepState:
    runs = [r for r in runs_of(session.journal.entries) if r.mode == "rehearsal"]
    done = [r for r in runs if r.outcome == "done"]
    if not built(session):
        return StepState("not yet", "needs the deploy")
    found = open_run(session.journal)
    if found is not None and found.kind == KIND:
        return StepState("failed", "broken off: run it again")
    if done:
        stale = forecast_now(session).stale
        return StepState("stale", stale[0]) if stale else StepState("done", f"{len(done)} run(s)")
    return StepState("failed", "the last run did not end well") if runs else StepState("ready")


REHEARSAL = Step(
    id="rehearsal",
    key="7",
    title="Rehearsal",
    reads=("source", "target"),
    writes=("scratch database", "ledger"),
    needs=("deploy",),
    check=_check,
    run=_run,
    state=_state,
)
