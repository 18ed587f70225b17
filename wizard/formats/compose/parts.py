"""Ports, mounts, secrets, configs and health checks of a service, in their short and long forms."""

import re
from dataclasses import dataclass
from typing import Literal

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree
from wizard.formats.compose.values import command_of, items_of, number_of, text_of, truth

_PORT = re.compile(
    r"^(?:(?P<host>\[[0-9a-fA-F:]*\]|[^:\[\]]*):)??(?:(?P<published>[0-9]*(?:-[0-9]+)?):)?"
    r"(?P<target>[0-9]+(?:-[0-9]+)?)(?:/(?P<protocol>[a-z]+))?$"
)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|µs|ms|s|m|h)")
_SECONDS = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_MOST_PORTS = 32


@dataclass(frozen=True)
class PortLine:
    """A published port. `target` inside the container, `published` outside (None: any).

    `mode` "host": on the node itself, past the routing mesh.
    """

    target: int
    published: int | None
    protocol: str
    address: str
    place: Place
    mode: str = ""


@dataclass(frozen=True)
class Mount:
    """Something mounted. `source` "" for an anonymous volume.

    `used`: bytes used on the disk it lies on, where somebody has looked; it holds at most that.
    """

    kind: Literal["volume", "bind", "tmpfs", "other"]
    source: str
    target: str
    read_only: bool
    place: Place
    used: int | None = None


@dataclass(frozen=True)
class Used:
    """A secret or config as a service uses it; `target` where its file lies.

    `mode` as chmod takes it, None when not said (then 0444); `uid` and `gid` "" when not said.
    """

    name: str
    target: str
    place: Place
    mode: int | None = None
    uid: str = ""
    gid: str = ""


@dataclass(frozen=True)
class ServedName:
    """A host name that leads to a service; `port` inside the container, None when not told."""

    name: str
    port: int | None
    place: Place


@dataclass(frozen=True)
class Health:
    """How a container is asked whether it is well; seconds, None when not said."""

    test: str
    off: bool
    start_seconds: float | None
    place: Place
    interval_seconds: float | None = None
    timeout_seconds: float | None = None
    retries: int | None = None


def ports_of(tree: Tree | None) -> tuple[PortLine, ...]:
    """Every published port; a range becomes as many."""
    found: list[PortLine] = []
    for item in items_of(tree, "ports"):
        if isinstance(item, Fields):
            found += _long_port(item)
        else:
            found += _short_port(item)
    return tuple(found)


def _long_port(item: Fields) -> list[PortLine]:
    target, published = text_of(item.get("target")), text_of(item.get("published"))
    if not target.isdigit():
        raise item.place.wrong(f"target must be a port, not “{target}”")
    return [
        PortLine(
            target=_port(target, item.place),
            published=int(published) if published.isdigit() else None,
            protocol=text_of(item.get("protocol")) or "tcp",
            address=text_of(item.get("host_ip")),
            place=item.place,
            mode=text_of(item.get("mode")),
        )
    ]


def _short_port(item: Tree) -> list[PortLine]:
    written = text_of(item).strip()
    if isinstance(item, Text) and item.unset:
        # The outside port is often a variable; the one inside is what counts.
        written = re.sub(r"^[^/]*:(?=[0-9]+(?:/|$))", "", written)
        if not re.match(r"^[0-9]", written):
            return []
    found = _PORT.match(written)
    if found is None:
        raise item.place.wrong(f"“{written}” is no port such as 8080:80")
    inside = _range(found["target"], item.place)
    outside = _range(found["published"], item.place) if found["published"] else []
    address = (found["host"] or "").strip("[]")
    return [
        PortLine(
            target=port,
            published=outside[number] if number < len(outside) else None,
            protocol=found["protocol"] or "tcp",
            address=address,
            place=item.place,
        )
        for number, port in enumerate(inside)
    ]


def _range(written: str, place: Place) -> list[int]:
    first, _, last = written.partition("-")
    start, end = _port(first or "0", place), _port(last or first or "0", place)
    if end < start:
        raise place.wrong(f"“{written}” runs backwards")
    return list(range(start, min(end, start + _MOST_PORTS - 1) + 1))


def _port(written: str, place: Place) -> int:
    if len(written) > 5 or int(written) > 65_535:
        raise place.wrong(f"{written} is no port: 65535 is the highest")
    return int(written)


def mounts_of(tree: Tree | None) -> tuple[Mount, ...]:
    """Every volume, bind and tmpfs."""
    found = []
    for item in items_of(tree, "volumes"):
        if isinstance(item, Fields):
            kind = text_of(item.get("type")) or "volume"
            found.append(
                Mount(
                    kind=kind if kind in ("volume", "bind", "tmpfs") else "other",  # type: ignore[arg-type]
                    source=text_of(item.get("source")) or text_of(item.get("src")),
                    target=text_of(item.get("target")) or text_of(item.get("dst")),
                    read_only=truth(item.get("read_only")),
                    place=item.place,
                )
            )
        elif isinstance(item, Text):
            found.append(_short_mount(item))
    return tuple(found)


def _short_mount(item: Text) -> Mount:
    written = item.value.strip()
    drive = re.match(r"^[A-Za-z]:(?:\\|/.*:/)", written)
    head = written[:2] if drive else ""
    source, sign, rest = written[len(head) :].partition(":")
    source = head + source
    if item.unset == ("PWD",) and source.startswith("/"):
        # Where Compose is started, as good as always: in the project's own folder.
        source = f".{source}"
    if not sign:
        return Mount("volume", "", source, False, item.place)
    target, _, options = rest.partition(":")
    # A variable in front that is not known is nearly always a folder of the host.
    bind = source.startswith((".", "/", "~")) or bool(drive) or (bool(item.unset) and "/" in source)
    bind = bind or (bool(item.unset) and not source)
    return Mount(
        kind="bind" if bind else "volume",
        source=source or ("?" if item.unset else ""),
        target=target,
        read_only="ro" in options.split(","),
        place=item.place,
    )


def used_of(tree: Tree | None, what: str) -> tuple[Used, ...]:
    """The secrets or configs a service uses."""
    folder = "/run/secrets/" if what == "secrets" else "/"
    found = []
    for item in items_of(tree, what):
        name = text_of(item.get("source")) if isinstance(item, Fields) else text_of(item)
        target = text_of(item.get("target")) if isinstance(item, Fields) else ""
        place = target if target.startswith("/") else folder + (target or name)
        long = item if isinstance(item, Fields) else None
        found.append(
            Used(
                name,
                place,
                item.place,
                _mode(long.get("mode")) if long else None,
                text_of(long.get("uid")) if long else "",
                text_of(long.get("gid")) if long else "",
            )
        )
    return tuple(found)


def _mode(tree: Tree | None) -> int | None:
    """A file's mode: 0440 and 0o440 count to the base of 8, 288 does not, as YAML has it."""
    written = text_of(tree).strip().lower()
    if not re.fullmatch(r"0o?[0-7]{1,4}|[1-9]\d{0,4}", written):
        return None
    mode = int(written.replace("o", ""), 8) if written.startswith("0") else int(written)
    return mode if mode <= 0o7777 else None


def health_of(tree: Tree | None) -> Health | None:
    """The health check; None when the image's own counts."""
    if not isinstance(tree, Fields):
        return None
    test = tree.get("test")
    command = command_of(test, "test")
    if isinstance(test, Items) and test.items:
        first = text_of(test.items[0])
        rest = Items(test.items[1:], test.place)
        if first == "CMD-SHELL":
            command = " ".join(text_of(item) for item in rest.items)
        elif first == "CMD":
            command = command_of(rest, "test")
        elif first == "NONE":
            command = ""
    off = truth(tree.get("disable")) or (command.strip() == "" and test is not None)
    start = seconds_of(tree.get("start_period"))
    return Health(
        "" if off else command,
        off,
        start,
        tree.place,
        seconds_of(tree.get("interval")),
        seconds_of(tree.get("timeout")),
        number_of(tree.get("retries"), "retries"),
    )


def seconds_of(tree: Tree | None) -> float | None:
    """A duration such as 1m30s, in seconds; None when none is given or it is a variable."""
    written = text_of(tree).strip()
    if not isinstance(tree, Text) or not written or tree.unset:
        return None
    if written == "0":
        return 0.0
    parts = _DURATION.findall(written)
    if not parts or "".join(f"{n}{u}" for n, u in parts) != written:
        raise tree.place.wrong(f"“{written}” is no duration such as 1m30s")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
