"""Redis' second credential, `redis+ssl`: a TLS listener that hands bytes to the plain port."""

import asyncio
import ssl

_CHUNK = 65536


class TlsFront:
    """Listens on a free loopback `port` with TLS and relays to `target_port`."""

    def __init__(self, context: ssl.SSLContext, target_port: int) -> None:
        self.port = 0
        self._context = context
        self._target = target_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._context, limit=_CHUNK
        )
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """End the listener and its connections."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            self._writers.discard(writer)
            return
        self._writers.add(inner_writer)
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        self._writers -= {writer, inner_writer}


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the end, then close the other side's writing half."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass  # either side may go at any time; the end is the same
    finally:
        writer.close()
