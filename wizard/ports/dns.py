"""Looks at DNS and at sites, without disturbing what is measured."""

from typing import Protocol

from wizard.errors import OutsideError
from wizard.model.dns import NameSurvey, RecordType, ResolverAnswer, SiteAnswer


class PortIntercepted(OutsideError):
    """Something on this network answers in the place of the DNS servers that were asked."""


class Dns(Protocol):
    """Read-only DNS: authoritative servers only, found by walking the delegation.

    Every method raises `PortIntercepted` when the servers themselves cannot be spoken to.
    """

    async def survey(self, name: str, types: tuple[RecordType, ...] = ("A", "CNAME")) -> NameSurvey:
        """Ask every authoritative server of the name's zone, in parallel, never a resolver."""
        ...

    async def addresses(self, host: str) -> tuple[str, ...]:
        """IPv4 addresses of a host, resolved through authoritative servers only."""
        ...

    async def signed(self, zone: str) -> bool | None:
        """Whether the zone's parent holds a DS record (DNSSEC); None when nobody said."""
        ...


class Resolvers(Protocol):
    """Looks through caches. Each look loads the cache: only for after the switch."""

    async def look(self, resolver: str, name: str) -> ResolverAnswer:
        """What the resolver at this address says of a name; never raises for its troubles."""
        ...


class SiteProbe(Protocol):
    """HTTPS at a pinned address: name, SNI and certificate check stay those of the real name."""

    async def visit(
        self, url: str, address: str, *, facts: tuple[str, ...] = (), timeout: float = 10.0
    ) -> SiteAnswer:
        """GET `url` at `address` (IP). `facts` are top-level keys of a JSON body worth keeping.

        Never raises for an unreachable or broken site: `status` is None and `error` says why.
        """
        ...
