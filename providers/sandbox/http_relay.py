"""How does one HTTP connection of a visitor get its answers from the containers?"""

import asyncio
import contextlib
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import h11

from providers.sandbox.site import Reply, Site, Upstream
from providers.sandbox.stream_pump import pump

_BLOCK = 1 << 16
_LONGEST_HEAD = 1 << 16
_LONGEST_BODY = 64 << 20
_IDLE_SECONDS = 60.0
# Heroku's router gives up after 30 seconds without a first byte (Dev Center, "Request timeout").
_ANSWER_SECONDS = 30.0
_PER_HOP = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"te", b"upgrade"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9+/=-]{20,200}")
_NO_SITE = Reply(404, {"content-type": "text/plain"}, b"no such app\n")

Headers = list[tuple[bytes, bytes]]


class _Broken(Exception):
    """The container went away, or broke the protocol."""


class Conversation:
    """One connection of a visitor: requests in turn until either side has enough."""

    def __init__(
        self,
        find_site: Callable[[str], Site | None],
        note: Callable[[str, str, str, int, str, str], None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._find_site = find_site
        self._note = note
        self._reader = reader
        self._writer = writer
        self._visitor = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD)
        self._ip = str(writer.get_extra_info("peername")[0])

    async def run(self) -> None:
        """Answer requests until the connection ends."""
        try:
            while await self._one_exchange():
                self._visitor.start_next_cycle()
        except (h11.RemoteProtocolError, OSError, TimeoutError):
            return

    async def _one_exchange(self) -> bool:
        async with asyncio.timeout(_IDLE_SECONDS):
            request = await self._next_event()
        if not isinstance(request, h11.Request):
            return False
        headers = dict(request.headers)
        host = headers.get(b"host", b"").decode("latin-1")
        request_id = _request_id(headers.get(b"x-request-id", b"").decode("latin-1"))
        method, path = request.method.decode(), request.target.decode("latin-1")
        site = self._find_site(host)
        where = await site.upstream(self._ip, method, path) if site else _NO_SITE
        if isinstance(where, Upstream):
            if "X-Request-Id" in where.request_headers:
                named = {**where.request_headers, "X-Request-Id": request_id}
                where = replace(where, request_headers=named)
            status = await self._relay(request, where)
        else:
            status = await self._answer(where)
        self._note(host, method, path, status, self._ip, request_id)
        ended = self._visitor.our_state is h11.DONE and await self._finish_request()
        return ended and self._visitor.our_state is h11.DONE

    async def _relay(self, request: h11.Request, where: Upstream) -> int:
        """Hand one request on; the status the visitor saw."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", where.port)
        except OSError:
            return await self._answer(where.failure)
        upstream = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        sender: asyncio.Task[None] | None = None
        try:
            upgrade = _wants_upgrade(request)
            headers = _changed(request.headers, where.request_headers, keep_upgrade=upgrade)
            if not upgrade:
                headers.append((b"connection", b"close"))
            head = h11.Request(method=request.method, target=request.target, headers=headers)
            writer.write(upstream.send(head) or b"")
            sender = asyncio.create_task(self._send_body(upstream, writer))
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    response = await _first_response(upstream, reader)
            except (_Broken, TimeoutError, OSError):
                return await self._answer(where.failure)
            if isinstance(response, h11.InformationalResponse):
                await sender
                await self._switch(response, where, upstream, reader, writer)
                return 101
            await self._send_response(response, where, upstream, reader)
            return response.status_code
        finally:
            if sender is not None:
                sender.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError, h11.ProtocolError):
                    await sender
            writer.close()

    async def _send_response(
        self,
        response: h11.Response,
        where: Upstream,
        upstream: h11.Connection,
        reader: asyncio.StreamReader,
    ) -> None:
        headers = _changed(response.headers, where.response_headers)
        await self._send(
            h11.Response(status_code=response.status_code, headers=headers, reason=response.reason)
        )
        while True:
            try:
                event = await _event(upstream, reader)
            except (_Broken, OSError) as error:
                # The head is out: only a broken connection can tell the visitor now.
                raise ConnectionResetError from error
            if isinstance(event, h11.Data):
                await self._send(h11.Data(data=bytes(event.data)))
            elif isinstance(event, h11.EndOfMessage):
                await self._send(h11.EndOfMessage())
                return

    async def _send_body(self, upstream: h11.Connection, writer: asyncio.StreamWriter) -> None:
        length = 0
        if self._visitor.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while isinstance(event := await self._next_event(), h11.Data):
            length += len(event.data)
            if length > _LONGEST_BODY:
                raise ConnectionResetError
            writer.write(upstream.send(h11.Data(data=bytes(event.data))) or b"")
            await writer.drain()
        writer.write(upstream.send(h11.EndOfMessage()) or b"")
        await writer.drain()

    async def _switch(
        self,
        response: h11.InformationalResponse,
        where: Upstream,
        upstream: h11.Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """From here on bytes, not requests: WebSockets."""
        headers = _changed(response.headers, where.response_headers, keep_upgrade=True)
        await self._send(h11.InformationalResponse(status_code=101, headers=headers))
        writer.write(self._visitor.trailing_data[0])
        self._writer.write(upstream.trailing_data[0])
        await pump((self._reader, self._writer), (reader, writer))

    async def _answer(self, reply: Reply) -> int:
        """The platform's own words; the status."""
        headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
        headers.append((b"content-length", str(len(reply.body)).encode()))
        await self._send(h11.Response(status_code=reply.status, headers=headers))
        await self._send(h11.Data(data=reply.body))
        await self._send(h11.EndOfMessage())
        return reply.status

    async def _finish_request(self) -> bool:
        """Read what is left of a request that was answered early, so that the next can come."""
        length = 0
        while self._visitor.their_state is h11.SEND_BODY:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                length += len(event.data)
            if length > _LONGEST_BODY or isinstance(event, h11.ConnectionClosed):
                return False
        return True

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._visitor.send(event) or b"")
        await self._writer.drain()

    async def _next_event(self) -> object:
        while (event := self._visitor.next_event()) is h11.NEED_DATA:
            self._visitor.receive_data(await self._reader.read(_BLOCK))
        return event


async def _first_response(
    upstream: h11.Connection, reader: asyncio.StreamReader
) -> h11.Response | h11.InformationalResponse:
    while True:
        event = await _event(upstream, reader)
        if isinstance(event, h11.Response):
            return event
        if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
            return event
        if isinstance(event, h11.ConnectionClosed):
            raise _Broken


async def _event(upstream: h11.Connection, reader: asyncio.StreamReader) -> object:
    try:
        while (event := upstream.next_event()) is h11.NEED_DATA:
            upstream.receive_data(await reader.read(_BLOCK))
    except h11.RemoteProtocolError as error:
        raise _Broken from error
    return event


def _changed(
    headers: Iterable[tuple[bytes, bytes]],
    replace: Mapping[str, str],
    *,
    keep_upgrade: bool = False,
) -> Headers:
    """Headers for the other side: without those of one hop, with the platform's."""
    ours = {name.lower().encode(): value.encode("latin-1") for name, value in replace.items()}
    gone = set(ours) | (set() if keep_upgrade else _PER_HOP)
    return [(name, value) for name, value in headers if name not in gone] + list(ours.items())


def _request_id(asked: str) -> str:
    """The caller's own id when its form is right, else a new one.

    Dev Center, "HTTP Request IDs".
    """
    return asked if _REQUEST_ID.fullmatch(asked) else str(uuid.uuid4())


def _wants_upgrade(request: h11.Request) -> bool:
    names = {name for name, _ in request.headers}
    return b"upgrade" in names
