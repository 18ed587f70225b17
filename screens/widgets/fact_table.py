"""A list of facts: kind, name, what was seen; the row under the cursor is explained beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.widgets import DataTable

from wizard.safety.clean import clean


@dataclass(frozen=True)
class Fact:
    """One row. `mark` is one cell: "!" asks, "?" is unknown, "*" has changed."""

    key: str
    group: str
    name: str
    seen: str
    details: str = ""
    mark: str = " "

    def matches(self, words: str) -> bool:
        """Whether every word occurs somewhere in it."""
        text = f"{self.group} {self.name} {self.seen} {self.mark}".lower()
        return all(word in text for word in words.lower().split())


class FactTable(DataTable[Text]):
    """Rows keep their place and cursor while facts come in; `narrow` shows only what matches."""

    def __init__(self, headings: tuple[str, str, str], *, id: str = "facts") -> None:
        super().__init__(id=id, cursor_type="row")
        self._headings = headings
        self._facts: tuple[Fact, ...] = ()
        self._shown: tuple[Fact, ...] = ()
        self._words = ""

    def on_mount(self) -> None:
        """Columns once."""
        self.add_column("", width=1, key="mark")
        for heading in self._headings:
            self.add_column(heading, key=heading)

    def tell(self, facts: Sequence[Fact]) -> None:
        """Show these facts."""
        self._facts = tuple(facts)
        self._fill()

    def narrow(self, words: str) -> None:
        """Show only what matches all of `words`."""
        self._words = words
        self._fill()

    def _fill(self) -> None:
        shown = tuple(fact for fact in self._facts if fact.matches(self._words))
        if shown == self._shown:
            return
        here = self.under_cursor
        self._shown = shown
        self.clear()
        for fact in shown:
            cells = (fact.mark, fact.group, clean(fact.name, 60), clean(fact.seen, 160))
            self.add_row(*(Text(cell) for cell in cells), key=fact.key)
        if here is not None:
            place = next((n for n, fact in enumerate(shown) if fact.key == here.key), 0)
            self.move_cursor(row=place)

    @property
    def under_cursor(self) -> Fact | None:
        """The fact the cursor is on."""
        if 0 <= self.cursor_row < len(self._shown):
            return self._shown[self.cursor_row]
        return None
