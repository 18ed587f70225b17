"""What runs as the app's containers? Real child processes, started again when they crash."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Container:
    """One running process of an app. `env` is its whole configuration, secrets included."""

    owner: str
    process_type: str
    index: int
    port: int | None
    pid: int
    env: Mapping[str, str]
    command: str
    cwd: Path
    started: float


class Supervisor:
    """Starts, watches and ends containers. `log_folder` gets one file per owner."""

    def __init__(self, log_folder: Path) -> None:
        self._log_folder = log_folder
        self._running: list[Container] = []

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
    ) -> Container:
        """Start one container; a web one gets a free port as PORT and is waited for (15 s)."""
        raise NotImplementedError

    async def stop(self, container: Container) -> None:
        """TERM, grace, KILL."""

    async def stop_all(self, owner: str) -> None:
        """End every container of `owner`."""

    def running(self, owner: str) -> list[Container]:
        """The containers of `owner` that run now."""
        return [container for container in self._running if container.owner == owner]

    async def run_once(
        self,
        command: str,
        env: Mapping[str, str],
        cwd: Path,
        stdin: bytes = b"",
        timeout: float = 60,
    ) -> tuple[int, bytes]:
        """Run a one-off command to its end: exit code and what it printed on standard output."""
        raise NotImplementedError
