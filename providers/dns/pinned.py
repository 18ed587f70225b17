"""How does an HTTPS client reach one host at one address, and nothing else?"""

import asyncio
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable

import httpcore
import httpx

from wizard.safety.clean import clean
from wizard.safety.network import Network


class NotPinned(Exception):
    """A connection that was not made on purpose; the text says why and holds nothing secret."""


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects one host and port to one address, and refuses everything else."""

    def __init__(self, network: Network, host: str, port: int, address: str) -> None:
        self._network = network
        self._pinned = (host, port)
        self._address = address
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if (host, port) != self._pinned:
            raise NotPinned(f"not the pinned site: {clean(host, 300)}:{port}")
        real_host, real_port = self._network.reach(self._address, port)
        return await self._inner.connect_tcp(
            real_host, real_port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise NotPinned("not the pinned site: a unix socket")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class PinnedTransport(httpx.AsyncBaseTransport):
    """An httpx transport whose every connection goes to `address`, if it is for `host`:`port`.

    The pool is our own, since httpx has no public seam for a network backend; so errors are
    httpcore's, not httpx's. Only requests without a body are sent.
    """

    def __init__(
        self, network: Network, context: ssl.SSLContext, host: str, port: int, address: str
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=1,
            network_backend=_PinnedBackend(network, host, port, address),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the reply's body is read from the stream."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        reply = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, content=b"")
        )
        return httpx.Response(
            status_code=reply.status,
            headers=reply.headers,
            stream=_Body(reply),
            extensions=reply.extensions,
        )

    async def aclose(self) -> None:
        """Close the connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self._reply.stream
        if isinstance(stream, AsyncIterable):
            async for part in stream:
                yield part

    async def aclose(self) -> None:
        await self._reply.aclose()
