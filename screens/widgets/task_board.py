"""The runbook as a board: every task with who acts, where it stands, expected and actual time."""

import time
from collections.abc import Sequence
from datetime import datetime

from rich.text import Text
from textual.events import Key
from textual.widgets import DataTable

from screens.widgets.fact_table import cut
from wizard.forecast.durations import duration
from wizard.runbook.board import Row, Standing
from wizard.safety.clean import clean

SIGNS: dict[Standing, str] = {
    "waiting": "·",
    "running": "▸",
    "you": "!",
    "done": "✓",
    "adopted": "✓",
    "failed": "✗",
    "broken off": "✗",
    "taken back": "↩",
}
_TITLE = 34
_LEFT_ALONE = 15.0
_MOVING = frozenset({"up", "down", "pageup", "pagedown", "home", "end", "ctrl+home", "ctrl+end"})
_COLUMNS = (("", 2), ("task", _TITLE), ("who", 5), ("state", 11), ("expected", 10), ("took", 10))


class TaskBoard(DataTable[Text]):
    """One row a task; the row under the cursor is explained by the screen."""

    def __init__(self) -> None:
        super().__init__(id="task-board", cursor_type="row", cell_padding=0)
        self._shown: tuple[Row, ...] = ()
        self._moved = -_LEFT_ALONE

    def on_mount(self) -> None:
        """Columns once; rows come with `tell`."""
        for name, width in _COLUMNS:
            self.add_column(name, width=width, key=name or "sign")

    def tell(self, rows: Sequence[Row], now: datetime) -> None:
        """Show `rows`; only cells that changed are drawn anew."""
        if tuple(r.task for r in rows) != tuple(r.task for r in self._shown):
            self.clear()
            for row in rows:
                self.add_row(*_cells(row, now), key=row.task)
        else:
            for row, old in zip(rows, self._shown, strict=True):
                if row != old or row.standing in ("running", "you"):
                    self._draw(row, now)
        self._shown = tuple(rows)
        self._follow()

    def _draw(self, row: Row, now: datetime) -> None:
        # Telling a cell the same draws the whole table anew.
        drawn = self.get_row(row.task)
        for (name, _), old, cell in zip(_COLUMNS, drawn, _cells(row, now), strict=True):
            if (cell.plain, cell.style) != (old.plain, old.style):
                self.update_cell(row.task, name or "sign", cell)

    def on_key(self, event: Key) -> None:
        """A person looks around on the board: the cursor is theirs for a while."""
        if event.key in _MOVING:
            self._moved = time.monotonic()

    def on_resize(self) -> None:
        """What stands above the board grew or shrank: the row that counts stays in sight."""
        self.call_after_refresh(self._show_cursor)

    def _show_cursor(self) -> None:
        if self._shown:
            self.move_cursor(row=self.cursor_row)

    def _follow(self) -> None:
        """Keep what runs in sight, unless a person has just moved the cursor themselves."""
        if time.monotonic() - self._moved < _LEFT_ALONE:
            return
        acting = ("you", "failed", "broken off", "running")
        for standing in acting:
            for place, row in enumerate(self._shown):
                if row.standing == standing:
                    if place != self.cursor_row:
                        self.move_cursor(row=place)
                    return

    @property
    def under_cursor(self) -> Row | None:
        """The row the cursor is on."""
        if 0 <= self.cursor_row < len(self._shown):
            return self._shown[self.cursor_row]
        return None


def _cells(row: Row, now: datetime) -> tuple[Text, ...]:
    guess = "" if row.measured else "?"
    expected = "" if row.expected is None else f"{duration(row.expected)}{guess}"
    took = "" if row.seconds is None else duration(row.seconds)
    if row.since is not None:
        took = f"{duration((now - row.since).total_seconds())} …"
    state = "already so" if row.standing == "adopted" else row.standing
    who = "you" if row.who == "person" else "tool"
    style = {"failed": "bold", "broken off": "bold", "you": "bold", "waiting": "dim"}.get(
        row.standing, ""
    )
    words = (
        SIGNS[row.standing],
        cut(clean(row.title, 200), _TITLE - 1),
        who,
        state,
        expected,
        took,
    )
    return tuple(Text(word, style=style) for word in words)
