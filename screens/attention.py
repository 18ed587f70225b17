"""Calls a person who looks elsewhere: the bell once, and the terminal window's title."""

from typing import TYPE_CHECKING

from wizard.runbook.open_run import open_run
from wizard.safety.clean import clean

if TYPE_CHECKING:
    from screens.app import MovedayApp

_EVERY = 0.5
# The title that the terminal had is kept on its own stack; terminals without one ignore it.
_KEEP, _BACK = "\x1b[22;2t", "\x1b[23;2t"


class Attention:
    """Rings once for every task that becomes a person's, however often it is looked at."""

    def __init__(self, app: "MovedayApp") -> None:
        self._app = app
        self._called = ""
        self.title = ""
        app.set_interval(_EVERY, self.look)

    def look(self) -> None:
        """Is somebody waited for? Rings when that is news, and rests when it is over."""
        what, words = self._wanted()
        if not what:
            self.rest()
        elif what != self._called:
            self._app.bell()
            self._write("" if self._called else _KEEP)
            self._called = what
            self.title = f"! you: {clean(words, 80)} - moveday"
            self._write(f"\x1b]2;{self.title}\x07")

    def _wanted(self) -> tuple[str, str]:
        """Which task or question of an open run is a person's now, and its words; "" for none."""
        bridge, session = self._app.desk.bridge, self._app.desk.session
        wanted, asked = bridge.waiting_for, bridge.asking
        if wanted is not None:
            return wanted.task, wanted.title
        if asked is not None and session is not None and open_run(session.journal) is not None:
            return asked.id, asked.text
        return "", ""

    def rest(self) -> None:
        """Nobody is waited for: the window has its own title again."""
        if self._called:
            self._called = self.title = ""
            self._write(_BACK)

    def _write(self, sequence: str) -> None:
        driver = self._app._driver
        if driver is not None and sequence and not self._app.is_headless and not self._app.is_web:
            driver.write(sequence)
            driver.flush()
