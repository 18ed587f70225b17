"""Textual's driver, but one that outlives its terminal: a closed window must not stop the engine.

A write to a terminal that is gone fails. Textual's writing thread then ends, its queue fills up,
and the thirtieth picture after that would block the event loop for ever, lock and run held.

Nor may it keep an old size: Python interrupts one signal's handler for the next, so while a window
is dragged Textual's own handler can report the last size first and an older one after it.
"""

import asyncio
import os
import select
import signal
import sys
from typing import IO, Any

from textual import constants
from textual.driver import Driver


class _Output:
    """A terminal to write to; once it is gone, what is written goes nowhere."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write, or lose `text` with the terminal."""
        try:
            self._file.write(text)
        except OSError:
            self._let_go()

    def flush(self) -> None:
        """Flush, or notice that there is no terminal any more."""
        try:
            self._file.flush()
        except OSError:
            self._let_go()

    def _let_go(self) -> None:
        """Put nothing in the terminal's place: Python's own last flush must not fail either."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def lasting_driver() -> type[Driver] | None:
    """The driver for this platform; None where Textual is to choose."""
    if sys.platform == "win32" or constants.DRIVER is not None:
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class LastingDriver(LinuxDriver):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._file: Any = _Output(self._file)

        def start_application_mode(self) -> None:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            tell_size = signal.getsignal(signal.SIGWINCH)
            if callable(tell_size):
                # The event loop calls it, one call after the other, and after the last signal.
                asyncio.get_running_loop().add_signal_handler(
                    signal.SIGWINCH, tell_size, signal.SIGWINCH, None
                )

    return LastingDriver


def terminal_gone() -> bool:
    """Whether the terminal that keys come from was hung up; False when there never was one.

    Told by the system, since not everybody whose terminal closes is sent a signal.
    """
    if sys.platform == "win32" or sys.__stdin__ is None:
        return False
    try:
        descriptor = sys.__stdin__.fileno()
    except (OSError, ValueError):
        return False
    poll = select.poll()
    poll.register(descriptor, 0)
    events = poll.poll(0)
    return bool(events) and bool(events[0][1] & select.POLLHUP)
