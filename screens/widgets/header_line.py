"""The first line of every screen: what moves, from where to where, and what was changed so far."""

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from wizard.safety.clean import clean


class HeaderLine(Static):
    """Left the move, right what was changed; practice is said in words, never by colour alone."""

    def __init__(self) -> None:
        super().__init__(id="header-line", markup=False)
        self._left = ""
        self._parts: tuple[str, ...] = ("",)

    def tell(self, move: str, practice: bool, changed: str, vault: str, elapsed: str) -> None:
        """Show `move` ("acme   heroku → aptible") and the rest; a narrow line loses its end."""
        kind = "PRACTICE" if practice else "PRODUCTION"
        self._left = f" moveday  {kind}  {clean(move, 80)}"
        self._parts = (changed, elapsed, clean(vault, 40))
        self._draw()

    def on_resize(self) -> None:
        """Fit into the new width."""
        self._draw()

    def _draw(self) -> None:
        width = max(self.size.width, 20)
        left = self._left
        if cell_len(left) + cell_len(self._parts[0]) + 3 > width:
            # What was changed matters more than our own name.
            left = left.replace(" moveday  ", " ", 1)
        right = ""
        for count in range(len(self._parts), 0, -1):
            right = "  ".join(self._parts[:count])
            if cell_len(left) + cell_len(right) + 3 <= width:
                break
        else:
            right = ""
        gap = " " * max(1, width - cell_len(left) - cell_len(right) - 1)
        self.update(Content(f"{left}{gap}{right}"))
