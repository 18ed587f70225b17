"""A list of facts: kind, name, what was seen; the row under the cursor is explained beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.widgets import DataTable

from wizard.safety.clean import clean

_GROUP = 13


def cut(text: str, width: int) -> str:
    """`text` in at most `width` characters; what is left out is marked."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


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

    def __init__(
        self, headings: tuple[str, str, str], *, name_width: int = 28, id: str = "facts"
    ) -> None:
        super().__init__(id=id, cursor_type="row", cell_padding=0)
        self._headings = headings
        self._name_width = name_width
        self._facts: tuple[Fact, ...] = ()
        self._shown: tuple[Fact, ...] = ()
        self._words = ""

    def on_mount(self) -> None:
        """Columns once."""
        self.add_column("", width=2, key="mark")
        group, name, seen = self._headings
        self.add_column(group, width=_GROUP, key="group")
        self.add_column(name, width=self._name_width, key="name")
        self.add_column(seen, key="seen")

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
            name = cut(clean(fact.name, 200), self._name_width - 1)
            cells = (fact.mark, cut(fact.group, _GROUP - 1), name, clean(fact.seen, 200))
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
