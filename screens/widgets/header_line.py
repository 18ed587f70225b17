"""The first line of every screen: what moves, from where to where, and what was changed so far."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from screens.widgets.words import Words
from wizard.safety.clean import clean


class HeaderLine(Words):
    """Left the move, right what was changed; practice is said in words, never by colour alone."""

    def __init__(self) -> None:
        super().__init__(id="header-line", markup=False)
        self._kind = ""
        self._move = ""
        self._parts: tuple[str, ...] = ("",)

    def tell(self, move: str, practice: bool, changed: str, vault: str, elapsed: str) -> None:
        """Show `move` ("acme   heroku → aptible") and the rest.

        Practice or production and what was changed are always there: a narrow line loses the vault,
        the time, our own name, and then the end of `move`.
        """
        self._kind = "PRACTICE" if practice else "PRODUCTION"
        self._move = clean(move, 80)
        self._parts = (changed, elapsed, clean(vault, 40))
        self._draw()

    def on_resize(self) -> None:
        """Fit into the new width."""
        self._draw()

    def _draw(self) -> None:
        width = max(self.size.width, 20)
        changed = self._parts[0]
        left = f" moveday  {self._kind}  {self._move}"
        if cell_len(left) + cell_len(changed) + 3 > width:
            room = width - cell_len(f" {self._kind}  ") - cell_len(changed) - 3
            left = f" {self._kind}  {_fitted(self._move, room)}"
        right = changed
        for count in range(len(self._parts), 0, -1):
            more = "  ".join(self._parts[:count])
            if cell_len(left) + cell_len(more) + 3 <= width:
                right = more
                break
        gap = " " * max(1, width - cell_len(left) - cell_len(right) - 1)
        self.update(Content(f"{left}{gap}{right}"), layout=False)


def _fitted(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    return f"{set_cell_size(text, cells - 1).rstrip()}…" if cells > 1 else ""
