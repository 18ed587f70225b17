"""What a container's shell shows: `env`, `ls /run/secrets`, `df`, `mount`. No error quotes it."""

import re
from collections.abc import Iterator, Sequence

from pydantic import SecretStr

from wizard.formats.compose.parts import Mount, Used
from wizard.formats.compose.tree import Place
from wizard.formats.compose.variables import EnvValue
from wizard.formats.errors import FormatError

Lines = Sequence[tuple[int, str]]
VARIABLE = re.compile(r"^(?:export |declare -x )?([A-Za-z_][A-Za-z0-9_.-]{0,199})=(.*)$", re.DOTALL)
MOUNTED = re.compile(r"^(\S.*) on (/\S*) type (\S+) \(([^)]*)\)$")
_LONG = re.compile(
    r"^[-l][-rwxsStT]{9}\S?\s+\d+\s+\S+\s+\S+\s+\d+\s+(?:\S+\s+){2,3}?(\S+)(?: -> \S+)?$"
)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$")
_BASE64 = re.compile(r"^[A-Za-z0-9+/]+={1,2}$")
_SHELL = frozenset({"PATH", "HOME", "HOSTNAME", "PWD", "OLDPWD", "SHLVL", "TERM", "_", "PS1"})
_SYSTEM = re.compile(
    r"^/$|^/(?:proc|sys|dev|run/secrets|var/run/secrets|run/lock)(?:/|$)"
    r"|^/etc/(?:hosts|hostname|resolv\.conf)$"
)
_KINDS = frozenset({"overlay", "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "nsfs"})
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4, "P": 1024**5}
_SECRETS = "/run/secrets"


def variables(lines: Lines, path: str) -> tuple[EnvValue, ...]:
    """Variables with their values, also those of several lines; not the shell's own.

    A line inside a key or certificate is never taken for a name.
    """
    found: dict[str, tuple[Place, list[str]]] = {}
    name, block, long = "", False, False
    for number, line in lines:
        named = None if block else begins(line, long=long)
        if named:
            name, rest = named[1], named[2]
            found[name] = (Place(path, number), [rest])
        elif not name:
            raise FormatError(path, number, "no variable begins here: NAME=value was expected")
        else:
            rest = line
            found[name][1].append(line)
        block = "-----BEGIN " in rest or (block and "-----END " not in rest)
        block = block and "-----END " not in rest.partition("-----BEGIN ")[2]
        long = not named or len(rest) >= 60
    return tuple(
        EnvValue(name, SecretStr(_bare("\n".join(value))), place)
        for name, (place, value) in found.items()
        if name not in _SHELL
    )


def begins(line: str, *, long: bool = False) -> re.Match[str] | None:
    """Name and value, where a variable begins; a key in base64 ends in `=` and is no name."""
    found = VARIABLE.match(line)
    usual = found and found[1].isupper() and not found[2]
    if found and _BASE64.match(line) and not usual and (long or len(found[1]) > 11):
        return None
    return found


def _bare(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def is_secrets_listing(lines: Lines) -> bool:
    """Whether it names the folder where secrets lie: names alone could be anything, also values."""
    return any(
        re.match(r"^(?:\S*\s?[$#]\s+)?ls\b.*/run/secrets", line.strip())
        or re.match(rf"^(?:/var)?{_SECRETS}(?:/\S*|:)$", line.strip())
        for _, line in lines
    )


def looks_like_a_folder(lines: Lines) -> bool:
    """Whether it is a long listing of some folder."""
    rows = [line for _, line in lines if not re.match(r"^total \d+$", line)]
    return bool(rows) and all(re.match(r"^[-dlcbps][-rwxsStT]{9}", line) for line in rows)


def secrets(lines: Lines, path: str) -> tuple[Used, ...]:
    """The files in /run/secrets."""
    found: dict[str, Used] = {}
    listed = any(re.match(r"^(?:\S*\s?[$#]\s+)?ls\b|^\S+:$", line.strip()) for _, line in lines)
    for number, line in lines:
        bare = line.strip()
        if re.match(r"^(?:\S*\s?[$#]\s+)?ls\b|^total \d+$|^d[-rwxsStT]{9}|^\S+:$", bare):
            continue
        long = _LONG.match(bare)
        words = [long[1]] if long else bare.split()
        for word in words:
            name = word.rpartition("/")[2]
            if not _NAME.match(name) or (not listed and _SECRETS not in word):
                raise FormatError(path, number, "no name of a secret's file")
            found[name] = Used(name, f"{_SECRETS}/{name}", Place(path, number))
    return tuple(found.values())


def disks(lines: Lines, path: str) -> tuple[Mount, ...]:
    """Volumes that `df` shows, each with the bytes used on the disk it lies on."""
    unit = _unit(lines[0][1])
    found = []
    for number, words in _rows(lines[1:]):
        size = re.fullmatch(r"([0-9.]{1,18})([KMGTP]?)i?B?", words[2]) if len(words) >= 6 else None
        if size is None or size[1].count(".") > 1 or not size[1].strip("."):
            raise FormatError(path, number, "no row of df: six columns were expected")
        target = " ".join(words[5:])
        if _outside(words[0], target):
            continue
        scale = _UNITS[size[2]] if size[2] else unit
        used = int(float(size[1]) * scale)
        kind = "tmpfs" if words[0] in ("tmpfs", "shm") else "volume"
        found.append(Mount(kind, "", target, False, Place(path, number), used))  # type: ignore[arg-type]
    return tuple(found)


def _unit(head: str) -> int:
    found = re.search(r"\b(\d+)([KMGT]?)B?-blocks", head)
    return int(found[1]) * _UNITS[found[2]] if found else 1


def _rows(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """Rows by words; a long name of a disk stands on a line of its own."""
    held: list[str] = []
    for number, line in lines:
        words = held + line.split()
        held = words if len(words) == 1 else []
        if not held:
            yield number, words
    if held:
        yield lines[-1][0], held


def mounted(lines: Lines, path: str) -> tuple[Mount, ...]:
    """Volumes that `mount` shows. Options may hold a password: only `ro` is read of them."""
    found = []
    for number, line in lines:
        words = MOUNTED.match(line.strip())
        if words is None:
            raise FormatError(path, number, "no row of mount: “A on B type C (…)” was expected")
        if words[3] in _KINDS or _outside(words[1], words[2]):
            continue
        kind = "tmpfs" if words[3] == "tmpfs" else "volume"
        only = "ro" in words[4].split(",")
        found.append(Mount(kind, "", words[2], only, Place(path, number)))  # type: ignore[arg-type]
    return tuple(found)


def _outside(disk: str, target: str) -> bool:
    return disk in ("overlay", "proc", "sysfs", "devtmpfs") or bool(_SYSTEM.search(target))
