"""How do tests and the demo see and disturb the sandbox? Over HTTP on a loopback port."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.router import RequestLine, Router

LookAtVisitors = Callable[[], dict[str, object]]


class Control:
    """The control server; `url` after `start`.

    POST /faults {"name", "settings"} · GET /faults · DELETE /faults · GET /ledger · GET /visitors
    · GET /requests (the routers' logs) · GET /containers.
    """

    def __init__(
        self,
        faults: Faults,
        ledger: Ledger,
        supervisor: Supervisor,
        routers: Sequence[Router],
        visitors: LookAtVisitors,
    ) -> None:
        self.url = ""
        self._faults = faults
        self._ledger = ledger
        self._supervisor = supervisor
        self._routers = routers
        self._visitors = visitors
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve on a free loopback port."""
        routes = [
            Route("/faults", self._faults_route, methods=["GET", "POST", "DELETE"]),
            Route("/ledger", self._ledger_route),
            Route("/visitors", self._visitors_route),
            Route("/requests", self._requests_route),
            Route("/containers", self._containers_route),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes),
            host="127.0.0.1",
            port=0,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._serving.done():
                await self._serving
                raise RuntimeError("the control server ended at once")
            await asyncio.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop serving. Can be repeated."""
        serving, self._serving = self._serving, None
        if self._server is not None and serving is not None:
            self._server.should_exit = True
            await serving

    async def _faults_route(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._faults.clear(request.query_params.get("name"))
        elif request.method == "POST":
            try:
                wish = await request.json()
                self._faults.set(str(wish["name"]), **wish.get("settings", {}))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)
        return JSONResponse({"active": self._faults.active()})

    async def _ledger_route(self, _request: Request) -> Response:
        return JSONResponse({"entries": self._ledger.entries})

    async def _visitors_route(self, _request: Request) -> Response:
        return JSONResponse(self._visitors())

    async def _requests_route(self, _request: Request) -> Response:
        lines: list[RequestLine] = [line for router in self._routers for line in router.log]
        lines.sort(key=lambda line: line.at)
        return JSONResponse({"requests": [asdict(line) for line in lines]})

    async def _containers_route(self, _request: Request) -> Response:
        containers = [
            {
                "owner": container.owner,
                "process_type": container.process_type,
                "index": container.index,
                "pid": container.pid,
                "port": container.port,
                "command": container.command,
                "started": container.started,
                "restarts": container.restarts,
            }
            for container in self._supervisor.containers()
        ]
        return JSONResponse({"containers": containers})


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program around it."""
        yield
