"""Text that is drawn anew only when it has changed."""

from rich.cells import cell_len
from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class Words(Static):
    """A Static that may be told the same again: the screens tell it all they show every second.

    A Static takes any word from its owner for a change of size, and lays out the whole screen.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show `content`; the screen is laid out anew unless it takes the same room for certain."""
        before = self.content
        if _same(before, content):
            return
        super().update(content, layout=layout and not self._as_large(before, content))

    def _as_large(self, before: VisualType, after: VisualType) -> bool:
        """As many lines, and each fits: nothing is folded. By its owner's width, not by its own."""
        if not isinstance(before, str) or not isinstance(after, str) or self.styles.is_auto_width:
            return False
        old, new, width = before.split("\n"), after.split("\n"), self.content_size.width
        return len(old) == len(new) and all(cell_len(line) <= width for line in (*old, *new))


def _same(one: VisualType, other: VisualType) -> bool:
    if isinstance(one, Content) and isinstance(other, Content):
        return one.is_same(other)
    return isinstance(one, str) and isinstance(other, str) and one == other
