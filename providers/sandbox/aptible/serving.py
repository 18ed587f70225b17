"""How is an ASGI app served on a loopback port inside this process?"""

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp


class _Quiet(uvicorn.Server):
    """Leaves the process' signals alone."""

    def install_signal_handlers(self) -> None:
        """Nothing: the process has its own."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own type is private
        """Nothing, likewise."""
        yield


class Served:
    """One app on one port; with a certificate file (key and chain) it speaks TLS."""

    def __init__(self, app: ASGIApp, certificate_file: str | None = None) -> None:
        self._config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            http="h11",
            ws="none",
            timeout_graceful_shutdown=1,
            ssl_certfile=certificate_file,
            ssl_keyfile=certificate_file,
        )
        self._server = _Quiet(self._config)
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port; returns when requests are answered."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port = int(listener.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise RuntimeError("the server ended while it started")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End it with its connections."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
