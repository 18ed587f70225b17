"""What a container engine tells about images and containers, in the words the checks need."""

from typing import Literal

from wizard.model.frozen import Frozen


class Built(Frozen):
    """How a build ended: `code` 0 is well; `log` the end of what it printed, outside text."""

    code: int
    log: str


class ImageFacts(Frozen):
    """An image's settings. `ports` as in EXPOSE, without the protocol; `env` name → value."""

    user: str
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    env: dict[str, str]
    ports: tuple[str, ...]
    folder: str
    architecture: str


class Boot(Frozen):
    """How to start a container. `command` () means the image's own.

    `env_file` is a file of NAME=value lines for the engine's client, "" for none; `publish` the
    container's port to reach from loopback, "" for none; `writable` are folders that stay writable
    (in memory, empty at first) with `read_only`.
    """

    image: str
    command: tuple[str, ...] = ()
    env_file: str = ""
    publish: str = ""
    read_only: bool = False
    writable: tuple[str, ...] = ()


class ContainerState(Frozen):
    """`code` is the exit code once it has ended; `out_of_memory`: the kernel ended it."""

    running: bool
    code: int = 0
    out_of_memory: bool = False


class Ran(Frozen):
    """A short command's end: exit code and what it printed on both streams, outside text."""

    code: int
    output: str


class LayerFind(Frozen):
    """Something in a layer that must not be there; "value": a planted value of the configuration.

    `path` is inside the image.
    """

    kind: Literal["value", "aptible-env", "git", "key"]
    path: str


class LayerSearch(Frozen):
    """What the layers hold. `unread` names what could not be looked into, and why."""

    finds: tuple[LayerFind, ...]
    unread: tuple[str, ...] = ()


class LintFinding(Frozen):
    """One remark of a judge of Dockerfiles. `level` as the judge words it."""

    rule: str
    level: str
    line: int
    text: str
