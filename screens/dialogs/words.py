"""A text to read and to copy: a command, a reason, an explanation."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from screens.dialogs.reading import MoreToRead, ReadingDialog, ReadingText
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR


class WordsDialog(ReadingDialog[str]):
    """Closed by esc; `c` closes it and hands the text out to be copied."""

    BINDINGS = [
        Binding("escape,enter,q", "close", "Close", tooltip="close"),
        Binding("c", "copy", "Copy", tooltip="copy the text"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.heading = clean(title, 200)
        self.text = clean(REDACTOR.redact(text), lines=True)

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        with Vertical(classes="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            with ReadingText():
                yield Static(self.text, id="words", markup=False)
            yield MoreToRead()
            yield Static("c copy   esc close", classes="muted", markup=False)

    def action_close(self) -> None:
        """Up one level."""
        self.dismiss("")

    def action_copy(self) -> None:
        """The caller copies: it owns the clipboard."""
        self.dismiss(self.text)
