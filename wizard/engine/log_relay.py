"""How does an outside log reach the person? Cleaned, redacted, and no faster than one can read."""

from collections.abc import Callable

from wizard.engine.events import Event, LogLine
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

LINE_LENGTH = 240
BURST = 60
PER_SECOND = 15.0
MOST_LINES = 3_000
"""Of one operation; a build that prints more is read in the operation's own log."""


class LogRelay:
    """Hears one operation's raw lines and tells them as events; call `end` after the last.

    A bucket of `BURST` lines that fills with `PER_SECOND`; what does not fit is counted, and the
    count is told where lines are missing, so that nobody takes the rest for the whole.
    """

    def __init__(
        self, about: str, hear: Callable[[Event], None], elapsed: Callable[[], float]
    ) -> None:
        self._about = about
        self._hear = hear
        self._elapsed = elapsed
        self._tokens = float(BURST)
        self._at = elapsed()
        self._told = 0
        self._left_out = 0

    def __call__(self, raw: str) -> None:
        """One line as the outside wrote it."""
        if not raw.strip():
            return
        now = self._elapsed()
        self._tokens = min(float(BURST), self._tokens + (now - self._at) * PER_SECOND)
        self._at = now
        # Before anything that costs time: a flood must not keep other work waiting.
        if self._tokens < 1 or self._told >= MOST_LINES:
            self._left_out += 1
            return
        # Redacted before and after: cleaning may join what was hidden apart, cutting may halve.
        text = REDACTOR.redact(clean(REDACTOR.redact(raw), LINE_LENGTH)).rstrip()
        if not text:
            return
        self._tokens -= 1
        self._told += 1
        self._say_what_is_missing()
        self._hear(LogLine(self._about, text))

    def end(self) -> None:
        """Say how many lines were left out at the end."""
        self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        if self._left_out:
            self._hear(LogLine(self._about, f"… {self._left_out} lines not shown"))
            self._left_out = 0
