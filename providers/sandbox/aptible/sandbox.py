"""A whole Aptible on loopback: auth host, API host, SSH portal with git, and what they move."""

import shutil
import tempfile
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from providers.sandbox.aptible import catalog
from providers.sandbox.aptible.account_routes import AccountRoutes
from providers.sandbox.aptible.app_operations import AppOperations
from providers.sandbox.aptible.app_routes import AppRoutes
from providers.sandbox.aptible.auth import AuthHost
from providers.sandbox.aptible.database_routes import DatabaseRoutes
from providers.sandbox.aptible.databases import Databases
from providers.sandbox.aptible.deploy import Deployments
from providers.sandbox.aptible.desk import Desk
from providers.sandbox.aptible.endpoints import Endpoints
from providers.sandbox.aptible.entrances import Entrances
from providers.sandbox.aptible.hal import ApiError, hal, links
from providers.sandbox.aptible.operation_routes import OperationRoutes
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.portal_sign_in import PortalSignIn
from providers.sandbox.aptible.releases import Releases
from providers.sandbox.aptible.repositories import Repositories
from providers.sandbox.aptible.runner import Runner
from providers.sandbox.aptible.serving import Served
from providers.sandbox.aptible.state import State
from providers.sandbox.aptible.switches import Switches
from providers.sandbox.aptible.trouble import Trouble
from providers.sandbox.aptible.vhost_routes import VhostRoutes
from providers.sandbox.ground import Ground
from providers.sandbox.ssh.git_receive import GitReceiver
from providers.sandbox.ssh.portal import Portal
from providers.sandbox.ssh.server import SshServer

_ROOTS = (
    "accounts apps databases services vhosts operations stacks database_images plans active_plans"
)


class AptibleSandbox:
    """Start it, then point clients at `environment()`.

    `auth_url`, `api_url` are plain http; `access_token` a decodable JWT of scope `manage`;
    `ssh_port` serves portal and git, `host_key` its pinned key. `stack` is a dedicated one.
    """

    def __init__(
        self,
        ground: Ground,
        switches: Switches | None = None,
        *,
        email: str = "operator@acme-clinic.test",
        password: str = "sandbox-password",  # noqa: S107 - opens the sandbox only
        stack: str = "acme-dedicated",
    ) -> None:
        switches = switches or Switches()
        folder = Path(tempfile.mkdtemp(prefix="aptible-", dir=ground.folder))
        # Containers may run as another user than we do.
        folder.chmod(0o755)
        self.auth = AuthHost(switches, email, password)
        self.platform = Platform(ground, switches, self.auth, folder)
        self.runner = Runner(self.platform)
        self.repositories = Repositories(folder / "git")
        self.releases = Releases(self.platform)
        self.entrances = Entrances(self.platform)
        self.databases = Databases(self.platform, self.runner, self.entrances)
        endpoints = Endpoints(self.platform, self.runner, self.releases, self.entrances)
        deployments = Deployments(self.platform, self.runner, self.releases, self.repositories)
        AppOperations(self.platform, self.runner, self.releases, deployments, endpoints)
        sign_in = PortalSignIn(self.platform)
        portal = Portal(self.platform, self.runner, self.releases, self.databases, sign_in)
        receiver = GitReceiver(self.platform, self.runner, self.repositories)
        self._ssh = SshServer(portal, receiver, self.auth.knows_key)
        catalog.fill(self.platform.state, stack)
        desk = Desk(self.platform, self.runner)
        routes = [
            Route("/", self._root),
            *AccountRoutes(desk).routes(),
            *AppRoutes(desk).routes(),
            *DatabaseRoutes(desk).routes(),
            *VhostRoutes(desk).routes(),
            *OperationRoutes(desk, sign_in).routes(),
        ]
        api = self._app(routes)
        self._auth_server = Served(self._app(self.auth.routes()))
        self._api_server = Served(api)
        self._tls_server = Served(api, self._tls_file()) if switches.logs_over_tls else None
        self.access_token = ""

    @property
    def state(self) -> State:
        """The records, for tests."""
        return self.platform.state

    @property
    def auth_url(self) -> str:
        """Root of the auth host."""
        return self.auth.url

    @property
    def api_url(self) -> str:
        """Root of the API host."""
        return self.platform.api_url

    @property
    def ssh_port(self) -> int:
        """Port of the portal and of git."""
        return self._ssh.port

    @property
    def host_key(self) -> str:
        """The SSH host key, `ssh-rsa AAAA…`."""
        return self._ssh.host_key

    def environment(self) -> dict[str, str]:
        """The variables that point clients here."""
        return {
            "APTIBLE_API_ROOT_URL": self.api_url,
            "APTIBLE_AUTH_ROOT_URL": self.auth_url,
            "APTIBLE_ACCESS_TOKEN": self.access_token,
            "SANDBOX_APTIBLE_EMAIL": self.auth.email,
            "SANDBOX_APTIBLE_PASSWORD": self.auth.password,
            "SANDBOX_APTIBLE_TOTP_SECRET": self.platform.switches.totp_secret,
            "MOVEDAY_APTIBLE_GIT": f"root@{self.platform.portal_host}:{self.ssh_port}",
            "MOVEDAY_APTIBLE_GIT_HOST_KEY": self.host_key,
        }

    async def start(self) -> None:
        """Listen everywhere."""
        await self._auth_server.start()
        self.auth.url = f"http://127.0.0.1:{self._auth_server.port}"
        self.auth.tokens.issuer = self.auth.url
        await self._api_server.start()
        self.platform.api_url = f"http://127.0.0.1:{self._api_server.port}"
        if self._tls_server is not None:
            await self._tls_server.start()
            self.platform.tls_url = f"https://localhost:{self._tls_server.port}"
        await self._ssh.start()
        self.platform.portal_port = self._ssh.port
        self.platform.host_public_key = self._ssh.host_key
        self.access_token = self.auth.issue().text

    async def stop(self) -> None:
        """End servers, operations, containers and Redis; databases end with their cluster."""
        await self.runner.stop()
        await self._ssh.stop()
        for server in (self._tls_server, self._api_server, self._auth_server):
            if server is not None:
                await server.stop()
        for app_id in list(self.state.apps):
            await self.platform.ground.supervisor.stop_all(self.releases.owner(app_id))
        await self.entrances.stop()
        await self.databases.stop()
        shutil.rmtree(self.platform.folder, ignore_errors=True)

    def _app(self, routes: list[Route]) -> ASGIApp:
        async def refuse(_: Request, error: Exception) -> Response:
            if isinstance(error, ApiError):
                return error.response()
            if isinstance(error, HTTPException):
                words = error.detail.lower().replace(" ", "_")
                return ApiError(error.status_code, words, error.detail).response()
            return ApiError(500, "internal_server_error", "Something went wrong").response()

        handlers = {ApiError: refuse, HTTPException: refuse, 500: refuse}
        app = Starlette(routes=routes, exception_handlers=handlers)
        return Trouble(app, self.platform.ground.faults)

    async def _root(self, _: Request) -> Response:
        base = self.platform.api_url
        return hal({"_links": links(self=base, **{n: f"{base}/{n}" for n in _ROOTS.split()})})

    def _tls_file(self) -> str:
        leaf = self.platform.ground.authority.certificate("localhost", "127.0.0.1")
        file = self.platform.folder / "api.pem"
        file.touch(mode=0o600)
        file.write_bytes(leaf.key_pem + leaf.cert_pem)
        return str(file)
