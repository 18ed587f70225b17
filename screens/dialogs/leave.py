"""Leave while something runs? Asked once, with what would happen."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from wizard.safety.clean import clean


class LeaveDialog(ModalScreen[bool]):
    """True when the person wants to stop what runs and leave."""

    BINDINGS = [Binding("escape", "stay", "Stay", tooltip="stay; what runs goes on")]

    def __init__(self, running: str) -> None:
        super().__init__()
        self.running = running

    def compose(self) -> ComposeResult:
        """What runs, what stopping means, two buttons; the cursor is on staying."""
        with Vertical(classes="dialog"):
            yield Static(f"{clean(self.running)} is running", classes="dialog-title", markup=False)
            yield Static(
                "Leaving stops it in good order: what is done stays done and is in the journal, "
                "and the next start goes on from there. Users who are on a maintenance page stay "
                "on it until the run is finished or taken back.",
                classes="dialog-why",
                markup=False,
            )
            with Horizontal(classes="dialog-buttons"):
                yield Button("Stay", id="stay", variant="primary")
                yield Button("Stop and leave", id="leave")

    def on_mount(self) -> None:
        """The harmless button has the cursor."""
        self.query_one("#stay").focus()

    @on(Button.Pressed, "#stay")
    def action_stay(self) -> None:
        """What runs goes on."""
        self.dismiss(False)

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.dismiss(True)
