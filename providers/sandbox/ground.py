"""What do the sandboxed platforms stand on? The parts they share, handed to each as one object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.authority import Authority
from providers.sandbox.containers.image import ImageShelf
from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.peers import Peers
from providers.sandbox.postgres.server import PostgresServer
from providers.sandbox.router import Router


class DnsWorld(Protocol):
    """The zones the platforms may write to, and names as a visitor's resolver sees them."""

    def put(self, name: str, type: str, ttl: int, values: Sequence[str]) -> None:
        """Set a record set in whichever zone owns `name`."""

    def remove(self, name: str, type: str) -> None:
        """Take a record set away; one that is not there is fine."""

    async def resolve(self, name: str, resolver: int = 0) -> list[str]:
        """Addresses of `name` as seen through a caching resolver."""
        ...

    async def look_at_authority(self, name: str, type: str = "A") -> list[str]:
        """Values at the authoritative servers, uncached, aliases followed; empty without any."""
        ...


# The public addresses of the platforms' routers; the network file maps them to loopback ports.
HEROKU_ADDRESS = "198.51.100.10"
APTIBLE_ADDRESS = "198.51.100.20"


@dataclass
class Ground:
    """`folder` is the sandbox's temp folder; each part makes its own folder inside.

    `peers` tell where loopback connections come from; `images` can be pulled by every platform.
    """

    folder: Path
    authority: Authority
    faults: Faults
    ledger: Ledger
    source_postgres: PostgresServer
    target_postgres: PostgresServer
    supervisor: Supervisor
    source_router: Router
    aptible_router: Router
    dns: DnsWorld
    peers: Peers = field(default_factory=Peers)
    images: ImageShelf = field(default_factory=ImageShelf)
