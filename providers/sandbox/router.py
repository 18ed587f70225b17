"""Which container answers a request for a host name, and what does the platform add to it?"""

import asyncio
import contextlib
import ssl
import time
from dataclasses import dataclass

from providers.sandbox.authority import Authority
from providers.sandbox.http_relay import Conversation
from providers.sandbox.site import Reply, Site, Upstream

__all__ = ["Reply", "RequestLine", "Router", "Site", "Upstream"]


@dataclass(frozen=True)
class RequestLine:
    """One line of the router's log; `at` is epoch seconds, `path` has no query.

    `request_id` is the caller's own when it has the right form, else the router's.
    """

    at: float
    host: str
    method: str
    path: str
    status: int
    client_ip: str
    request_id: str = ""


class Router:
    """An https reverse proxy on one loopback port; the certificate is chosen by name (SNI).

    A name without a site gets no certificate: the handshake ends with the alert unrecognized_name.
    """

    def __init__(self, authority: Authority) -> None:
        self.port = 0
        self.log: list[RequestLine] = []
        self._authority = authority
        self._sites: dict[str, Site] = {}
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a free loopback port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._choose_certificate
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """End the listener and every connection. Can be repeated."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in list(self._conversations):
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    def set_site(self, host: str, site: Site | None) -> None:
        """Serve `host` by `site` from the next request on; None takes it away."""
        if site is None:
            self._sites.pop(host.lower(), None)
        else:
            self._sites[host.lower()] = site

    def site(self, host: str) -> Site | None:
        """The site that serves `host`; a port behind the name is ignored."""
        return self._sites.get(host.partition(":")[0].lower().rstrip("."))

    def note(
        self, host: str, method: str, path: str, status: int, client_ip: str, request_id: str
    ) -> None:
        """Add a line to the log."""
        bare = path.partition("?")[0]
        self.log.append(RequestLine(time.time(), host, method, bare, status, client_ip, request_id))

    def _choose_certificate(
        self, connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext
    ) -> int | None:
        site = self.site(name or "")
        if site is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        leaf = site.leaf
        if leaf.sha256 not in self._contexts:
            self._contexts[leaf.sha256] = self._authority.server_context(leaf)
        connection.context = self._contexts[leaf.sha256]
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            await Conversation(self.site, self.note, reader, writer).run()
        finally:
            self._conversations.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
