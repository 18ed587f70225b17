"""How do we leave? In good order on a signal as well, with the terminal restored."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from rich.text import Text

from screens.driver import terminal_gone

SECONDS = 10.0
"""How long what runs may take to stop."""
_LOOK = 1.0
_HUNG_UP = 129


def on_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code when the process is told to end or its terminal closes.

    Textual restores the terminal only when its app ends by itself. A ctrl-c in the terminal is a
    key and no signal while the screens are there.
    """
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, partial(leave, 128 + number))

    def interrupted(*_: object) -> None:
        if not loop.is_running():
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(leave, 128 + signal.SIGINT)

    # Not the loop's kind of handler: `others_ctrl_c` takes this one's place for a while.
    signal.signal(signal.SIGINT, interrupted)
    if not terminal_gone():
        loop.call_later(_LOOK, _look_at_terminal, loop, leave)


def _look_at_terminal(loop: asyncio.AbstractEventLoop, leave: Callable[[int], None]) -> None:
    if terminal_gone():
        leave(_HUNG_UP)
    else:
        loop.call_later(_LOOK, _look_at_terminal, loop, leave)


@contextmanager
def others_ctrl_c() -> Iterator[None]:
    """While another program has the terminal, its ctrl-c is not ours."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def parting_words(told: Iterable[str], down: datetime | None) -> Text:
    """What stays on the person's own screen; never parsed as markup."""
    words = ["Everything is kept. Go on with: moveday", *told]
    if down is not None:
        since = f"{down.astimezone():%H:%M:%S}"
        words.append(f"USERS ARE DOWN since {since}: go on, or take it back: moveday rollback")
    return Text("\n".join(words))


async def until(ended: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until something ended, at most so long."""
    waited = 0.0
    while not ended() and waited < seconds:
        await asyncio.sleep(0.05)
        waited += 0.05
