"""Which container answers a request for a host name, and what does the platform add to it?"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from providers.sandbox.authority import Authority, Leaf


@dataclass(frozen=True)
class Reply:
    """An answer the platform gives by itself, such as a maintenance page."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Upstream:
    """Hand the request to loopback `port`; the headers replace those of the same name.

    `failure` is what the visitor sees when the container does not answer.
    """

    port: int
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    failure: Reply = Reply(502, {"content-type": "text/plain"}, b"bad gateway\n")


class Site(Protocol):
    """What a platform decides about one host name."""

    leaf: Leaf

    async def upstream(self, client_ip: str, method: str, path: str) -> Upstream | Reply:
        """Where this request goes, or the platform's own answer."""
        ...


@dataclass(frozen=True)
class RequestLine:
    """One line of the router's log; `at` is epoch seconds, `path` has no query."""

    at: float
    host: str
    method: str
    path: str
    status: int
    client_ip: str


class Router:
    """An https reverse proxy on one loopback port; the certificate is chosen by name (SNI)."""

    def __init__(self, authority: Authority) -> None:
        self.port = 0
        self.log: list[RequestLine] = []
        self._authority = authority
        self._sites: dict[str, Site] = {}

    async def start(self) -> None:
        """Listen on a free loopback port."""

    async def stop(self) -> None:
        """End the listener and every connection."""

    def set_site(self, host: str, site: Site | None) -> None:
        """Serve `host` by `site` from the next request on; None takes it away."""
        if site is None:
            self._sites.pop(host.lower(), None)
        else:
            self._sites[host.lower()] = site

    def note(self, host: str, method: str, path: str, status: int, client_ip: str) -> None:
        """Add a line to the log."""
        self.log.append(RequestLine(time.time(), host, method, path, status, client_ip))
