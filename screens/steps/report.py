"""Screen 9: what the move leaves behind, where it lies, and what remains to be done."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Markdown, Static

from screens.actions import Action
from screens.base import StepScreen
from screens.browser import open_page
from screens.steps.forgetting import forget_with_receipts
from screens.widgets.fact_table import Fact, FactTable
from wizard.safety.clean import clean
from wizard.steps import REPORT
from wizard.steps.report import report_path
from wizard.steps.report_read import Remaining, ReportSeen, read_report, report_paths

_NOT_YET = "No report is written yet: w writes it, as things stand now."
_LONGEST = 400_000


class ReportScreen(StepScreen):
    """Summary first, then what remains; the whole text one key away."""

    step = REPORT
    purpose = "Report: what was moved, and how we know"
    NO_UNDO = "nothing to undo here: the report is made from the journal, w writes it anew"
    ACTIONS = (
        Action("write", "w", "write", "Write", "write the report from the journal"),
        Action("open", "o", "page", "Open", "open the HTML page in the browser"),
        Action("whole", "v", "view", "Whole text", "the whole report in place of the list"),
        Action("forget", "f", "forget", "Forget", "delete and end what moveday was given"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self._whole = False

    def compose_body(self) -> ComposeResult:
        """Result, where the files are, what remains."""
        yield Static("", id="report-summary", markup=False)
        yield FactTable(("side", "what remains, in this order", "earliest"), name_width=40)
        yield Static("", id="because", markup=False)
        with VerticalScroll(id="report-text"):
            yield Markdown("", id="report", open_links=False)
        with Horizontal(classes="buttons"):
            yield Button("Write", id="write", variant="primary")
            yield Button("Open page", id="page")
            yield Button("Whole text", id="view")
            yield Button("Forget credentials", id="forget", variant="warning")

    def draw(self) -> None:
        """The report as it was written last."""
        session = self.session
        assert session is not None
        seen = read_report(session)
        self.query_one("#report-summary", Static).update(_summary(seen, self.state().reason))
        table = self.query_one(FactTable)
        table.tell([_fact(line) for line in seen.remaining] if seen else [])
        table.display = not self._whole and bool(seen and seen.remaining)
        self.query_one("#because").display = table.display
        self.query_one("#report-text").display = self._whole
        self.query_one("#view", Button).label = "What remains" if self._whole else "Whole text"
        self.query_one("#page", Button).disabled = seen is None
        self._explain()
        path = report_path(session)
        text = _read(path) if self._whole else ""
        if text and text != self._shown:
            self._shown = text
            self.query_one(Markdown).update(text)

    @on(FactTable.RowHighlighted)
    def _explain(self) -> None:
        fact = self.query_one(FactTable).under_cursor
        words = clean(fact.details, 1_500, lines=True) if fact else ""
        self.query_one("#because", Static).update(words)

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Write Markdown, JSON and HTML beside the journal."""
        self.move.start("report", "Report", REPORT.run)

    @on(Button.Pressed, "#view")
    def action_view(self) -> None:
        """The whole text in place of the list, and back."""
        self._whole = not self._whole
        self.draw()
        if self._whole:
            self.query_one("#report-text").focus()

    @on(Button.Pressed, "#page")
    @work(group="browser", exclusive=True, description="opening the page")
    async def action_page(self) -> None:
        """Open the HTML page; its path is shown in any case."""
        if self.session is None:
            return
        path = report_paths(self.session)[2]
        if not path.exists():
            self.say("there is no page yet: w writes it")
            return
        opened = await open_page(path)
        self.say(f"{'sent to the browser' if opened else 'no browser took it; open'}: {path}")

    @on(Button.Pressed, "#forget")
    @work(group="forget", exclusive=True, description="forgetting credentials")
    async def action_forget(self) -> None:
        """Delete from the keyring and end the tokens, with a receipt for each."""
        if self.move.desk.job is not None:
            self.say(f"{self.move.desk.job.name} is still at work")
            return
        await forget_with_receipts(self.move)

    def copyable(self) -> str:
        """The command of the line under the cursor; else the whole report."""
        fact = self.query_one(FactTable).under_cursor
        if fact is not None and not self._whole:
            return fact.details
        if self.session is None:
            return ""
        return _read(report_path(self.session))


def _read(path: Path) -> str:
    """The text of a report; "" without one. A file is outside text, whoever wrote it."""
    if not path.exists():
        return ""
    return clean(path.read_text(encoding="utf-8", errors="replace"), _LONGEST, lines=True)


def _summary(seen: ReportSeen | None, reason: str) -> str:
    if seen is None:
        return _NOT_YET
    stale = f"~ {reason}: w writes it anew\n" if reason else ""
    names = ", ".join(Path(path).name for path in seen.files)
    where = f"Files: {names} in {Path(seen.files[0]).parent}" if seen.files else ""
    lines = [f"Result: {seen.result}", *seen.summary, where]
    return clean(stale + "\n".join(lines), 3_000, lines=True)


def _fact(line: Remaining) -> Fact:
    at = f" ({line.earliest_at})" if line.earliest_at else ""
    details = [line.what, f"earliest: {line.earliest}{at}", line.why]
    details += ["cannot be undone"] if line.final else []
    details += [f"by hand: {line.by_hand}"] if line.by_hand else []
    mark = "!" if line.final else " "
    when = line.earliest_at or line.earliest
    return Fact(str(line.number), line.side, line.what, when, "\n".join(details), mark)


SCREEN = ReportScreen
