"""What does a platform decide about a request for one of its host names?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from providers.sandbox.authority import Leaf


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
