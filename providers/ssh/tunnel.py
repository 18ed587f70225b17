"""A tunnel as the rest of moveday sees it: a local port, and whether it broke meanwhile."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Literal

from providers.ssh.login import Login
from providers.ssh.programs import bare_environment, python_module
from wizard.errors import OutsideError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

Program = Literal["asyncssh", "system"]


class Tunnel:
    """An open tunnel. `port` listens on 127.0.0.1; `pid` is the child that holds it; `on_broken`
    is called with the reason as soon as it breaks."""

    def __init__(self, port: int, child: asyncio.subprocess.Process) -> None:
        self.port = port
        self.pid = child.pid
        self.on_broken: Callable[[str], None] | None = None
        self._child = child
        self._reason: str | None = None
        self._closing = False
        self._news = asyncio.Event()
        self._watcher = asyncio.create_task(self._watch())

    def broken(self) -> str | None:
        """Why the tunnel is no more, in words; None while it holds.

        To a local client a dropped tunnel looks like a clean end of file, so whoever reads through
        it must ask here before believing that the end was the end.
        """
        return self._reason

    async def broken_within(self, seconds: float) -> str | None:
        """Like `broken`, but gives a report that is on its way time to arrive."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        return self._reason

    async def _watch(self) -> None:
        assert self._child.stdout
        while line := await self._child.stdout.readline():
            with contextlib.suppress(ValueError):
                said = str(json.loads(line).get("broken") or "")
                if said and not self._closing:
                    # Known at once: the child's own end may take a while on a busy machine.
                    self._tell(_shown(said))
        await self._child.wait()
        if not self._closing and not self._reason:
            self._tell(f"it ended with status {self._child.returncode}")

    def _tell(self, reason: str) -> None:
        first, self._reason = self._reason is None, reason
        self._news.set()
        if first and self.on_broken is not None:
            self.on_broken(reason)

    async def close(self) -> None:
        """End the tunnel (idempotent)."""
        self._closing = True
        assert self._child.stdin
        self._child.stdin.close()
        try:
            await asyncio.wait_for(self._child.wait(), 8)
        except TimeoutError:
            _kill(self._child)
            await self._child.wait()
        await asyncio.wait({self._watcher})


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()


def _shown(text: str) -> str:
    return REDACTOR.redact(clean(text, 500))


@contextlib.asynccontextmanager
async def open_tunnel(
    login: Login,
    remote_socket: str,
    *,
    program: Program = "asyncssh",
    compressed: bool = False,
    ready_within: float = 60.0,
) -> AsyncIterator[Tunnel]:
    """Open a tunnel to a unix socket over there; it is closed on leaving.

    `compressed`: what goes through is packed, which takes a processor here and there.

    Raises OutsideError when it does not come up within `ready_within` seconds.
    """
    child = await asyncio.create_subprocess_exec(
        *python_module("providers.ssh.tunnel_child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=bare_environment(),
        # A ctrl-c at the terminal is for the parent: it ends the tunnel when it has finished.
        start_new_session=True,
    )
    assert child.stdin and child.stdout and child.stderr
    settings = {
        "login": asdict(login),
        "socket": remote_socket,
        "program": program,
        "compressed": compressed,
    }
    first: dict[str, object] = {}
    try:
        with contextlib.suppress(OSError, ValueError):
            child.stdin.write(json.dumps(settings).encode() + b"\n")
            await child.stdin.drain()
            line = await asyncio.wait_for(child.stdout.readline(), ready_within)
            first = json.loads(line or b"{}")
    except BaseException as error:
        _kill(child)
        await child.wait()
        if isinstance(error, TimeoutError):
            raise _not_up(f"it was not ready after {ready_within:.0f} s") from error
        raise
    if not isinstance(first.get("port"), int):
        _kill(child)
        said = (await child.stderr.read()).decode("utf-8", "replace").strip().splitlines()
        status = await child.wait()
        raise _not_up(str(first.get("failed") or (said or [f"it ended with status {status}"])[-1]))
    tunnel = Tunnel(int(str(first["port"])), child)
    try:
        yield tunnel
    finally:
        await tunnel.close()


def _not_up(why: str) -> OutsideError:
    return OutsideError(
        "the SSH tunnel did not come up",
        _shown(why),
        "try again; a firewall that closes outgoing SSH is the usual cause",
    )
