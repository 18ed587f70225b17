"""Looks at DNS and at sites, without disturbing what is measured."""

from typing import Protocol

from wizard.model.dns import NameSurvey, RecordType, SiteAnswer


class Dns(Protocol):
    """Read-only DNS: authoritative servers only, found by walking the delegation."""

    async def survey(self, name: str, types: tuple[RecordType, ...] = ("A", "CNAME")) -> NameSurvey:
        """Ask every authoritative server of the name's zone, in parallel, never a resolver."""
        ...

    async def addresses(self, host: str) -> tuple[str, ...]:
        """IPv4 addresses of a host, resolved through authoritative servers only."""
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
