"""A loopback port that only some of the sandbox's world may use, as behind a firewall's rule."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from providers.sandbox.peers import Peers
from providers.sandbox.stream_pump import pump

# A process may not be registered yet, and the kernel's table may be read while it changes; only who
# would be refused waits for that.
_LOOKS, _BETWEEN_LOOKS = 6, 0.05


class GuardedPort:
    """Relays from `port` to `behind` for whom `allows(address)` is true.

    `behind` is a loopback port, or a unix socket: then there is no way around the guard.

    Everybody else is hung up on without a word, as a firewall that rejects does. `refused` holds
    the addresses that were, in their order.
    """

    def __init__(self, behind: int | Path, peers: Peers, allows: Callable[[str], bool]) -> None:
        self.port = 0
        self.refused: list[str] = []
        self._behind = behind
        self._peers = peers
        self._allows = allows
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a free loopback port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port and every connection through it. Can be repeated."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            if await self._admitted(int(writer.get_extra_info("peername")[1])):
                await self._relay(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _admitted(self, peer_port: int) -> bool:
        address = self._peers.address_of(peer_port, self.port)
        for _ in range(_LOOKS - 1):
            if self._allows(address):
                break
            await asyncio.sleep(_BETWEEN_LOOKS)
            address = self._peers.address_of(peer_port, self.port)
        if self._allows(address):
            return True
        self.refused.append(address)
        return False

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self._behind, Path):
                inner = await asyncio.open_unix_connection(self._behind)
            else:
                inner = await asyncio.open_connection("127.0.0.1", self._behind)
        except OSError:
            return
        try:
            await pump((reader, writer), inner)
        finally:
            inner[1].close()
