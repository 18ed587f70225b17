"""A container engine on this machine: builds images, starts containers, looks into both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wizard.model.container import (
    Boot,
    Built,
    ContainerState,
    ImageFacts,
    LayerSearch,
    LintFinding,
    Ran,
)

OnLine = Callable[[str], None]


class ContainerEngine(Protocol):
    """Everything that is made carries moveday's label and a random name; `remove` and `close`
    end it.

    Every call has a deadline and then raises OutsideError; `build` and `run` raise TimeoutError at
    theirs. MachineError when the client is not there. Text in answers is from outside: clean and
    redact it before it is shown.
    """

    async def version(self) -> str:
        """The engine's version. MachineError with the reason when none answers here.

        An engine on another machine counts as none: the checkout is not sent there.
        """
        ...

    async def lint(self, context: Path) -> tuple[LintFinding, ...]:
        """What the engine's own build checks say. OutsideError when they cannot be had."""
        ...

    async def build(self, context: Path, image: str, on_line: OnLine, deadline: float) -> Built:
        """Build `context`. Raises TimeoutError after `deadline` seconds."""
        ...

    async def image(self, image: str) -> ImageFacts: ...

    async def start(self, name: str, boot: Boot) -> Ran:
        """Start a container in the background; code 0 when the engine took it."""
        ...

    async def state(self, name: str) -> ContainerState: ...

    async def logs(self, name: str, lines: int) -> str:
        """The last lines it printed."""
        ...

    async def ask(self, name: str, port: str) -> str:
        """GET / with Aptible's Host header, from loopback: the status line, "" for no answer."""
        ...

    async def listening(self, name: str) -> tuple[str, ...]:
        """The addresses (`host:port`) it listens on; () when that cannot be seen."""
        ...

    async def changes(self, name: str) -> tuple[str, ...]:
        """Paths that were written or removed in the container since it was made."""
        ...

    async def terminate(self, name: str, within: float) -> float | None:
        """Send SIGTERM; the seconds until it had ended, None when it had not after `within`."""
        ...

    async def run(self, image: str, script: str, deadline: float) -> Ran:
        """Run a shell script as root in a new container without a network."""
        ...

    async def search(self, image: str, base: str, value: str) -> LayerSearch:
        """Look through layers and settings for `value` and for files of secrets.

        The layers of `base`, which the image begins with, are left out: nobody's secrets.
        """
        ...

    async def remove(self, containers: Sequence[str], images: Sequence[str]) -> tuple[str, ...]:
        """Remove all of these, whatever their state; what could not be removed, in words."""
        ...

    async def close(self) -> tuple[str, ...]:
        """Remove what was made beside containers and images; what could not be, in words."""
        ...


class DockerfileLinter(Protocol):
    """A judge of Dockerfiles that needs no engine."""

    async def lint(self, text: str) -> tuple[LintFinding, ...]:
        """What is wrong with this Dockerfile. Raises OutsideError when it cannot be told."""
        ...


@dataclass(frozen=True)
class FileJudges:
    """The judges there are; one that is None has its reason."""

    engine: ContainerEngine | None
    no_engine: str
    linter: DockerfileLinter | None
    no_linter: str
