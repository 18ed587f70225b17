"""Facts of a container platform: what a project's services open, mount, name and ask for."""

import re
from typing import Literal

from wizard.model.frozen import Frozen

LedTo = Literal["app", "database", "proxy", "mail"]
"""What a host name inside a project may lead to."""
Holds = Literal[
    "",
    "code",
    "file",
    "absent",
    "outside",
    "engine",
    "host",
    "cache",
    "clock",
    "memory",
    "developers",
]
"""What a thing mounted is seen to hold."""


class AppGroup(Frozen):
    """Services that run the same image: one app. `build` is the folder it is built from.

    `target` is the stage of its Dockerfile, `stages` are all that it has, by name; `inline`: the
    project's file holds the Dockerfile. `image` "" when only `build` is said; `known` is false when
    the image's name is a variable without a value. `args` are names of arguments that its build
    takes; `absent` is the folder or Dockerfile that it is built from and that is not there;
    `commanded`: its Dockerfile names its command.
    """

    name: str
    image: str = ""
    build: str = ""
    dockerfile: str = ""
    target: str = ""
    stages: tuple[str, ...] = ()
    inline: bool = False
    args: tuple[str, ...] = ()
    absent: str = ""
    commanded: bool = False
    processes: tuple[str, ...] = ()
    known: bool = True
    where: str


class Entry(Frozen):
    """A port that is open to the outside; None when a proxy leads there and no file tells it.

    `local`: on the machine itself only; `proxied`: it is no published port, a proxy leads there.
    `speaks`: the protocol that the proxy speaks to it, "" for HTTP. `to_https`: all that it answers
    is where TLS is.
    """

    process: str
    app: str
    port: int | None
    published: int | None = None
    protocol: str = "tcp"
    local: bool = False
    proxied: bool = False
    speaks: str = ""
    to_https: bool = False
    where: str


class Volume(Frozen):
    """Something mounted into services. `holds`: what it is seen to hold, "" when nobody can know.

    "code" is the app's own folder, "file" a file of the project, "engine" the container engine's
    socket, "host" a folder of the host's system, "cache" packages that the image holds too,
    "clock" the host's time, "memory" is gone with the container, "developers" are reports of tests
    and settings of tools in a person's own folder. "absent" is a file or folder of
    the project that is not there, "outside" one of the host that is no part of the project.
    `at_most`: bytes used on the disk that it lies on, None when nobody has looked. `proxies` are
    proxies that share it, which are not carried over.

    `places`: every service with where it sees it. Of a "file" (also a folder): `secrets` are paths
    in it where a key or a password stands, `names` other services that are named in it.
    """

    name: str
    target: str
    processes: tuple[str, ...]
    places: tuple[tuple[str, str], ...] = ()
    proxies: tuple[str, ...] = ()
    read_only: bool = False
    holds: Holds = ""
    secrets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    at_most: int | None = None
    where: str


class MountedFile(Frozen):
    """A secret or config that services read as a file, or a file of variables.

    `variable` names the path (DB_PASSWORD_FILE). `known`: its content was there to be read.
    `mode` as chmod takes it; `uid` and `gid` "" for root's. `source`: the path of a file that is
    mounted as it is, "" for what the project names as a secret or config. `names`: other services
    that its content names, so that it is another one on the new side. `binary`: no variable can
    hold it as it is, so base64 stands in its place.
    """

    name: str
    kind: Literal["secret", "config", "variables"]
    app: str
    source: str = ""
    names: tuple[str, ...] = ()
    binary: bool = False
    target: str = ""
    variable: str = ""
    known: bool = False
    mode: int = 0o444
    uid: str = ""
    gid: str = ""
    where: str

    @property
    def holder(self) -> str:
        """The variable that holds its content where a platform mounts no files."""
        plain = self.variable.removesuffix("_FILE")
        if plain and plain != self.variable:
            return plain
        name = re.sub(r"[^A-Za-z0-9_]", "_", self.name).upper()
        return f"FILE_{name}" if not name or name[0].isdigit() else name


Part = Literal["address", "user", "password", "name", "port", "TLS", "TLS setting", "page"]
"""What of the way to a service a variable holds; TLS: that there is none on the way; the last two
of a mail relay only."""


class Reference(Frozen):
    """What leads to another service, in a variable, or ("" for `variable`) in a command.

    `part` is what stands there: its address, or what lets one in at a database. `other`: it means
    another database on a server than most of the project does, called by the first app and variable
    that name it. `alone`: what of the way in has no variable beside this address. `perhaps` is why
    it may lead there, where that is not certain.
    """

    app: str
    variable: str
    process: str = ""
    to: str
    to_kind: LedTo
    part: Part = "address"
    port: int | None = None
    other: str = ""
    alone: tuple[str, ...] = ()
    perhaps: str = ""
    where: str

    @property
    def question_id(self) -> str:
        """What is asked where it may lead there."""
        return f"leads/{self.app}/{self.variable}"


class OwnAddress(Frozen):
    """A variable with an address of the machine itself; in a container that is the container.

    `to`: the service that opens this port on the machine, "" when none does. `own`: it is the
    service's own name in its project, "" for localhost.
    """

    app: str
    variable: str
    port: int | None = None
    to: str = ""
    own: str = ""
    where: str


Left = Literal["", "tool", "profile", "none", "tls"]
"""Why a service of the project does not come along; "" for a host that is none of them."""


class LostHost(Frozen):
    """A host of one word in a variable, which leads nowhere on the new side."""

    app: str
    variable: str
    host: str
    left: Left = ""
    where: str


class PlatformWish(Frozen):
    """Something that a service asks of its platform. `kind` decides what becomes of it."""

    kind: str
    process: str
    value: str = ""
    where: str
