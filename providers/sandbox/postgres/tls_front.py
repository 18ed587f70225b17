"""How do clients reach the clusters? Over TLS only: a relay in front of the private unix socket.

The bundled server has no TLS of its own. The relay is a program by itself, standard library only,
so that a data move does not slow down what else the sandbox's process serves:
`tls_front.py CERTIFICATE_FILE SOCKET [LISTEN]` prints its port and runs until its standard input
ends. With LISTEN, a path, it listens on that unix socket instead, and prints 0.
"""

import asyncio
import contextlib
import signal
import ssl
import struct
import sys
from typing import cast

_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_GSS_REQUEST = struct.pack("!II", 8, 80877104)
_HIGH_WATER = 1 << 20


class _Side(asyncio.Protocol):
    """One end of a relayed connection; what it receives goes to `other`.

    A side that cannot write stops its other side from reading. An end of file on either side
    flushes what is on its way and closes: TLS knows no half-open connection here, and PostgreSQL's
    protocol needs none.
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None

    def attach(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=_HIGH_WATER)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.attach(transport)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            with contextlib.suppress(RuntimeError):
                self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            with contextlib.suppress(RuntimeError):
                self.other.transport.resume_reading()


class _Greeting(asyncio.Protocol):
    """The plain-text beginning of a connection: TLS or nothing."""

    def __init__(self, context: ssl.SSLContext, socket: str, tasks: set[asyncio.Task[None]]):
        self._context = context
        self._socket = socket
        self._tasks = tasks
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        if transport is None:
            return
        self._received += data
        if self._received == _GSS_REQUEST:
            self._received = b""
            transport.write(b"N")
        elif self._received == _SSL_REQUEST:
            self._received = b""
            transport.pause_reading()
            transport.write(b"S")
            task = asyncio.create_task(self._relay(transport))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif len(self._received) >= len(_SSL_REQUEST):
            # A plain startup message, or bytes smuggled in behind an SSLRequest.
            transport.write(_refusal())
            transport.close()

    async def _relay(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        client, server = _Side(), _Side()
        try:
            server_end, _ = await loop.create_unix_connection(lambda: server, self._socket)
        except OSError:
            transport.abort()
            return
        client.other = server
        server_end.pause_reading()
        try:
            secure = await loop.start_tls(transport, client, self._context, server_side=True)
        except (OSError, ssl.SSLError):
            server_end.abort()
            return
        if secure is None:
            server_end.abort()
            return
        client.attach(secure)
        server.other = client
        server_end.resume_reading()


def _refusal() -> bytes:
    fields = (
        b"SFATAL\0VFATAL\0C28000\0"
        b"MSSL required: this server accepts encrypted connections only (sslmode=require)\0\0"
    )
    return b"E" + struct.pack("!I", len(fields) + 4) + fields


async def serve(certificate_file: str, socket: str, listen: str = "") -> None:
    """Relay until standard input ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate_file)
    tasks: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()

    def greet() -> _Greeting:
        return _Greeting(context, socket, tasks)

    if listen:
        server = await loop.create_unix_server(greet, listen)
        print(0, flush=True)
    else:
        server = await loop.create_server(greet, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
    done = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), done.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    await done.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
