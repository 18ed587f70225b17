"""The sandboxed Heroku: platform API and data API on one loopback port, dynos, router sites."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Iterator
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from providers.sandbox.ground import Ground
from providers.sandbox.heroku import (
    account,
    addons,
    apps,
    beside,
    code,
    config,
    data_api,
    domains,
    logs,
    pipelines,
    processes,
    transfers,
)
from providers.sandbox.heroku.context import Context, Switches
from providers.sandbox.heroku.dynos import Dynos
from providers.sandbox.heroku.from_seed import account_from
from providers.sandbox.heroku.front import Front
from providers.sandbox.heroku.replies import Refusal
from providers.sandbox.heroku.site import HerokuSite
from providers.sandbox.heroku.state import Account
from providers.sandbox.redis import RedisServer
from providers.sandbox.scenarios.seed import HerokuSeed

SUBJECTS = (
    account,
    apps,
    pipelines,
    processes,
    config,
    code,
    addons,
    domains,
    logs,
    data_api,
    transfers,
    beside,
)


class HerokuSandbox:
    """One Heroku account, served. `token` may do everything, `read_only_token` only `read`.

    `switches` and `pager.size` may be changed at any time. The databases named by the seed exist in
    the ground's `source_postgres` already; Redis servers are started here.
    """

    def __init__(self, ground: Ground, seed: HerokuSeed) -> None:
        self.token = f"HRKU-{secrets.token_hex(28)}"
        self.read_only_token = f"HRKU-{secrets.token_hex(28)}"
        self.account: Account = account_from(
            seed, token=self.token, read_only_token=self.read_only_token
        )
        self.port = 0
        self.redis: list[RedisServer] = []
        folder = ground.folder / "heroku"
        folder.mkdir(parents=True, exist_ok=True)
        self.dynos = Dynos(ground.supervisor, ground.ledger)
        self._context = Context(self.account, ground, self.dynos, folder)
        self._connections: dict[tuple[str, int], asyncio.Transport] = {}
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """What HEROKU_HOST is set to."""
        return f"http://localhost:{self.port}"

    @property
    def switches(self) -> Switches:
        """Unverified facts and paces, as switches."""
        return self._context.switches

    @property
    def page_size(self) -> int:
        """Items a list shows at a time; lower it to see many pages."""
        return self._context.pager.size

    @page_size.setter
    def page_size(self, size: int) -> None:
        self._context.pager.size = size

    def environment(self, app: str = "") -> dict[str, str]:
        """What points clients at this sandbox and keeps the official one from other hosts.

        They ask for `app`, "" for the account's first.
        """
        return {
            "HEROKU_HOST": self.url,
            "HEROKU_DATA_HOST": "localhost",
            "HEROKU_API_KEY": self.token,
            "HEROKU_APP": app or self.account.apps[0].name,
            "HEROKU_PARTICLEBOARD_URL": self.url,
            "DISABLE_TELEMETRY": "true",
            "HEROKU_SKIP_NEW_VERSION_CHECK": "true",
            "HEROKU_DISABLE_AUTOUPDATE": "true",
        }

    async def start(self) -> None:
        """Start Redis, the API, the sites and all dynos; returns when the dynos are up."""
        await self._start_redis()
        await self._serve()
        for app in self.account.apps:
            for domain in app.domains:
                leaf = self._context.ground.authority.certificate(domain.hostname, holder="heroku")
                site = HerokuSite(app, leaf, self.dynos)
                self._context.ground.source_router.set_site(domain.hostname, site)
        await asyncio.gather(*(self.dynos.reconcile(app) for app in self.account.apps))

    async def settled(self) -> None:
        """Wait until releases, scaling and backups under way have come to an end."""
        await self._context.settled()

    async def stop(self) -> None:
        """End everything that was started; a second call does nothing."""
        await self._context.stop()
        for app in self.account.apps:
            await self.dynos.stop_all(app)
            for domain in app.domains:
                self._context.ground.source_router.set_site(domain.hostname, None)
        for transport in list(self._connections.values()):
            transport.abort()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
            self._server = self._serving = None
        for server in self.redis:
            await server.stop()
        self.redis.clear()

    async def _start_redis(self) -> None:
        for addon in self.account.addons:
            if addon.service != "heroku-redis":
                continue
            server = RedisServer()
            await server.start()
            self.redis.append(server)
            self.account.redis_urls[addon.name] = server.url
            app = self.account.app(addon.app)
            for attachment in self.account.attachments:
                if app is None or attachment.addon != addon.name or attachment.app != app.name:
                    continue
                name = f"{attachment.name}_URL"
                attachment.config_vars = tuple(dict.fromkeys((*attachment.config_vars, name)))
                app.config[name] = server.url
                for release in app.releases:
                    release.config[name] = server.url

    async def _serve(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self._context.base_url = self.url
        connections = self._connections

        class KnownConnection(H11Protocol):
            """Remembers its transport, so that a fault can cut it."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                connections[_peer(transport)] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(_peer(self.transport), None)
                super().connection_lost(exc)

        config_ = uvicorn.Config(
            Front(self._application(), self.account, self._context.ground.faults, self._drop),
            http=KnownConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = _QuietServer(config_)
        self._server = server
        self._serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            if self._serving.done():
                await self._serving
                raise RuntimeError("the Heroku sandbox's server ended at once")
            await asyncio.sleep(0.01)

    def _application(self) -> Starlette:
        routes = [route for subject in SUBJECTS for route in subject.routes(self._context)]
        return Starlette(
            routes=routes,
            exception_handlers={Refusal: _refused, HTTPException: _no_such_endpoint},
        )

    def _drop(self, scope: Scope) -> None:
        transport = self._connections.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()


class _QuietServer(uvicorn.Server):
    """Leaves signals to the program around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def _peer(transport: asyncio.BaseTransport) -> tuple[str, int]:
    name = cast("tuple[str, int]", transport.get_extra_info("peername") or ("", 0))
    return name[0], name[1]


async def _refused(request: Request, refusal: Any) -> Response:
    return cast(Refusal, refusal).response()


async def _no_such_endpoint(request: Request, error: Any) -> Response:
    status = cast(HTTPException, error).status_code
    message = "The requested API endpoint was not found."
    return Refusal(404 if status == 405 else status, "not_found", message).response()
