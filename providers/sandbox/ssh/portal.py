"""What does a session on the SSH portal do? Tunnel, one-off command, or an operation's live log."""

import asyncio

import asyncssh

from providers.sandbox.aptible.databases import Databases
from providers.sandbox.aptible.hal import ApiError
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.portal_sign_in import PortalSignIn
from providers.sandbox.aptible.records import Operation, SshConnection
from providers.sandbox.aptible.releases import Releases
from providers.sandbox.aptible.runner import Runner

_CHUNK = 262144
_LOOK_AT_LOG = 0.2


class Portal:
    """Sessions are judged by a certificate for one operation, and by the access token."""

    def __init__(
        self,
        platform: Platform,
        runner: Runner,
        releases: Releases,
        databases: Databases,
        sign_in: PortalSignIn,
    ) -> None:
        self._platform = platform
        self._runner = runner
        self._releases = releases
        self._databases = databases
        self.sign_in = sign_in

    async def serve(
        self,
        process: "asyncssh.SSHServerProcess[bytes]",
        connection: SshConnection,
        tunnel_open: asyncio.Event,
    ) -> None:
        """One session; `tunnel_open` is set when forwarding may begin."""
        operation = connection.operation
        if not self._token_is_good(process):
            process.stderr.write(b"Access denied\n")
            process.exit(1)
        elif operation.type == "tunnel":
            tunnel_open.set()
            process.stdout.write(b"Tunnel ready\n")
            self._platform.note("tunnel", operation=operation.id)
            await process.channel.wait_closed()
        elif operation.type == "execute":
            process.exit(await self._execute(process, operation))
        elif operation.type == "logs":
            await self._follow_containers(process, operation)
        else:
            async for line in self._runner.follow(operation):
                process.stdout.write(line.encode() + b"\n")
            process.exit(0 if operation.status == "succeeded" else 1)

    async def forward(
        self,
        connection: SshConnection,
        ssh: asyncssh.SSHServerConnection,
        reader: "asyncssh.SSHReader[bytes]",
        writer: "asyncssh.SSHWriter[bytes]",
    ) -> None:
        """Relay one forwarded channel to the database's TLS port."""
        state = self._platform.state
        credential = state.database_credentials.get(connection.operation.resource_id)
        if credential is None:
            writer.close()
            return
        try:
            inner_reader, inner_writer = await asyncio.open_connection(
                "127.0.0.1", self._databases.port_of(credential), limit=_CHUNK
            )
        except OSError:
            writer.close()
            return
        fault = self._platform.ground.faults.take("aptible.tunnel-drop")
        budget = Budget(None if fault is None else int(str(fault.get("after_bytes", 0))), ssh)
        await asyncio.gather(
            _pump_in(reader, inner_writer, budget), _pump_out(inner_reader, writer, budget)
        )

    async def _execute(
        self, process: "asyncssh.SSHServerProcess[bytes]", operation: Operation
    ) -> int:
        state = self._platform.state
        app = state.apps.get(operation.resource_id)
        release = self._releases.current(app) if app else None
        if app is None or release is None:
            process.stderr.write(b"The app was never deployed\n")
            return 1
        stdin = await process.stdin.read()
        command = str(operation.body.get("command") or "/bin/sh")

        def show(line: str) -> None:
            process.stderr.write(line.encode() + b"\n")

        # There is no pty here, so the two streams stay apart, as they do through `docker exec`.
        code, output = await self._releases.run_once(
            app, release, command, stdin, show, person=True
        )
        process.stdout.write(output)
        await process.stdout.drain()
        self._platform.note("execute", app=app.handle, operation=operation.id, exit_code=code)
        return code

    async def _follow_containers(
        self, process: "asyncssh.SSHServerProcess[bytes]", operation: Operation
    ) -> None:
        """What an app's containers print from now on, until the app or the session goes."""
        state, owner = self._platform.state, self._releases.owner(operation.resource_id)
        log = self._platform.ground.supervisor.log_file(owner)
        seen = log.stat().st_size if log.exists() else 0
        self._platform.note("logs", operation=operation.id)
        while operation.resource_id in state.apps and not process.channel.is_closing():
            if log.exists() and log.stat().st_size > seen:
                with log.open("rb") as file:
                    file.seek(seen)
                    data = file.read(_CHUNK)
                seen += len(data)
                process.stdout.write(data)
                await process.stdout.drain()
            else:
                await asyncio.sleep(_LOOK_AT_LOG)
        process.exit(0)

    def _token_is_good(self, process: "asyncssh.SSHServerProcess[bytes]") -> bool:
        if not self._platform.switches.portal_wants_token:
            return True
        try:
            self._platform.auth.tokens.judge(process.env.get("ACCESS_TOKEN", ""))
        except ApiError:
            return False
        return True


class Budget:
    """Cuts the whole connection once `limit` bytes went through; None never cuts."""

    def __init__(self, limit: int | None, ssh: asyncssh.SSHServerConnection) -> None:
        self._left = limit
        self._ssh = ssh

    def spend(self, amount: int) -> None:
        """Count bytes of either direction."""
        if self._left is None:
            return
        self._left -= amount
        if self._left < 0:
            self._ssh.abort()


async def _pump_in(
    reader: "asyncssh.SSHReader[bytes]", writer: asyncio.StreamWriter, budget: Budget
) -> None:
    try:
        while data := await reader.read(_CHUNK):
            budget.spend(len(data))
            writer.write(data)
            await writer.drain()
    except (OSError, asyncssh.Error):
        pass  # either end may go at any time
    finally:
        writer.close()


async def _pump_out(
    reader: asyncio.StreamReader, writer: "asyncssh.SSHWriter[bytes]", budget: Budget
) -> None:
    try:
        while data := await reader.read(_CHUNK):
            budget.spend(len(data))
            writer.write(data)
            await writer.drain()
    except (OSError, asyncssh.Error):
        pass  # either end may go at any time
    finally:
        writer.close()
