"""What runs as the app's containers? Real child processes, started again when they crash."""

import asyncio
import contextlib
import os
import re
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from providers import process
from providers.sandbox.peers import Peers

_LISTEN_SECONDS = 15.0
_GRACE_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 10.0
TIMED_OUT = 124


class ContainerFailed(RuntimeError):
    """A container ended, or did not listen on its port, while it was being started."""


@dataclass(eq=False)
class Container:
    """One running process of an app. `env` is its whole configuration, secrets included.

    `pid` and `started` (epoch seconds) change when it crashed and was started again; `restarts`
    counts that. `address` is the one its connections come from, "" for no special one.
    """

    owner: str
    process_type: str
    index: int
    port: int | None
    pid: int
    env: Mapping[str, str]
    command: str
    cwd: Path
    started: float
    restarts: int = 0
    address: str = ""


class Supervisor:
    """Starts, watches and ends containers. `log_folder` gets one file per owner.

    `peers` learn where containers that have an address connect from.
    """

    def __init__(self, log_folder: Path, peers: Peers | None = None) -> None:
        log_folder.mkdir(parents=True, exist_ok=True)
        self._log_folder = log_folder
        self._peers = peers or Peers()
        self._running: dict[Container, process.Child] = {}
        self._watchers: dict[Container, asyncio.Task[None]] = {}

    async def start(
        self,
        owner: str,
        process_type: str,
        index: int,
        command: str,
        env: Mapping[str, str],
        cwd: Path,
        *,
        web: bool,
        address: str = "",
    ) -> Container:
        """Start one container; a web one gets a free port as PORT and is waited for (15 s).

        What it connects to sees `address`, when it has one.

        Heroku injects PORT; Aptible does not, there it comes from the image. That PORT is replaced
        on both is the sandbox's one departure: on loopback, containers have no network of their
        own. Raises ContainerFailed.
        """
        port = free_port() if web else None
        container = Container(
            owner, process_type, index, port, 0, dict(env), command, cwd, time.time()
        )
        container.address = address
        child = await self._spawn(container)
        self._running[container] = child
        try:
            if port is not None:
                await self._wait_until_listening(container, child, port)
        except BaseException:
            self._running.pop(container, None)
            await child.stop(grace=1)
            self._peers.forget(child.pid)
            raise
        self._watchers[container] = asyncio.create_task(self._keep_alive(container, child))
        return container

    async def stop(self, container: Container) -> None:
        """TERM, grace, KILL. Can be repeated."""
        watcher = self._watchers.pop(container, None)
        if watcher is not None:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
        child = self._running.get(container)
        if child is not None:
            await child.stop(_GRACE_SECONDS)
            self._peers.forget(child.pid)
            self._running.pop(container, None)

    async def stop_all(self, owner: str) -> None:
        """End every container of `owner`, all at once."""
        await asyncio.gather(*(self.stop(container) for container in self.running(owner)))

    async def stop_everything(self) -> None:
        """End every container of everybody."""
        await asyncio.gather(*(self.stop(container) for container in list(self._running)))

    def running(self, owner: str) -> list[Container]:
        """The containers of `owner`, also one that is being started again."""
        return [container for container in self._running if container.owner == owner]

    def containers(self) -> list[Container]:
        """Everybody's containers."""
        return list(self._running)

    async def run_once(
        self,
        command: str,
        env: Mapping[str, str],
        cwd: Path,
        stdin: bytes = b"",
        timeout: float = 60,
        on_stderr: process.OnLine | None = None,
    ) -> tuple[int, bytes]:
        """Run a one-off command to its end: exit code and what it printed on standard output.

        Lines of its error stream go to `on_stderr` at once, and to the log `one-off.log`. Ended at
        the timeout, its code is 124.
        """
        try:
            done = await process.run(
                ["/bin/sh", "-c", command],
                env=_environment(env, cwd),
                cwd=cwd,
                stdin=stdin,
                on_stderr=on_stderr,
                deadline=timeout,
            )
        except TimeoutError:
            return TIMED_OUT, b""
        with self.log_file("one-off").open("a") as log:
            log.write(done.stderr + "\n" if done.stderr else "")
        return done.code, done.stdout

    def log_file(self, owner: str) -> Path:
        """Where the containers of `owner` print to."""
        return self._log_folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', owner)}.log"

    async def _spawn(self, container: Container) -> process.Child:
        env = _environment(container.env, container.cwd)
        if container.port is not None:
            env["PORT"] = str(container.port)
        log = os.open(self.log_file(container.owner), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = await process.start(
                ["/bin/sh", "-c", container.command],
                env=env,
                cwd=container.cwd,
                stdout=log,
                stderr=log,
            )
        finally:
            os.close(log)
        if container.address:
            self._peers.admit(child.pid, container.address)
        container.pid, container.started = child.pid, time.time()
        return child

    async def _wait_until_listening(
        self, container: Container, child: process.Child, port: int
    ) -> None:
        name = f"{container.owner} {container.process_type}.{container.index}"
        deadline = time.monotonic() + _LISTEN_SECONDS
        while not await listens(port):
            if child.process.returncode is not None:
                raise ContainerFailed(f"{name} ended with code {child.process.returncode}")
            if time.monotonic() > deadline:
                raise ContainerFailed(f"{name} did not listen on PORT within {_LISTEN_SECONDS:g} s")
            await asyncio.sleep(0.05)

    async def _keep_alive(self, container: Container, child: process.Child) -> None:
        pause = _FIRST_PAUSE
        while True:
            await child.wait()
            self._peers.forget(child.pid)
            if time.time() - container.started > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            child = await self._spawn(container)
            container.restarts += 1
            self._running[container] = child


def free_port() -> int:
    """A loopback TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listens(port: int) -> bool:
    """Does somebody accept connections on loopback `port`?"""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _environment(config: Mapping[str, str], cwd: Path) -> dict[str, str]:
    """A container sees its configuration and little else; `python` is the one we run on."""
    base = {"HOME": str(cwd), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    path = config.get("PATH") or os.environ.get("PATH", os.defpath)
    ours = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), path])}
    return base | {"PYTHONDONTWRITEBYTECODE": "1"} | dict(config) | ours
