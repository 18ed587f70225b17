"""What does one container start with? Its command, variables and files, as they are on loopback."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from providers.sandbox.containers.image import ContainerImage
from providers.sandbox.containers.names import Names
from providers.sandbox.containers.root import ContainerRoot

# A name keeps its place in a URL; where it leads is told beside it.
_ON_LOOPBACK = {"PGHOSTADDR": "127.0.0.1", "REDIS_HOSTADDR": "127.0.0.1"}


@dataclass(frozen=True)
class Mounted:
    """A file that the platform puts into a container: an absolute path, content, permissions."""

    path: str
    data: bytes
    mode: int = 0o444


@dataclass(frozen=True)
class Wanted:
    """What a service asks of each of its containers; `volumes` are folders by absolute path."""

    image: ContainerImage
    command: Sequence[str] = ()
    env: Mapping[str, str] | None = None
    files: Sequence[Mounted] = ()
    volumes: Mapping[str, Path] | None = None


@dataclass(frozen=True)
class Launch:
    """Ready for the supervisor."""

    command: str
    env: dict[str, str]
    folder: Path


def launch(wanted: Wanted, folder: Path, names: Names) -> Launch:
    """Make the container's root at `folder`, which must not exist, and say how it is started."""
    image = wanted.image
    root = ContainerRoot.copy_of(image.content, folder)
    for path, volume in (wanted.volumes or {}).items():
        root.mount(volume, path)
    for file in wanted.files:
        root.write(file.path, file.data, file.mode)
    env = {**image.env, **(wanted.env or {})}
    env = {name: names.in_text(root.rewritten(value)) for name, value in env.items()}
    env["TMPDIR"] = str(root.place("/tmp"))  # noqa: S108 - the container's own
    if image.client_tools:
        env["PATH"] = os.pathsep.join([str(names.programs()), "/usr/bin", "/bin"])
    else:
        env = {**_ON_LOOPBACK, **env}
    words = [*image.entrypoint, *(wanted.command or image.command)]
    line = root.rewritten(f"exec {shlex.join(words)}") if words else "exit 1"
    return Launch(line, env, root.place(image.working_dir))
