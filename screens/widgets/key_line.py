"""The keys that do something now, most important first; what has no room is counted behind `?`."""

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from screens.actions import Action
from screens.widgets.words import Words

_GAP = "  "
_TYPING = " esc leaves the field, then the keys work again"


class KeyLine(Words):
    """One line at the foot of every step. A click on a key does what the key does."""

    def __init__(self) -> None:
        super().__init__("", id="keys", markup=False)
        self._wanted: tuple[Action, ...] = ()
        self._always: tuple[Action, ...] = ()
        self._uncounted = 0
        self._typing = False

    def tell(
        self, wanted: Sequence[Action], always: Sequence[Action], hidden: int, *, typing: bool
    ) -> None:
        """Show `always` in any width, and of `wanted` as much as fits from its beginning.

        `hidden` keys are live as well and never shown here. `typing`: letters go into a field.
        """
        self._wanted, self._always = tuple(wanted), tuple(always)
        self._uncounted, self._typing = hidden, typing
        self._draw()

    def on_resize(self) -> None:
        """Fit into the new width."""
        self._draw()

    def _draw(self) -> None:
        if self._typing:
            self.update(_TYPING, layout=False)
            return
        width = max(self.size.width, 20)
        count = len(self._wanted)
        shown = self._with(count)
        while count and _cells(shown) > width:
            count -= 1
            shown = self._with(count)
        line = Content.assemble(*(part for action in shown for part in _parts(action)))
        self.update(line, layout=False)

    def _with(self, count: int) -> list[Action]:
        """The first `count` of what is wanted, and the rest as a number behind `?`."""
        more = len(self._wanted) - count + self._uncounted
        always = [
            replace(action, name=f"{action.name}: {more} more") if action.id == "why" else action
            for action in self._always
        ]
        return [*self._wanted[:count], *always]


def _cells(actions: Sequence[Action]) -> int:
    return 1 + sum(cell_len(f"{_key(each)} {each.name}{_GAP}") for each in actions) - len(_GAP)


def _parts(action: Action) -> tuple[Content, ...]:
    run = action.run if "." in action.run else f"screen.{action.run}"
    click = Style.from_meta({"@click": run})
    words = Content.styled(_key(action), Style(bold=True) + click)
    return (Content(" "), words, Content.styled(f" {action.name}", click), Content(" "))


def _key(action: Action) -> str:
    return action.keys().partition(" or ")[0]
