"""Sessions at the target that build indexes, keys and statistics, several at a time.

No processes: while a server builds, the client only waits.
"""

import asyncio
import time

from providers.databases.postgres.connection import TARGET_SETTINGS
from providers.databases.postgres.session import Session, open_session
from wizard.model.database import Connection


class Builders:
    """At most `size` sessions, opened when first needed; first come, first served."""

    def __init__(self, target: Connection, name: str, size: int) -> None:
        self._target = target
        self._name = name
        self._free: asyncio.Queue[Session | None] = asyncio.Queue()
        self._open: list[Session] = []
        self._going = asyncio.Event()
        self._going.set()
        for _ in range(size):
            self._free.put_nowait(None)

    async def run(self, statements: list[str], subject: str) -> float:
        """Statements as one batch, which is one round trip and one transaction; the seconds."""
        session = await self._free.get()
        try:
            await self._going.wait()
            if session is None:
                session = await open_session(self._target, self._name, "target", TARGET_SETTINGS)
                self._open.append(session)
            started = time.monotonic()
            await session.run("; ".join(statements), subject)
            return time.monotonic() - started
        finally:
            self._free.put_nowait(session)

    def hold(self, on: bool) -> None:
        """Begin nothing, or go on; what is being built is built to its end."""
        if on:
            self._going.clear()
        else:
            self._going.set()

    async def stop(self) -> None:
        """Close all; what they were building is cancelled."""
        await asyncio.gather(*(session.close() for session in self._open))
        self._open.clear()
