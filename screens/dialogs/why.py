"""Why is this step there? The step's help page, and its keys."""

from importlib.resources import files

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown

from screens.actions import Action, everywhere
from wizard.steps import Step


def why_text(step: Step, actions: tuple[Action, ...]) -> str:
    """The help page of a step with the keys that work on its screen, as Markdown."""
    page = files("wizard").joinpath("help", step.why).read_text(encoding="utf-8")
    rows = [f"| {a.keys()} | {a.does} |" for a in (*actions, *everywhere(actions))]
    return "\n".join([page, "", "## Keys", "", "| key | does |", "|---|---|", *rows])


class WhyDialog(ModalScreen[None]):
    """Closed by esc or ?."""

    BINDINGS = [Binding("escape,question_mark,f1,q", "close", "Close", tooltip="close the help")]

    def __init__(self, step: Step, actions: tuple[Action, ...] = ()) -> None:
        super().__init__()
        self.text = why_text(step, actions)

    def compose(self) -> ComposeResult:
        """The page, scrolling."""
        with Vertical(classes="dialog -wide"), VerticalScroll():
            yield Markdown(self.text, open_links=False)

    def action_close(self) -> None:
        """Up one level."""
        self.dismiss(None)
