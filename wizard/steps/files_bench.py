"""Where proposed files are tried out: the engine, the copy, and what has to be removed again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from wizard.engine.build_context import BuildContext
from wizard.model.file_checks import CheckName, FileCheck, Verdict
from wizard.ports.container_engine import ContainerEngine

Say = Callable[[str], None]


@dataclass
class Bench:
    """`id` begins the name of everything that is made; `base` is the image that the Dockerfile's
    last stage begins with; `values` a person's configuration."""

    engine: ContainerEngine
    context: BuildContext
    id: str
    base: str
    values: Mapping[str, SecretStr]
    say: Say
    images: list[str] = field(default_factory=list)
    _containers: list[str] = field(default_factory=list)
    _made: int = 0

    def new_container(self) -> str:
        """A name nobody else has, removed at the end at the latest."""
        self._made += 1
        self._containers.append(f"{self.id}-{self._made}")
        return self._containers[-1]

    def given(self) -> dict[str, str]:
        """The person's configuration in the clear, for the file that the engine's client reads."""
        return {name: value.get_secret_value() for name, value in self.values.items()}

    async def discard(self, container: str) -> None:
        """End and remove one container; what fails here is tried again at the end."""
        if not await self.engine.remove((container,), ()):
            self._containers.remove(container)

    async def clear(self) -> tuple[str, ...]:
        """Remove all that was made, also while the work is being cancelled; what is left."""
        return await asyncio.shield(self._clear())

    async def _clear(self) -> tuple[str, ...]:
        left = await self.engine.remove(self._containers, self.images)
        return (*left, *await self.engine.close())


def check(
    name: CheckName, verdict: Verdict, what: str, evidence: tuple[str, ...] = (), process: str = ""
) -> FileCheck:
    """One check's outcome."""
    return FileCheck(name=name, verdict=verdict, what=what, evidence=evidence, process=process)
