"""A Redis on a loopback port with a password: fakeredis' TCP server, run on threads of its own."""

import asyncio
import secrets
import threading

from fakeredis import TcpFakeServer


class RedisServer:
    """One Redis server. `port` is 0 until started.

    A departure from a real one: fakeredis refuses a wrong password given with `AUTH`, but insists
    on none and does not look at one given with `HELLO`.
    """

    def __init__(self, password: str = "") -> None:
        self.password = password or secrets.token_hex(24)
        self.port = 0
        self._server: TcpFakeServer | None = None
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Listen on a free loopback port and serve until `stop`."""
        server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
        server.fake_server.config[b"requirepass"] = self.password.encode()
        self.port = int(server.server_address[1])
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The URL an app is configured with."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def keys(self) -> int:
        """How many keys database 0 holds."""
        return len(self._server.fake_server.dbs[0]) if self._server else 0

    async def stop(self) -> None:
        """End the server and its connections; a second call does nothing."""
        server, self._server = self._server, None
        if server is None:
            return
        await asyncio.to_thread(server.shutdown)
        await asyncio.to_thread(server.server_close)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 5)
