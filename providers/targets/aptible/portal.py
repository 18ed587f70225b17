"""Aptible's SSH portal: sign-in by a certificate made for one operation; tunnels and sessions.

Source: the official client's with_ssh_cmd, db:tunnel and ssh.
"""

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator, Callable, Sequence
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from providers.ssh.login import LoginFailed
from providers.ssh.tunnel import Program, Tunnel, open_tunnel
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.databases import Databases
from providers.targets.aptible.live_log import OnLine, tell_lines
from providers.targets.aptible.operations import Operations
from providers.targets.aptible.portal_login import PortalSignIn
from providers.targets.aptible.shapes import (
    AppShape,
    DatabaseShape,
    OperationShape,
)
from wizard.errors import OutsideError
from wizard.model.database import Connection
from wizard.model.routes import ONE_TUNNEL, Route
from wizard.model.target import TargetApp, TargetDatabase
from wizard.safety.clean import clean
from wizard.safety.consent import Consent
from wizard.safety.redact import REDACTOR

_REPORT_ON_ITS_WAY = 3.0
_SESSION_LIMIT = 600.0
_LINES = 15


class Portal:
    """Opens tunnels to databases and sessions in throw-away containers."""

    def __init__(
        self,
        api: AptibleApi,
        operations: Operations,
        databases: Databases,
        sign_in: PortalSignIn,
        program: Program,
    ) -> None:
        self._api = api
        self._operations = operations
        self._databases = databases
        self._sign_in = sign_in
        self._program: Program = program

    @contextlib.asynccontextmanager
    async def open(
        self, database: TargetDatabase, *, compressed: bool = False
    ) -> AsyncIterator[tuple[Tunnel, Connection]]:
        """The tunnel and the connection to its local end; the tunnel knows whether it broke."""
        credential, url = await self._databases.credential(database)
        # Made as succeeded: it only opens a door, and the official client does the same.
        operation = await self._api.post(
            OperationShape,
            f"/database_credentials/{credential}/operations",
            {"type": "tunnel", "status": "succeeded"},
            reads=True,
        )
        record = await self._api.get(DatabaseShape, f"/databases/{database.id}")
        login, portal = await self._sign_in.login(operation, record)
        socket = portal.ssh_port_forward_socket
        if not socket:
            raise OutsideError(
                f"Aptible offers no tunnel to {database.handle}",
                f"its status is {database.status}",
                "a database has to be provisioned; the token's user needs the permission tunnel",
            )
        async with open_tunnel(
            login, socket, program=self._program, compressed=compressed
        ) as tunnel:
            yield tunnel, _connection(url, tunnel.port)

    @contextlib.asynccontextmanager
    async def connection(
        self,
        database: TargetDatabase,
        on_broken: Callable[[str], None] | None = None,
        route: Route = ONE_TUNNEL,
    ) -> AsyncIterator[Connection]:
        """The connection alone, by as many tunnels as `route` says, each an operation of its own.

        Raises OutsideError on leaving when one of them broke meanwhile.
        """
        async with contextlib.AsyncExitStack() as opened:
            tunnels: list[Tunnel] = []
            found: list[Connection] = []
            for _ in range(max(1, route.tunnels)):
                tunnel, connection = await opened.enter_async_context(
                    self.open(database, compressed=route.compressed)
                )
                tunnel.on_broken = on_broken
                tunnels.append(tunnel)
                found.append(connection)
            more = tuple(connection.port for connection in found[1:])
            try:
                yield found[0].model_copy(update={"more_ports": more})
            except Exception as error:
                why = await _first_broken(tunnels, _REPORT_ON_ITS_WAY)
                if why:
                    raise _broke(database, why) from error
                raise
            why = await _first_broken(tunnels, 0.1)
            if why:
                raise _broke(database, why)

    async def follow(self, app: TargetApp, on_line: OnLine) -> None:
        """The lines of an app's containers, as `aptible logs` reads them: an operation `logs`,
        made as succeeded, and a session without a command on it.

        Read in the official client's source, never tried against the real service. Whether a
        session begins with lines from before it is not known; nothing here rests on it.
        """
        import asyncssh

        from providers.ssh.connect import connect

        title = f"the log of {app.handle} cannot be followed"
        try:
            operation = await self._api.post(
                OperationShape,
                f"/apps/{app.id}/operations",
                {"type": "logs", "status": "succeeded"},
                reads=True,
            )
            record = await self._api.get(AppShape, f"/apps/{app.id}")
            login, _portal = await self._sign_in.login(operation, record)
            connection, _ = await connect(login)
        except (LoginFailed, OSError) as error:
            raise OutsideError(title, _shown(str(error)), "try again") from error
        try:
            session = await connection.create_process(
                env=login.environment, encoding=None, request_pty=False, stderr=asyncssh.STDOUT
            )
            session.stdin.write_eof()
            await tell_lines(session.stdout, on_line)
        except (OSError, asyncssh.Error) as error:
            raise OutsideError(title, type(error).__name__, "try again") from error
        finally:
            connection.abort()

    async def run_inside(
        self,
        app: TargetApp,
        script: str,
        arguments: Sequence[str],
        stdin: SecretStr,
        consent: Consent,
    ) -> str:
        """Run a shell script in a throw-away container; its stdout."""
        if stdin.get_secret_value():
            REDACTOR.learn(stdin.get_secret_value())
        command = shlex.join(["sh", "-c", script, "sh", *arguments])
        operation = await self._operations.create(
            f"apps/{app.id}", "execute", {"command": command, "interactive": False}, consent
        )
        record = await self._api.get(AppShape, f"/apps/{app.id}")
        login, _portal = await self._sign_in.login(operation, record)
        title = f"running a script inside {app.handle}"
        try:
            from providers.ssh.session import run_session

            result = await run_session(login, stdin.get_secret_value().encode(), _SESSION_LIMIT)
        except LoginFailed as error:
            raise OutsideError(f"{title}: no session", _shown(str(error)), "try again") from error
        except TimeoutError as error:
            raise OutsideError(
                f"{title}: no end after {_SESSION_LIMIT:.0f} s", "", "try again"
            ) from error
        if result.status != 0:
            said = (result.stderr or result.stdout).decode("utf-8", "replace")
            status = "lost" if result.status is None else f"status {result.status}"
            raise OutsideError(f"{title}: {status}", _tail(said))
        return result.stdout.decode("utf-8", "replace")


async def _first_broken(tunnels: Sequence[Tunnel], seconds: float) -> str | None:
    """Why one of them broke, if a report comes within `seconds`; they are waited for together."""
    said = await asyncio.gather(*(tunnel.broken_within(seconds) for tunnel in tunnels))
    return next((why for why in said if why), None)


def _connection(url: SecretStr, port: int) -> Connection:
    parts = urlsplit(url.get_secret_value())
    password = unquote(parts.password or "")
    REDACTOR.learn(password)
    return Connection(
        host="127.0.0.1",
        port=port,
        database=unquote(parts.path.lstrip("/")),
        user=unquote(parts.username or ""),
        password=SecretStr(password),
        tls="require",
    )


def _broke(database: TargetDatabase, why: str) -> OutsideError:
    return OutsideError(
        f"the tunnel to {database.handle} broke",
        why,
        "what was under way is not complete; start it again",
    )


def _shown(text: str) -> str:
    return REDACTOR.redact(clean(REDACTOR.redact(text), 500))


def _tail(text: str) -> str:
    lines = [_shown(line) for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-_LINES:])
