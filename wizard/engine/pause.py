"""A flag that whatever runs obeys between two tasks: a person wants a moment, nothing is broken."""

import asyncio


class Pause:
    """Asked for at any time, honoured when what runs has come to its end."""

    def __init__(self) -> None:
        self._going = asyncio.Event()
        self._going.set()

    @property
    def asked(self) -> bool:
        """Whether nothing new is to be started."""
        return not self._going.is_set()

    def ask(self) -> None:
        """Start nothing new."""
        self._going.clear()

    def go_on(self) -> None:
        """Start what is next."""
        self._going.set()

    async def over(self, stop: asyncio.Event) -> None:
        """Wait until somebody goes on, or stops."""
        waits = [asyncio.ensure_future(self._going.wait()), asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
