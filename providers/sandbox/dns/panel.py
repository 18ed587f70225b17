"""Where does a person edit the customer's records? The DNS host's control panel, over HTTP."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.sandbox.dns.zones import RecordRefused

Put = Callable[[str, str, int, list[str]], None]
Remove = Callable[[str, str], None]
Listing = Callable[[], list[dict[str, object]]]


class Panel:
    """POST /records {"name", "type", "ttl", "values"}: set, or with empty values remove.

    GET /records: all of them. A record that is refused is 422 with `error`.
    """

    def __init__(self, put: Put, remove: Remove, listing: Listing) -> None:
        self.port = 0
        self._put = put
        self._remove = remove
        self._listing = listing
        self._server: _Server | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve on a free loopback port."""
        routes = [
            Route("/records", self._show, methods=["GET"]),
            Route("/records", self._change, methods=["POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), host="127.0.0.1", port=0, log_config=None, lifespan="off"
        )
        self._server = _Server(config)
        self._running = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._running.done():
                await self._running
                raise OSError("the control panel did not start")
            await asyncio.sleep(0.01)
        self.port = int(self._server.servers[0].sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop serving."""
        if self._server is not None and self._running is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            await self._running

    async def _show(self, request: Request) -> Response:
        return JSONResponse({"records": self._listing()})

    async def _change(self, request: Request) -> Response:
        try:
            record = await request.json()
            name, kind = str(record["name"]), str(record["type"])
            values = [str(value) for value in record.get("values", [])]
            ttl = int(record.get("ttl", 3600))
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"error": "name, type, ttl and values are needed"}, 400)
        # The panel belongs to one customer: other people's zones are not to be edited in it.
        zones = {str(row["name"]) for row in self._listing() if row["type"] == "NS"}
        if not any(f".{name.rstrip('.').lower()}".endswith(f".{zone}") for zone in zones):
            return JSONResponse({"error": f"{name} is in no zone of this customer"}, 422)
        try:
            if values:
                self._put(name, kind, ttl, values)
            else:
                self._remove(name, kind)
        except RecordRefused as refused:
            return JSONResponse({"error": str(refused)}, 422)
        return JSONResponse({"name": name, "type": kind, "ttl": ttl, "values": values})


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process as a whole, not to one of its servers."""
        yield
