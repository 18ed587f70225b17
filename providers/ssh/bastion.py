"""To a database behind a bastion, by the system's ssh and what the person has set up for it.

Unlike a tunnel to Aptible this one uses the person's own configuration, keys and known hosts:
whoever can say `ssh NAME` gets through. It asks nothing: a key with a passphrase has to be in an
agent, and an unknown host is refused. An ssh that ends is started again, as long as it is needed.
"""

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator

from providers import process
from wizard.errors import MachineError, OutsideError, UsageError
from wizard.model.database import Connection
from wizard.model.routes import Route
from wizard.safety.clean import clean

_READY_WITHIN = 30.0
_LOOK_EVERY = 0.05
_TRY_AGAIN_AFTER = 0.5
_OPTIONS = (
    "BatchMode=yes",
    "ExitOnForwardFailure=yes",
    "ControlMaster=no",
    "ControlPath=none",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
    "LogLevel=ERROR",
)


@contextlib.asynccontextmanager
async def through_bastion(
    name: str, connection: Connection, route: Route
) -> AsyncIterator[Connection]:
    """`connection` as it is reached through `route.tunnels` connections of `ssh name`.

    Its host stays what the certificate is checked against. OutsideError when ssh does not get in.
    """
    if not name or name.startswith("-") or any(char.isspace() for char in name):
        raise UsageError(f"{clean(name, 60)!r} is no name for ssh", "", "say what `ssh` takes")
    if shutil.which("ssh") is None:
        raise MachineError("there is no ssh program on this machine", "", "install OpenSSH")
    async with contextlib.AsyncExitStack() as opened:
        ports = [
            await opened.enter_async_context(_forwarded(name, connection, route.compressed))
            for _ in range(max(1, route.tunnels))
        ]
        yield connection.model_copy(
            update={"address": "127.0.0.1", "port": ports[0], "more_ports": tuple(ports[1:])}
        )


@contextlib.asynccontextmanager
async def _forwarded(name: str, to: Connection, compressed: bool) -> AsyncIterator[int]:
    port = _free_port()
    command = ["ssh", "-N", "-T", "-o", f"Compression={'yes' if compressed else 'no'}"]
    for option in _OPTIONS:
        command += ["-o", option]
    host = f"[{to.host}]" if ":" in to.host else to.host
    command += ["-L", f"127.0.0.1:{port}:{host}:{to.port}", "--", name]
    running = [await _open(name, command, port)]

    async def open_again() -> None:
        # On the same port: whoever reads through it finds its line again.
        while True:
            await running[0].wait()
            await asyncio.sleep(_TRY_AGAIN_AFTER)
            with contextlib.suppress(OutsideError, MachineError):
                running[0] = await _open(name, command, port)

    keeper = asyncio.create_task(open_again())
    try:
        yield port
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await asyncio.shield(running[0].stop(grace=2.0))


async def _open(name: str, command: list[str], port: int) -> process.Child:
    """ssh, signed in and listening. OutsideError when it does not get there."""
    agent = {key: os.environ[key] for key in ("SSH_AUTH_SOCK",) if key in os.environ}
    child = await process.start(command, env=process.environment(agent), stdout=False)
    try:
        async with asyncio.timeout(_READY_WITHIN):
            await _listening(child, port)
    except TimeoutError:
        await asyncio.shield(child.stop(grace=0))
        raise _not_in(name, f"it was not ready after {_READY_WITHIN:.0f} s") from None
    except _Ended:
        await child.wait()
        said = clean(child.last_lines.rpartition("\n")[2], 300)
        raise _not_in(name, said or "ssh ended without a word") from None
    except BaseException:
        await asyncio.shield(child.stop(grace=0))
        raise
    return child


class _Ended(Exception):
    """ssh has ended before its port was there."""


async def _listening(child: process.Child, port: int) -> None:
    """Until somebody listens on the port: ssh does so once it is signed in."""
    while True:
        if child.process.returncode is not None:
            raise _Ended
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(_LOOK_EVERY)


def _not_in(name: str, why: str) -> OutsideError:
    return OutsideError(
        f"ssh does not get to {clean(name, 100)}",
        why,
        f"`ssh {clean(name, 100)}` has to work without a question: key in an agent, host known",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
