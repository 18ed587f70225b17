"""Both sides over time: one character a look, newest right, and the newest one in words."""

from collections import deque

from screens.widgets.fact_table import cut
from screens.widgets.words import Words
from wizard.runbook.probes import Look, SideLook, Standing
from wizard.safety.clean import clean

SIGNS: dict[Standing, str] = {
    "answers": "✓",
    "held": "–",
    "other": "~",
    "down": "✗",
    "unknown": "·",
}
# Before the words of the look itself, where those do not say it.
_WORDS: dict[Standing, str] = {
    "answers": "",
    "held": "held",
    "other": "odd",
    "down": "no",
    "unknown": "not seen",
}
_SHORTEST, _LONGEST = 12, 60
_REST = 42


class ProbeStrip(Words):
    """Hidden until something was looked at; keeps the last minutes while the app runs."""

    def __init__(self) -> None:
        super().__init__("", id="probes", markup=False)
        self.looks: deque[Look] = deque(maxlen=_LONGEST)

    def add(self, look: Look) -> None:
        """One more look."""
        self.looks.append(look)
        self._redraw()

    def forget(self) -> None:
        """Another run has begun."""
        self.looks.clear()
        self._redraw()

    def on_resize(self) -> None:
        """Fit into the new width."""
        self._redraw()

    def _redraw(self) -> None:
        self.display = bool(self.looks)
        if not self.looks:
            return
        room = max(self.size.width, 40)
        width = min(_LONGEST, max(_SHORTEST, room - _REST))
        newest = self.looks[-1]
        lines = [
            _line("old side", [each.old for each in self.looks], newest.old, width, room),
            _line("new side", [each.new for each in self.looks], newest.new, width, room),
        ]
        self.update("\n".join(lines))


def _line(name: str, seen: list[SideLook], newest: SideLook, width: int, room: int) -> str:
    strip = "".join(SIGNS[each.standing] for each in seen[-width:])
    word = _WORDS[newest.standing]
    told = clean(f"{word}: {newest.words}" if word else newest.words, 200)
    line = f"{name} {strip:>{width}} {SIGNS[newest.standing]} {told}"
    return cut(line, room)
