"""What has to be known before somebody says go: every gate, the times, and what is for good."""

from collections.abc import Sequence

from wizard.engine.session import Session
from wizard.forecast.durations import duration
from wizard.forecast.ledger import way_back_times
from wizard.forecast.window import window
from wizard.model.frozen import Frozen
from wizard.model.question import Gate
from wizard.runbook.open_run import open_run
from wizard.runbook.outage_clock import ASSUMED_WAY_BACK
from wizard.steps.cutover import CUTOVER
from wizard.steps.rehearsal import forecast_now


class BeforeGo(Frozen):
    """`goes_on` is the number of a cutover that is under way, None for a new one.

    `final` says in sentences what no way back takes back.
    """

    gates: tuple[Gate, ...]
    forecast: str
    stale: tuple[str, ...]
    announced: str
    latest_abort: str
    final: tuple[str, ...]
    goes_on: int | None = None

    @property
    def closed(self) -> tuple[Gate, ...]:
        """The gates that hold it back."""
        return tuple(gate for gate in self.gates if not gate.open)


async def before_go(session: Session) -> BeforeGo:
    """Look at every gate; some look at the new side. Changes nothing."""
    gates: Sequence[Gate] = await CUTOVER.check(session)
    found = forecast_now(session)
    now, budget = session.clock.now(), session.plan.downtime.budget_minutes
    times = way_back_times(session.journal.entries)
    run = open_run(session.journal)
    return BeforeGo(
        gates=tuple(gates),
        forecast=found.words or "nothing was measured yet",
        stale=found.stale,
        announced=f"announced: {duration(budget * 60)}",
        latest_abort=window(now, budget, times, ASSUMED_WAY_BACK).words(now),
        final=_final(session),
        goes_on=run.number if run is not None and run.kind == "live" else None,
    )


def _final(session: Session) -> tuple[str, ...]:
    plan = session.plan
    data = "regulated data (PHI)" if plan.regulated else "the app's data"
    lines = [
        "From “accept the new side” on, its first write, mail or charge ends the free way back:"
        " what it took since would be lost, and is counted before you decide.",
        "The endpoints for your names stay at Aptible after a way back; an undo of the deploy"
        " removes them.",
    ]
    if any(choice.move_data for choice in plan.databases):
        lines.append(
            f"A database that a way back removes leaves a last backup at Aptible, with {data}."
        )
    if plan.source_backup:
        lines.append(
            "The backup on the old side stays; a platform keeps a limited number, so it may push"
            " out your oldest one."
        )
    return tuple(lines)
