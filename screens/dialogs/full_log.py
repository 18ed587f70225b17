"""Everything that was said since the start, newest last."""

from collections.abc import Iterable
from datetime import datetime

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Log, Static

from screens.spoken import spoken
from wizard.engine.events import Event

_LINES = 2_000


class FullLog(ModalScreen[str]):
    """The log; `c` copies it, esc closes it."""

    BINDINGS = [
        Binding("escape,l", "close", "Close", tooltip="close the log"),
        Binding("c", "copy", "Copy", tooltip="copy all of it"),
    ]

    def __init__(self, heard: Iterable[tuple[datetime, Event]], path: str) -> None:
        super().__init__()
        self.lines = [f"{at:%H:%M:%S} {spoken(event)}" for at, event in heard]
        self.path = path

    def compose(self) -> ComposeResult:
        """Where the whole record is, and the newest lines."""
        with Vertical(classes="dialog -wide"):
            yield Static(f"Log. Everything with proof is in {self.path}", markup=False)
            yield Log(max_lines=_LINES, id="log-lines")

    def on_mount(self) -> None:
        """Write the lines at once; one by one would take seconds."""
        log = self.query_one(Log)
        log.write_lines(self.lines or ["nothing was said yet"])
        log.focus()

    def action_close(self) -> None:
        """Up one level."""
        self.dismiss("")

    def action_copy(self) -> None:
        """The caller copies: it owns the clipboard."""
        self.dismiss("\n".join(self.lines))
