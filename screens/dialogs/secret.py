"""Asks for one secret: masked, and gone from the field as soon as it is used."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from screens.widgets.secret_input import SecretInput
from wizard.safety.clean import clean

_KEYS = "enter: use it · esc: close, nothing is kept"


class SecretDialog(ModalScreen[str]):
    """Dismissed with what was typed, "" when closed."""

    BINDINGS = [Binding("escape", "close", "Close", tooltip="close; nothing is kept")]

    def __init__(self, title: str, why: str) -> None:
        super().__init__()
        self.heading, self.why = clean(title, 900, lines=True), clean(why, 600)

    def compose(self) -> ComposeResult:
        """Title, reason, field, what was wrong with a paste."""
        with Vertical(classes="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            if self.why:
                yield Static(self.why, classes="dialog-why", markup=False)
            yield SecretInput(id="typed")
            yield Static("", id="problem", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="no")
                yield Button("Use it", id="yes", variant="primary")
            yield Static(_KEYS, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Typing works at once."""
        self.query_one(SecretInput).focus()

    @on(Input.Changed)
    def _told(self) -> None:
        self.query_one("#problem", Static).update(self.query_one(SecretInput).problem)

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def _use(self) -> None:
        self.dismiss(self.query_one(SecretInput).take())

    @on(Button.Pressed, "#no")
    def action_close(self) -> None:
        """Up one level; what was typed is gone."""
        self.query_one(SecretInput).take()
        self.dismiss("")
