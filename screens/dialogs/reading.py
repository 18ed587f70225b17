"""A window whose text may be longer than its room: read on by keys, wherever the cursor is."""

from typing import TypeVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

Result = TypeVar("Result")


class ReadingText(VerticalScroll):
    """The text. Its window's keys scroll it; the cursor stays with the buttons."""

    DEFAULT_CLASSES = "dialog-text"
    can_focus = False


class MoreToRead(Static):
    """Says by which keys to read on; there while the text is longer than its room."""

    DEFAULT_CLASSES = "dialog-keys"

    def __init__(self) -> None:
        super().__init__("up, down, page up, page down: read on", markup=False)
        self.display = False


class ReadingDialog(ModalScreen[Result]):
    """Holds one ReadingText and one MoreToRead."""

    BINDINGS = [
        Binding("up", "read(-1)", "Back", show=False, tooltip="a line back"),
        Binding("down", "read(1)", "Read on", show=False, tooltip="a line on"),
        Binding("pageup", "read(-10)", "Back", show=False, tooltip="a page back"),
        Binding("pagedown", "read(10)", "Read on", show=False, tooltip="a page on"),
    ]

    def on_mount(self) -> None:
        """Told once the text has its place."""
        self.call_after_refresh(self._tell_more)

    def on_resize(self) -> None:
        """Another window has another room."""
        self.call_after_refresh(self._tell_more)

    def action_read(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(ReadingText).scroll_relative(y=lines, animate=False)

    def _tell_more(self) -> None:
        text, more = self.query_one(ReadingText), self.query_one(MoreToRead)
        # Its own row would make a text that just fits too long for its room.
        rows = text.virtual_size.height - text.size.height - (1 if more.display else 0)
        more.display = rows > 0
