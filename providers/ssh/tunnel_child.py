"""The tunnel itself, as a child process: settings as one JSON line on stdin, reports on stdout.

Reports are JSON lines: `{"port": N}` when ready, then at most one `{"failed": …}` or
`{"broken": …}`. It ends when its stdin ends, so it cannot outlive its parent. A process of its
own, because it encrypts at full speed and because a dropped tunnel must be told apart from a clean
end of file.
"""

import asyncio
import contextlib
import json
import sys
from typing import Any

import asyncssh

from providers.ssh.connect import connect
from providers.ssh.login import Login, LoginFailed
from providers.ssh.system_ssh import SystemTunnel

CLOSED, FAILED, BROKEN = 0, 70, 71
REMOTE_TIMEOUT = 124


def report(**facts: object) -> None:
    """One line for the parent; a parent that is gone hears nothing."""
    with contextlib.suppress(OSError):
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


class LibraryTunnel:
    """A tunnel made with asyncssh: session for the ready line, loopback port to a remote socket."""

    def __init__(self, login: Login, socket: str, *, compressed: bool) -> None:
        self._login = login
        self._compressed = compressed
        self._socket = socket
        self._gone = asyncio.Event()

    async def open(self) -> int:
        """The local port, once the server said that the tunnel is ready."""
        login = self._login
        self._connection, self._client = await connect(login, compressed=self._compressed)
        self._client.on_lost = self._gone.set
        if self._client.lost:
            self._gone.set()
        try:
            # stdin closed, as the official client does.
            self._session = await self._connection.create_process(
                env=login.environment,
                stdin=asyncssh.DEVNULL,
                request_pty="force" if login.pty else False,
            )
            line = await self._session.stdout.readline()
            if not line:
                why = await self._session.stderr.read(4_000)
                raise LoginFailed(str(why).strip() or "the server closed the session")
            listener = await self._connection.forward_local_port_to_path(
                "127.0.0.1", 0, self._socket
            )
        except (OSError, asyncssh.Error) as error:
            raise LoginFailed(str(error) or type(error).__name__) from error
        return int(listener.get_port())

    async def gone(self) -> str:
        """Wait until the tunnel is no more; why, in words."""
        ended = asyncio.create_task(self._session.wait())
        lost = asyncio.create_task(self._gone.wait())
        await asyncio.wait({ended, lost}, return_when=asyncio.FIRST_COMPLETED)
        lost.cancel()
        if ended.done() and not ended.exception() and ended.result().exit_status is not None:
            status = ended.result().exit_status
            if status == REMOTE_TIMEOUT:
                return "the tunnel reached its time limit"
            return f"the server ended the tunnel (status {status})"
        ended.cancel()
        return self._client.lost or "the server ended the session"

    async def close(self) -> None:
        """End it at once; forwarded connections see an end of file."""
        self._connection.abort()


async def serve(settings: dict[str, Any], stdin: asyncio.StreamReader) -> int:
    """Open the tunnel and hold it until the parent lets go or the other side does."""
    login = Login.from_json(settings["login"])
    kind = SystemTunnel if settings.get("program") == "system" else LibraryTunnel
    tunnel = kind(login, settings["socket"], compressed=bool(settings.get("compressed")))
    parent = asyncio.create_task(stdin.read())
    opening = asyncio.create_task(tunnel.open())
    await asyncio.wait({parent, opening}, return_when=asyncio.FIRST_COMPLETED)
    if not opening.done():
        opening.cancel()
        return CLOSED
    try:
        port = opening.result()
    except (LoginFailed, ValueError, asyncssh.KeyImportError) as error:
        report(failed=str(error))
        return FAILED
    report(port=port)
    gone = asyncio.create_task(tunnel.gone())
    await asyncio.wait({parent, gone}, return_when=asyncio.FIRST_COMPLETED)
    if gone.done():
        report(broken=gone.result())
        return BROKEN
    gone.cancel()
    await tunnel.close()
    return CLOSED


async def main() -> int:
    """Read the settings, serve, and say how it ended."""
    stdin = await _stdin()
    line = await stdin.readline()
    return await serve(json.loads(line), stdin) if line else CLOSED


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
