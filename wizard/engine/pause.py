"""A flag that whatever runs obeys between two tasks: a person wants a moment, nothing is broken."""

import asyncio
import contextlib
from typing import Protocol

from wizard.errors import MachineError

LOOK = 1.0
"""Seconds between two looks whether a request from another terminal was withdrawn."""


class Request(Protocol):
    """Asks for a pause from outside this process (wizard.engine.pause_request)."""

    def stands(self) -> bool: ...

    def withdraw(self) -> None: ...


class Pause:
    """Asked for at any time; a copy honours it amid its rows, all else at its end."""

    def __init__(self, request: Request | None = None) -> None:
        self._going = asyncio.Event()
        self._going.set()
        self._request = request

    @property
    def asked(self) -> bool:
        """Whether nothing new is to be started."""
        return not self._going.is_set() or self._requested()

    def _requested(self) -> bool:
        return self._request is not None and self._request.stands()

    def ask(self) -> None:
        """Start nothing new."""
        self._going.clear()

    def go_on(self) -> None:
        """Start what is next, whoever asked."""
        if self._requested() and self._request is not None:
            # A disk that refuses even this leaves a request that ends with this process.
            with contextlib.suppress(MachineError):
                self._request.withdraw()
        self._going.set()

    async def over(self, stop: asyncio.Event) -> None:
        """Wait until nobody asks for the pause any more, or somebody stops."""
        while self.asked and not stop.is_set():
            ends = [stop] if self._going.is_set() else [stop, self._going]
            waits = [asyncio.ensure_future(event.wait()) for event in ends]
            look = LOOK if self._requested() else None
            try:
                await asyncio.wait(waits, timeout=look, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
                await asyncio.gather(*waits, return_exceptions=True)
