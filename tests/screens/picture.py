"""What is on the screen, as text: the only place that reads Textual's private compositor."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from textual.pilot import Pilot
from textual.screen import Screen

from screens.app import MovedayApp

PICTURES = Path(__file__).parent / "pictures"
_STEADY = 2
ACCEPT = "MOVEDAY_ACCEPT_PICTURES"


def text_of(app: MovedayApp) -> str:
    """The visible text, line by line, without blanks at the ends of lines."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(part.text for part in strip).rstrip() for strip in strips) + "\n"


class Paints:
    """How often an app has painted its screen since now; without a terminal too, it works out all
    that it would write to one.
    """

    def __init__(self, app: MovedayApp) -> None:
        self.count = 0
        self._display = app._display
        app._display = self._painted  # type: ignore[method-assign]

    def _painted(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        self.count += 1
        self._display(screen, renderable)


def compare(app: MovedayApp, name: str) -> None:
    """The screen looks as in `pictures/<name>.txt`; with ACCEPT set, it does from now on.

    A picture that differs is written beside the accepted one, as `<name>.new.txt`.
    """
    found = text_of(app)
    path, new = PICTURES / f"{name}.txt", PICTURES / f"{name}.new.txt"
    if os.environ.get(ACCEPT):
        PICTURES.mkdir(exist_ok=True)
        path.write_text(found)
        new.unlink(missing_ok=True)
        return
    if not path.exists() or path.read_text() != found:
        new.write_text(found)
    assert path.exists(), f"no picture {name} yet: look at {new.name}, then set {ACCEPT}=1"
    assert found == path.read_text(), f"{name} looks otherwise: compare it with {new.name}"


async def wait_for(
    pilot: Pilot[None], condition: Callable[[], bool], what: str, timeout: float = 60.0
) -> None:
    """Wait for the thing itself, and for the screen to come to rest after it."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        await asyncio.sleep(0.01)
    await pilot.pause()


async def steady(pilot: Pilot[None], app: MovedayApp) -> None:
    """Wait until what is on the screen stays the same: some widgets fill in several rounds."""
    before, same = "", 0
    while same < _STEADY:
        await pilot.pause()
        found = text_of(app)
        same = same + 1 if found == before else 0
        before = found


async def opened(pilot: Pilot[None], app: MovedayApp) -> None:
    """Wait until the move is open, or until it is known what is missing."""
    await wait_for(pilot, lambda: app.loaded and app.desk.phase != "opening", "the move to open")
