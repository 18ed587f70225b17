"""Screen 9: what the move leaves behind, where it lies, and what remains to be done."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Markdown

from screens.actions import Action
from screens.base import StepScreen
from wizard.steps import REPORT
from wizard.steps.report import report_path

_NOT_YET = "The report is written when a run has ended. Press **w** to write it as things stand."


class ReportScreen(StepScreen):
    """The Markdown report, scrolling, and buttons for what goes on from it."""

    step = REPORT
    purpose = "Report: what was moved, and how we know"
    ACTIONS = (Action("write", "w", "write", "Write", "write the report from the journal"),)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""

    def compose_body(self) -> ComposeResult:
        """Buttons above the text: the text is long."""
        with Horizontal(classes="buttons"):
            yield Button("Write the report", id="write", variant="primary")
        yield Markdown("", id="report", open_links=False)

    def draw(self) -> None:
        """The report as it was written last."""
        assert self.session is not None
        path = report_path(self.session)
        text = path.read_text(encoding="utf-8") if path.exists() else _NOT_YET
        if text != self._shown:
            self._shown = text
            self.query_one(Markdown).update(text)

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Write Markdown, JSON and HTML beside the journal."""
        self.move.start("report", "Report", REPORT.run)

    def copyable(self) -> str:
        """The whole report."""
        return self._shown


SCREEN = ReportScreen
