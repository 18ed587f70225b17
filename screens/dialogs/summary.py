"""What would happen, in full, before anything is asked; the harmless button has the cursor."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from screens.dialogs.reading import MoreToRead, ReadingDialog, ReadingText
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR


class SummaryDialog(ReadingDialog[bool]):
    """True when the person goes on. `held` is the reason why nobody can, "" when one can."""

    BINDINGS = [Binding("escape,q", "no", "Close", tooltip="close; nothing is begun")]

    def __init__(self, title: str, text: str, *, no: str, yes: str, held: str = "") -> None:
        super().__init__()
        self.heading = clean(REDACTOR.redact(title), 300)
        self.text = clean(REDACTOR.redact(text), 8_000, lines=True)
        self._no, self._yes, self._held = no, yes, held

    def compose(self) -> ComposeResult:
        """Verdict, words, two buttons."""
        with Vertical(classes="dialog -wide-text"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            with ReadingText():
                yield Static(self.text, id="words", markup=False)
            yield MoreToRead()
            with Horizontal(classes="dialog-buttons"):
                yield Button(self._no, id="no", variant="primary")
                label = f"{self._yes}: {self._held}" if self._held else self._yes
                yield Button(label, id="yes", variant="warning", disabled=bool(self._held))
            yield Static("tab, then enter: choose · esc: nothing is begun", classes="dialog-keys")

    def on_mount(self) -> None:
        """The harmless button has the cursor."""
        self.query_one("#no").focus()

    @on(Button.Pressed, "#no")
    def action_no(self) -> None:
        """Nothing is begun."""
        self.dismiss(False)

    @on(Button.Pressed, "#yes")
    def _go(self) -> None:
        self.dismiss(True)
