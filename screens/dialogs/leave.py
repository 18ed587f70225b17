"""Leave while something runs, or while users are down? Asked once, with what would happen."""

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from wizard.safety.clean import clean

_STOPS = (
    "Leaving stops it in good order: what is done stays done and is in the journal, and the next "
    "start goes on from there."
)
_THEIRS = "Users who are on a maintenance page stay on it until the run is finished or taken back."


class LeaveDialog(ModalScreen[bool]):
    """True when the person wants to leave all the same.

    `running` names what would be stopped, "" when nothing runs; `down` is since when users wait.
    """

    BINDINGS = [Binding("escape", "stay", "Stay", tooltip="stay; what runs goes on")]

    def __init__(self, running: str, down: datetime | None = None) -> None:
        super().__init__()
        self.running, self.down = running, down

    def compose(self) -> ComposeResult:
        """What is so, what leaving means, two buttons; the cursor is on staying."""
        with Vertical(classes="dialog"):
            yield Static(self._title(), classes="dialog-title", markup=False)
            yield Static(
                f"{_STOPS} {_THEIRS}" if self.running else _THEIRS,
                classes="dialog-why",
                markup=False,
            )
            with Horizontal(classes="dialog-buttons"):
                yield Button("Stay", id="stay", variant="primary")
                yield Button("Stop and leave" if self.running else "Leave", id="leave")

    def _title(self) -> str:
        down = f"users are DOWN since {self.down.astimezone():%H:%M:%S}" if self.down else ""
        runs = f"{clean(self.running)} is running" if self.running else ""
        return ", and ".join(each for each in (runs, down) if each)

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
