"""A network of its own, in which a source listens and from which the target is reached."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.sandbox.authority import Authority
from providers.sandbox.postgres import tls_front

_MAKE = ("unshare", "--user", "--map-root-user", "--net", "--")
"""A user namespace as well, so that an ordinary user may."""


class Inside:
    """The namespace of the process `pid`; it is gone with that."""

    def __init__(self, pid: int) -> None:
        enter = ["nsenter", f"--target={pid}", "--user", "--net", "--preserve-credentials", "--"]
        self.prefix = tuple(enter)
        self._fronts: list[asyncio.subprocess.Process] = []

    async def serve(self, folder: Path, name: str, authority: Authority, socket: Path) -> int:
        """A TLS front of the cluster behind `socket`, on that localhost; its port."""
        leaf = authority.certificate("localhost")
        certificate = folder / f"{name}.pem"
        certificate.touch(mode=0o600)
        certificate.write_bytes(leaf.key_pem + leaf.cert_pem)
        front = await asyncio.create_subprocess_exec(
            *self.prefix,
            *(sys.executable, "-I", "-S", str(tls_front.__file__), certificate, socket),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._fronts.append(front)
        assert front.stdout is not None
        return int(await front.stdout.readline())

    async def stop(self) -> None:
        for front in self._fronts:
            assert front.stdin is not None
            front.stdin.close()
            await front.wait()


def _why_not() -> str:
    """Why there can be no such network here; "" when there can."""
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        return "unshare, nsenter or ip is not installed"
    tried = subprocess.run(
        [*_MAKE, "ip", "link", "set", "lo", "up"], capture_output=True, timeout=60, check=False
    )
    return f"no network namespace here: {tried.stderr.decode().strip()}" if tried.returncode else ""


@contextlib.asynccontextmanager
async def inside() -> AsyncIterator[Inside]:
    """The namespace as long as the context; the test is skipped, or fails, where none can be."""
    if reason := _why_not():
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    # It ends with its standard input, however this process ends.
    holder = await asyncio.create_subprocess_exec(
        *_MAKE,
        *("sh", "-c", "ip link set lo up && echo up && exec cat"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdin is not None and holder.stdout is not None
    assert await holder.stdout.readline() == b"up\n"
    found = Inside(holder.pid)
    try:
        yield found
    finally:
        await found.stop()
        holder.stdin.close()
        await holder.wait()
