"""What the rehearsals so far tell, in words: the forecast, comparisons, what one more would add."""

from collections.abc import Sequence

from screens.widgets.table_bars import timed_bars
from wizard.engine.session import Session
from wizard.forecast.compare import Compared, Comparison
from wizard.forecast.durations import duration
from wizard.forecast.ledger import runs_of
from wizard.model.runs import Forecast, Run
from wizard.runbook.open_run import open_run
from wizard.safety.clean import clean
from wizard.steps.rehearsal import Outlook, outlook, who_went_on


def forecast_words(session: Session, found: Forecast, *, at_work: bool) -> str:
    """What a team lead comes for: how long, whether it fits, and whether it still holds."""
    budget = session.plan.downtime.budget_minutes
    lines = [f"Users will be down: {found.words or 'nothing measured yet'}"]
    lines += [f"~ stale: {reason}" for reason in found.stale]
    lines.append(f"Announced: {budget:g} min.")
    left = open_run(session.journal)
    if left is not None and left.kind == "rehearsal" and not at_work:
        who = who_went_on(session, left.number)
        then = f"{who} went on, and g goes on with it" if who else ""
        then = then or "g takes back what it began, then rehearses"
        lines.append(f"! Rehearsal {left.number} was cut off: {then}.")
    return clean("\n".join(lines), 2_000, lines=True)


def told(session: Session) -> str:
    """Everything that the runs so far tell, for reading at leisure."""
    runs = runs_of(session.journal.entries)
    rehearsals = [run for run in runs if run.mode == "rehearsal" and run.tasks]
    found = outlook(session)
    lines = _one_more(found)
    for reason in found.stale:
        lines.append(f"~ stale: {reason}")
    for reason in found.voided:
        lines.append(f"✗ void, counts for nothing: {reason}")
    if found.comparison is not None:
        lines += ["", *_comparison(found.comparison)]
    if rehearsals:
        lines += ["", *_tables(rehearsals)]
        lines += ["", *_fidelity(found)]
    return clean("\n".join(lines), 12_000, lines=True)


def _one_more(found: Outlook) -> list[str]:
    return ["One more rehearsal:", *(f"– {words}" for words in found.one_more.words)]


def _comparison(found: Comparison) -> list[str]:
    if not found.against:
        return [f"Run {found.run}: no earlier good run to compare with."]
    lines = [f"Run {found.run} against run {', '.join(map(str, found.against))}:"]
    lines += [f"~ changed since: {reason}" for reason in found.changed]
    rows = [row for row in (*found.tasks, *found.phases) if row.earlier]
    lines += [_compared(row) for row in rows if not row.alike]
    alike = [row.title for row in rows if row.alike]
    if alike:
        lines.append(f"  about the same: {', '.join(alike)}")
    return lines


def _compared(row: Compared) -> str:
    return f"  {row.title}: {duration(row.seconds)}, {row.words}"


def _tables(runs: Sequence[Run]) -> list[str]:
    newest = runs[-1]
    earlier = next((run for run in reversed(runs[:-1]) if run.move and not run.void), None)
    return [f"Tables that took longest in run {newest.number}:", *timed_bars(newest, earlier)]


def _fidelity(found: Forecast) -> list[str]:
    """How true every task with users down was: a forecast is worth what it rests on."""
    lines = ["Tasks with users down, and what their time rests on:"]
    for share in found.shares:
        basis = f"{share.samples} run(s), {share.fidelity}"
        if share.basis == "assumed":
            basis = f"assumed, {share.fidelity}: never timed"
        lines.append(f"  {duration(share.median):>10}  {share.title}: {basis}")
    return lines
