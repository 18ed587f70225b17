"""What went wrong, why, and what to do, with Retry where it helps."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from screens.dialogs.reading import MoreToRead, ReadingDialog, ReadingText
from screens.remedies import in_keys
from wizard.errors import MovedayError, OutsideError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_REST = " · c: copy the words · esc: close, nothing is tried again"
_KEYS, _ONE_KEY = f"tab, then enter: choose{_REST}", f"enter: close{_REST}"


def trouble_words(error: MovedayError, here: str, began: str = "") -> str:
    """An error as text to show or copy: redacted, no control characters."""
    parts = (error.title, error.detail, in_keys(error.remedy, here, began))
    return _shown("\n".join(part for part in parts if part))


class TroubleDialog(ReadingDialog[str]):
    """Dismissed with "retry", with "" when closed, or with the words when they are to be copied.

    What to do is said in the keys of step `here`; `began` is the action that led to the trouble.
    """

    BINDINGS = [
        Binding("escape", "close", "Close", tooltip="close; nothing is tried again"),
        Binding("c", "copy", "Copy", tooltip="copy the words"),
    ]

    def __init__(self, error: MovedayError, here: str, began: str = "") -> None:
        super().__init__()
        self.error, self.here, self.began = error, here, began

    def compose(self) -> ComposeResult:
        """Title, reason, remedy, buttons."""
        error = self.error
        with Vertical(classes="dialog -trouble"):
            yield Static(_shown(f"✗ {error.title}"), classes="dialog-title", markup=False)
            with ReadingText():
                yield Static(_shown(error.detail), classes="dialog-why", markup=False)
                if error.remedy:
                    todo = in_keys(error.remedy, self.here, self.began)
                    yield Static(_shown(f"What to do: {todo}"), markup=False)
            yield MoreToRead()
            with Horizontal(classes="dialog-buttons"):
                yield Button("Close", id="close")
                if isinstance(error, OutsideError):
                    yield Button("Retry", id="retry", variant="primary")
            keys = _KEYS if isinstance(error, OutsideError) else _ONE_KEY
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """The harmless button has the cursor; tab leads to the other."""
        self.query_one("#close").focus()

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Up one level."""
        self.dismiss("")

    @on(Button.Pressed, "#retry")
    def _retry(self) -> None:
        self.dismiss("retry")

    def action_copy(self) -> None:
        """The caller copies: it owns the clipboard."""
        self.dismiss(trouble_words(self.error, self.here, self.began))


def _shown(text: str) -> str:
    return clean(REDACTOR.redact(text), lines=True)
