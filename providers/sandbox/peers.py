"""Where in the sandbox's world does a loopback connection come from? From who opened it.

On loopback every client has the address 127.0.0.1. What tells clusters from laptops here is the
session (setsid) of the process that holds the other end: containers are started in sessions of
their own, which are registered under the address of their node. Read from /proc, so on Linux only,
and for processes of our own user only; whoever cannot be told is a laptop.
"""

import os
from collections.abc import Iterator
from pathlib import Path

LAPTOP = "198.51.100.7"
"""Everybody who is no container: moveday, tests, the person at the keyboard."""
_PROC = Path("/proc")
_TABLES = ("net/tcp", "net/tcp6")
# 127.0.0.1 as the kernel prints it, alone and mapped into IPv6, on a little-endian machine.
_LOOPBACK = ("0100007F", "0000000000000000FFFF00000100007F")
_NO_INODE = "0"


class Peers:
    """The containers' sessions, each with the address that others see it under."""

    def __init__(self) -> None:
        self._addresses: dict[int, str] = {}

    def admit(self, session_id: int, address: str) -> None:
        """From now on connections of this session's processes come from `address`."""
        self._addresses[session_id] = address

    def forget(self, session_id: int) -> None:
        """The session has ended; its number may be given out again. Can be repeated."""
        self._addresses.pop(session_id, None)

    def address_of(self, peer_port: int, own_port: int = 0) -> str:
        """Address of who connected from loopback port `peer_port`; LAPTOP when it is not known.

        `own_port` is the port connected to: one port may be the near end of connections to several.
        Takes some milliseconds. The connection must still be open.
        """
        inode = _inode(peer_port, own_port)
        if inode is None or not self._addresses:
            return LAPTOP
        for pid in _processes():
            address = self._addresses.get(_session(pid))
            if address is not None and _holds(pid, inode):
                return address
        return LAPTOP


def _inode(port: int, to: int) -> str | None:
    """The socket whose own end is loopback `port` and that is connected to `to`, 0 for any."""
    end = f":{to:04X}" if to else ":"
    wanted = {f"{address}:{port:04X}" for address in _LOOPBACK}
    for table in _TABLES:
        try:
            rows = (_PROC / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            connected = end in fields[2] and not fields[2].endswith(":0000")
            if fields[1] in wanted and connected and fields[9] != _NO_INODE:
                return fields[9]
    return None


def _processes() -> Iterator[int]:
    try:
        names = os.listdir(_PROC)  # noqa: PTH208 - names are all we need, and of thousands
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit())


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _holds(pid: int, inode: str) -> bool:
    wanted = f"socket:[{inode}]"
    try:
        with os.scandir(_PROC / str(pid) / "fd") as found:
            return any(_target(entry.path) == wanted for entry in found)
    except OSError:
        return False


def _target(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - of every open file of a process
    except OSError:
        return ""
