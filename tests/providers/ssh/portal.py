"""A small SSH server for tests: certificate sign-in, ready line, unix-socket forwarding, git."""

import asyncio
import functools
import os
import tempfile
from pathlib import Path
from typing import Any

import asyncssh

HOST_KEY = asyncssh.generate_private_key("ssh-rsa", key_size=2048)


@functools.cache
def stranger_key() -> asyncssh.SSHKey:
    """The host key of a server that is not ours."""
    return asyncssh.generate_private_key("ssh-rsa", key_size=2048)


class Portal:
    """Written from the facts: portal sessions by certificate, git by ACCESS_TOKEN without a key."""

    def __init__(self, socket: str = "", token: str = "", git_root: Path | None = None) -> None:
        self.socket = socket
        self.token = token
        self.git_root = git_root
        self.ca = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = HOST_KEY if git_root or socket or token else stranger_key()
        self.connections: list[asyncssh.SSHServerConnection] = []
        self.sessions: list[dict[str, Any]] = []
        self.stall = False
        self.ended = asyncio.Event()
        self.ready_line = "tunnel is ready\n"
        self.answer = b""
        self.receive_pack = ["git-receive-pack"]
        self.status = 0

    @property
    def host_key_text(self) -> str:
        return self.host_key.export_public_key().decode().strip()

    def certify(self, public_key: str, principal: str = "portal") -> str:
        certificate = self.ca.generate_user_certificate(
            asyncssh.import_public_key(public_key), "test", principals=[principal]
        )
        return certificate.export_certificate().decode().strip()

    async def start(self) -> None:
        portal = self

        class Server(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                self.conn = conn
                portal.connections.append(conn)

            def connection_lost(self, exc: Exception | None) -> None:
                portal.ended.set()

            def begin_auth(self, username: str) -> bool:
                return username != "root"

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
                return key == portal.ca.convert_to_public()

            def unix_connection_requested(self, dest_path: str) -> Any:
                return dest_path == portal.socket

        self._server = await asyncssh.create_server(
            Server,
            "127.0.0.1",
            0,
            server_host_keys=[self.host_key],
            process_factory=self._session,
            encoding=None,
        )
        self.port = self._server.get_port()

    async def _session(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        token = process.env.get("ACCESS_TOKEN", "")
        note: dict[str, Any] = {
            "token": token,
            "command": process.command,
            "pty": process.term_type,
        }
        self.sessions.append(note)
        if token != self.token:
            process.stderr.write(b"token refused\n")
            process.exit(1)
        elif self.stall:
            await process.wait_closed()
        elif process.command:
            await self._git(process)
        elif self.ready_line:
            process.stdout.write(self.ready_line.encode())
            await process.wait_closed()
        else:
            note["stdin"] = await process.stdin.read()
            process.stdout.write(self.answer)
            process.exit(self.status)

    async def _git(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        program, _, path = (process.command or "").partition(" ")
        assert self.git_root and program in ("git-receive-pack", "git-upload-pack")
        repository = self.git_root / path.strip("'")
        words = self.receive_pack if program == "git-receive-pack" else [program]
        child = await asyncio.create_subprocess_exec(
            *words,
            str(repository),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()},
        )
        assert child.stdin and child.stdout and child.stderr
        feeding = asyncio.create_task(_feed(process.stdin, child.stdin))
        await asyncio.gather(
            _drain(child.stdout, process.stdout), _drain(child.stderr, process.stderr)
        )
        feeding.cancel()
        process.exit(await child.wait())

    def drop(self) -> None:
        for connection in self.connections:
            connection.abort()

    async def stop(self) -> None:
        self.drop()
        self._server.close()
        await self._server.wait_closed()


async def _feed(source: "asyncssh.SSHReader[bytes]", sink: asyncio.StreamWriter) -> None:
    while block := await source.read(65_536):
        sink.write(block)
        await sink.drain()
    sink.close()


async def _drain(source: asyncio.StreamReader, sink: "asyncssh.SSHWriter[bytes]") -> None:
    while block := await source.read(65_536):
        sink.write(block)


async def echo_socket(path: str) -> asyncio.Server:
    """A unix socket that answers every line with the same line."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(serve, path)
