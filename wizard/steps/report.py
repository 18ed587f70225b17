"""Step 9, report: what a move leaves behind, as Markdown, JSON and one HTML page."""

from pathlib import Path

from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.forecast.ledger import runs_of
from wizard.model.decommission import Farewell
from wizard.model.frozen import Frozen
from wizard.model.mapping import Mapping
from wizard.reports.build import build_report
from wizard.steps.base import Step, StepState, last, no_gates
from wizard.steps.rehearsal import forecast_from


class ReportWritten(Frozen):
    """Where the report is, and the journal head it was made from."""

    markdown: str
    document: str
    html: str
    head: str
    result: str
    summary: tuple[str, ...]


async def _run(session: Session) -> ReportWritten:
    runs = runs_of(session.journal.entries)
    head = session.journal.head
    live = next((run.number for run in reversed(runs) if run.mode == "live"), None)
    before = [run for run in runs if live is None or run.number < live]
    report = build_report(
        plan=session.plan,
        inventory=session.inventory(),
        runs=runs,
        forecast=forecast_from(session, before) if before else None,
        entries=session.journal.entries,
        head=head,
        at=session.clock.now(),
        by_hand=lambda farewell: _by_hand(session, farewell),
        mapping=session.store.load_result("mapping", Mapping, session.journal),
    )
    folder = session.store.folder
    markdown, document, page = (folder / f"report.{kind}" for kind in ("md", "json", "html"))
    session.store.write_text(markdown, report.markdown)
    session.store.write_text(page, report.html)
    session.store.write_json(document, report.document)
    session.journal.append("evidence", key="report", head=head)
    return ReportWritten(
        markdown=str(markdown),
        document=str(document),
        html=str(page),
        head=head,
        result=str(report.document["result"]),
        summary=report.summary,
    )


def _by_hand(session: Session, farewell: Farewell) -> str:
    """The official command of the side the line is about; "" when that side knows none."""
    if not farewell.action:
        return ""
    outside = session.outside
    side = outside.target if farewell.side == "new side" else outside.source
    try:
        return side.by_hand(farewell.action, **farewell.words)
    except UsageError:
        return ""


def report_path(session: Session) -> Path:
    """Where the Markdown report lies."""
    return session.store.folder / "report.md"


def _state(session: Session) -> StepState:
    written = last(session, "evidence", "report")
    finished = max((e.seq for e in session.journal.entries if e.kind == "run-finished"), default=0)
    if not finished:
        return StepState("not yet", "nothing was run")
    if not written:
        return StepState("ready")
    return StepState("stale", "a run ended since") if written < finished else StepState("done")


REPORT = Step(
    id="report",
    key="9",
    title="Report",
    reads=("journal", "ledger"),
    writes=("report.md", "report.json", "report.html"),
    needs=("cutover",),
    check=no_gates,
    run=_run,
    state=_state,
)
