"""How do we leave? In good order on a signal as well, with the terminal restored."""

import asyncio
import signal
import sys
from collections.abc import Callable
from functools import partial

SECONDS = 10.0
"""How long what runs may take to stop."""


def on_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code when the process is told to end or its terminal closes.

    Textual restores the terminal only when its app ends by itself.
    """
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, partial(leave, 128 + number))


async def until(ended: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until something ended, at most so long."""
    for _ in range(int(seconds * 20)):
        if ended():
            return
        await asyncio.sleep(0.05)
