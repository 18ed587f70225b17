"""Somebody who presses only what the screen tells them: words are looked for before every key."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from screens.app import MovedayApp
from screens.doors import Doors
from tests.journeys.sandbox_process import SandboxProcess, environ_for
from tests.screens.picture import Paints, text_of
from wizard.__main__ import play_person
from wizard.joins.looks import open_checkout
from wizard.joins.move import open_outside
from wizard.joins.sides import open_sign_in

WINDOW = (100, 30)
_FRAMES = re.compile(r"[│▊▎▁▔┌┐└┘─]+")


@dataclass(frozen=True)
class Line:
    """One thing a person does: `reads` is on the screen, so they paste `text`, then press `keys`.

    All of `reads` has to be there at the same time, within `patience` seconds.
    """

    reads: tuple[str, ...]
    keys: tuple[str, ...] = ()
    text: str = ""
    patience: float = 160.0


def press(reads: str | tuple[str, ...], *keys: str, patience: float = 160.0) -> Line:
    """Read, then press."""
    return Line((reads,) if isinstance(reads, str) else reads, keys, patience=patience)


def fill(reads: str, text: str, *keys: str) -> Line:
    """Read, paste into the field that is there, press enter (or `keys`)."""
    return Line((reads,), keys or ("enter",), text)


class Walker:
    """An app under a test's fingers."""

    def __init__(self, app: MovedayApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot
        self._paints = Paints(app)

    def screen(self) -> str:
        """What is read: one blank between words, no frames."""
        return "\n".join(
            " ".join(_FRAMES.sub(" ", line).split()) for line in text_of(self.app).splitlines()
        )

    async def walk(self, lines: Sequence[Line]) -> None:
        """Do every line in turn."""
        for line in lines:
            await self._read(line)
            if line.text:
                await self._paste(line.text)
            await self._pilot.press(*line.keys)

    async def left(self) -> None:
        """Wait until the wizard has closed the move and ended itself, well."""
        await self.app.desk.closed.wait()
        while self.app.return_code is None:
            await asyncio.sleep(0.1)
        assert self.app.return_code == 0

    async def _read(self, line: Line) -> None:
        # Drawing the screen for a look costs a hundredth of a second and more: only what was
        # painted anew is looked at again, at most five times a second.
        deadline = time.monotonic() + line.patience
        seen = self._paints.count
        while not _all_in(line.reads, self.screen()):
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"waited too long for {line}; the screen:\n{text_of(self.app)}"
                )
            await self._painted(seen)
            seen = self._paints.count
        await self._pilot.pause()

    async def _painted(self, seen: int) -> None:
        """A moment, and on until the screen is not the one that was seen; two seconds at most."""
        for _ in range(10):
            await asyncio.sleep(0.2)
            if self._paints.count != seen:
                return

    async def _paste(self, text: str) -> None:
        """As a terminal hands over a paste: one event, into whatever has the cursor."""
        focused = self.app.focused
        assert focused is not None, "there is no field to type into"
        focused.post_message(events.Paste(text))
        await self._pilot.pause()


def _all_in(reads: Sequence[str], screen: str) -> bool:
    return all(words in screen for words in reads)


def doors_on(sandbox: SandboxProcess, folder: Path, *, signed_in: bool) -> Doors:
    """The doors as `moveday` opens them on a sandbox, with the person who changes DNS there.

    `signed_in`: the tokens are in the environment. There is no keyring.
    """
    tokens = () if signed_in else ("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN")
    no_keyring = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/no-bus"}
    environ = environ_for(sandbox, **no_keyring)
    return Doors(
        folder=folder,
        practice=True,
        environ={name: value for name, value in environ.items() if name not in tokens},
        outside=open_outside,
        sign_in=open_sign_in,
        look=open_checkout,
        play_person=play_person,
    )


@asynccontextmanager
async def wizard_open(doors: Doors) -> AsyncIterator[Walker]:
    """The wizard in a window of 100 by 30."""
    app = MovedayApp(doors)
    async with app.run_test(size=WINDOW, notifications=True) as pilot:
        yield Walker(app, pilot)
