"""A list of facts: kind, name, what was seen; the row under the cursor is explained beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.widgets import DataTable

from wizard.safety.clean import clean

_MARK, _GROUP, _LEAST = 2, 13, 20
_SCROLLBAR = 2


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
    """Rows keep their place and cursor while facts come in; `narrow` shows only what matches.

    Kind and name take what they need, the rest of the line is for what was seen: what does not fit
    is cut with a mark, and stands in full beside the table.
    """

    def __init__(
        self, headings: tuple[str, str, str], *, name_width: int = 28, id: str = "facts"
    ) -> None:
        super().__init__(id=id, cursor_type="row", cell_padding=0)
        self._headings = headings
        self._name_width = name_width
        self._facts: tuple[Fact, ...] = ()
        self._shown: tuple[Fact, ...] = ()
        self._drawn_in = 0
        self._words = ""

    def on_mount(self) -> None:
        """Columns once."""
        self.add_column("", width=_MARK, key="mark")
        for heading, key in zip(self._headings, ("group", "name", "seen"), strict=True):
            self.add_column(heading, width=_GROUP, key=key)

    def on_resize(self) -> None:
        """Cut to the new width."""
        self._fill()

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
        if shown == self._shown and self._drawn_in == self.size.width:
            return
        here, top = self.under_cursor, self.scroll_y
        self._shown, self._drawn_in = shown, self.size.width
        widths = self._widths()
        self.clear()
        for column, width in zip(self.ordered_columns[1:], widths, strict=True):
            column.width = width
        for fact in shown:
            texts = (clean(fact.group, 40), clean(fact.name, 200), clean(fact.seen, 400))
            cells = (cut(text, width - 1) for text, width in zip(texts, widths, strict=True))
            self.add_row(Text(fact.mark), *(Text(cell) for cell in cells), key=fact.key)
        if here is not None:
            place = next((n for n, fact in enumerate(shown) if fact.key == here.key), 0)
            self.move_cursor(row=place)
            self.scroll_to(y=top, animate=False)

    def _widths(self) -> tuple[int, int, int]:
        """Cells for kind, name and what was seen; by all facts, so that a filter moves nothing."""
        kinds = [len(fact.group) for fact in self._facts]
        names = [len(fact.name) for fact in self._facts]
        kind = min(_GROUP, max([*kinds, len(self._headings[0])]) + 1)
        name = min(self._name_width, max([*names, len(self._headings[1])]) + 2)
        return kind, name, max(_LEAST, self.size.width - _MARK - kind - name - _SCROLLBAR)

    @property
    def under_cursor(self) -> Fact | None:
        """The fact the cursor is on."""
        if 0 <= self.cursor_row < len(self._shown):
            return self._shown[self.cursor_row]
        return None
