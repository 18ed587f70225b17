"""How does a server take DNS questions? One loopback port for both UDP and TCP."""

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable

import dns.exception
import dns.flags
import dns.message
import dns.rcode

Handler = Callable[[dns.message.Message], Awaitable[dns.message.Message | None]]
_HOST = "127.0.0.1"
_TRIES_FOR_A_PORT = 20
_OLD_UDP_SIZE = 512
_TCP_PATIENCE = 5.0


class DnsListener:
    """Hands each question to `handler`; None from it means: stay silent."""

    def __init__(self, handler: Handler) -> None:
        self.port = 0
        self._handler = handler
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a free port, the same number for UDP and TCP."""
        loop = asyncio.get_running_loop()
        for _ in range(_TRIES_FOR_A_PORT):
            tcp = await asyncio.start_server(self._serve_tcp, _HOST, 0)
            port = int(tcp.sockets[0].getsockname()[1])
            try:
                udp, _ = await loop.create_datagram_endpoint(
                    lambda: _Datagrams(self), local_addr=(_HOST, port)
                )
            except OSError:
                tcp.close()
                continue
            self._tcp, self._udp, self.port = tcp, udp, port
            return
        raise OSError("no port is free for both UDP and TCP")

    async def stop(self) -> None:
        """Stop listening and drop what is under way."""
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def take_datagram(self, wire: bytes, sender: tuple[str, int]) -> None:
        """Answer one datagram in the background."""
        self._run(self._answer_datagram(wire, sender))

    def _run(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer_datagram(self, wire: bytes, sender: tuple[str, int]) -> None:
        question = _read(wire)
        if question is None:
            return
        reply = await self._handler(question)
        if reply is None or self._udp is None or self._udp.is_closing():
            return
        size = max(_OLD_UDP_SIZE, question.payload if question.edns >= 0 else 0)
        # Too long for the asker: what fits goes out with TC set, and the asker comes by TCP.
        self._udp.sendto(reply.to_wire(max_size=size, prefer_truncation=True), sender)

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        try:
            async with asyncio.timeout(_TCP_PATIENCE):
                while True:
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    question = _read(await reader.readexactly(length))
                    reply = await self._handler(question) if question is not None else None
                    if reply is None:
                        return
                    wire = reply.to_wire(max_size=65_535)
                    writer.write(struct.pack("!H", len(wire)) + wire)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            return
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, listener: DnsListener) -> None:
        self._listener = listener

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._listener.take_datagram(data, addr)


def _read(wire: bytes) -> dns.message.Message | None:
    """The question, or None for what no server should answer."""
    try:
        message = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None
    is_question = not message.flags & dns.flags.QR and len(message.question) == 1
    return message if is_question else None
