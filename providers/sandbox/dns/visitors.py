"""What do people see while the names move? Visitors that never stop asking, and their own log."""

import asyncio
import json
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_PATIENCE = 5.0
_EVERY_NTH_POSTS = 4
_LARGEST_REPLY = 64 * 1024
# Well over an hour at the usual pace; a sandbox may stay up all day.
_KEPT_LOOKS = 100_000
_RESOLVER_OF = (0, 1, 0, 1)
# A site that answers for this long is back; one good answer between two failures is not.
LASTING = 2.0


class Resolving(Protocol):
    """The part of the sandbox's DNS that visitors use."""

    async def resolve(self, name: str, resolver: int = 0) -> list[str]:
        """Addresses of a name, through one of the caching resolvers."""
        ...


@dataclass(frozen=True)
class Look:
    """One request. `at` is epoch seconds of its start, `status` None when nothing came back.

    `side` is what the app called itself in its JSON, "" when it did not answer.
    """

    visitor: int
    at: float
    seconds: float
    method: str
    address: str
    status: int | None
    side: str
    error: str = ""

    @property
    def ok(self) -> bool:
        """True for an answer that a person would be content with."""
        return self.status is not None and 200 <= self.status < 300


class Visitors:
    """Four visitors, two through each resolver; each sends a request every `interval` seconds.

    They ask for `https://host/healthz` and, every fourth time, POST /visits. `connect` maps the
    address DNS gave to the loopback address and port that its port 443 stands for.
    """

    def __init__(
        self,
        dns: Resolving,
        connect: Callable[[str], tuple[str, int]],
        host: str,
        ca_file: Path,
        interval: float = 0.25,
    ) -> None:
        self.log: deque[Look] = deque(maxlen=_KEPT_LOOKS)
        self._dns = dns
        self._connect = connect
        self._host = host
        self._ca_file = ca_file
        self._interval = interval
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Send everybody on their way."""
        # One context for all: making one is the dear part, connections are still fresh each time.
        context = ssl.create_default_context(cafile=self._ca_file)
        self._running = [
            asyncio.create_task(self._keep_looking(number, resolver, context))
            for number, resolver in enumerate(_RESOLVER_OF)
        ]

    async def stop(self) -> None:
        """Call everybody back; a request under way is not logged."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []

    def summary(self) -> dict[str, object]:
        """What they saw, as plain JSON data: `all` of them together, and each one.

        Times are epoch seconds. `outages` are spans from a failure to the first answer that was
        good again for LASTING seconds (`until` null: it never was); `outage_seconds` is the longest
        of them, up to the last look where it did not end.
        """
        each = [
            {"visitor": number, "resolver": resolver, **_seen(self._of(number))}
            for number, resolver in enumerate(_RESOLVER_OF)
        ]
        return {"host": self._host, "all": _seen(self.log), "visitors": each}

    def _of(self, visitor: int) -> list[Look]:
        return [look for look in self.log if look.visitor == visitor]

    async def _keep_looking(self, number: int, resolver: int, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        # Spread over the interval, so that together they see finer than one of them.
        due = loop.time() + self._interval * number / len(_RESOLVER_OF)
        count = 0
        while True:
            await asyncio.sleep(max(0.0, due - loop.time()))
            posts = count % _EVERY_NTH_POSTS == _EVERY_NTH_POSTS - 1
            self.log.append(await self._look(number, resolver, context, posts))
            count += 1
            due = max(due + self._interval, loop.time())

    async def _look(self, number: int, resolver: int, context: ssl.SSLContext, posts: bool) -> Look:
        method, path = ("POST", "/visits") if posts else ("GET", "/healthz")
        at, started = time.time(), time.monotonic()
        address, status, side, error = "", None, "", ""
        try:
            async with asyncio.timeout(_PATIENCE):
                address = (await self._dns.resolve(self._host, resolver))[0]
                status, side = await self._request(address, method, path, context, number)
        except (OSError, LookupError, ValueError, EOFError, TimeoutError) as trouble:
            error = f"{type(trouble).__name__}: {trouble}"[:200]
        seconds = time.monotonic() - started
        return Look(number, at, seconds, method, address, status, side, error)

    async def _request(
        self, address: str, method: str, path: str, context: ssl.SSLContext, number: int
    ) -> tuple[int, str]:
        host, port = self._connect(address)
        body = json.dumps({"visitor": number}).encode() if method == "POST" else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nUser-Agent: visitor-{number}\r\n"
            f"Accept: application/json\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(
            host, port, ssl=context, server_hostname=self._host
        )
        try:
            writer.write(head.encode() + body)
            await writer.drain()
            return _read_reply(await _read_all(reader))
        finally:
            # Not close(): that would wait for the other end to agree, within this visit's time.
            writer.transport.abort()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    whole = bytearray()
    while part := await reader.read(8192):
        whole += part
        if len(whole) > _LARGEST_REPLY:
            raise ValueError("the reply is too long")
    return bytes(whole)


def _read_reply(whole: bytes) -> tuple[int, str]:
    head, _, body = whole.partition(b"\r\n\r\n")
    words = head.split(b"\r\n")[0].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/1."):
        raise ValueError("not an HTTP reply")
    # The first object in the body, so that chunk sizes around it do not matter.
    start, end = body.find(b"{"), body.rfind(b"}")
    try:
        page = json.loads(body[start : end + 1]) if start >= 0 else {}
    except ValueError:
        page = {}
    return int(words[1]), str(page.get("side", "")) if isinstance(page, dict) else ""


def _seen(looks: Iterable[Look]) -> dict[str, object]:
    ordered = sorted(looks, key=lambda look: look.at)
    failures = [look for look in ordered if not look.ok]
    outages = outages_in(ordered)
    lengths = [(ordered[-1].at if until is None else until) - since for since, until in outages]
    sides: dict[str, dict[str, object]] = {}
    for look in ordered:
        if look.ok:
            side = sides.setdefault(look.side, {"first": look.at, "looks": 0, "posts": 0})
            side["last"] = look.at
            side["looks"] = int(str(side["looks"])) + 1
            side["posts"] = int(str(side["posts"])) + (look.method == "POST")
    return {
        "looks": len(ordered),
        "failures": len(failures),
        "first_failure_at": failures[0].at if failures else None,
        "last_failure_at": failures[-1].at if failures else None,
        "outages": [{"since": since, "until": until} for since, until in outages],
        "outage_seconds": max(lengths, default=0.0),
        "sides": sides,
    }


def outages_in(ordered: Sequence[Look]) -> list[tuple[float, float | None]]:
    """Spans of failure in looks sorted by time; the end is None when it was still down."""
    spans: list[tuple[float, float | None]] = []
    since: float | None = None
    back: float | None = None
    for look in ordered:
        if since is not None and back is not None and look.at - back >= LASTING:
            spans.append((since, back))
            since = back = None
        if not look.ok:
            since, back = look.at if since is None else since, None
        elif since is not None and back is None:
            back = look.at
    if since is not None:
        spans.append((since, back))
    return spans
