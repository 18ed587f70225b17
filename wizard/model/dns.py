"""What name servers answer: zones, records, TTLs, and what one site said over a pinned line."""

from typing import Literal

from wizard.model.frozen import Frozen

RecordType = Literal["A", "AAAA", "CNAME", "TXT", "CAA", "ALIAS", "HTTPS", "SVCB", "MX", "NS"]

PROBE_REQUEST_ID = "moveday-probe-"
"""How the request ids of moveday's own looks at a site begin, so that logs tell them apart."""

CERTIFICATE_REFUSED = "certificate refused"
"""How the error of a visit begins that reached the site and did not trust its certificate."""


class Record(Frozen):
    """One resource record set as one server gave it. TTL in seconds; values sorted."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]


class ServerAnswer(Frozen):
    """One authoritative server's answer for one name. `error` is "" when it answered with AA."""

    server: str
    address: str
    serial: int | None
    records: tuple[Record, ...]
    error: str = ""

    def own(self, name: str) -> Record | None:
        """The record set whose owner is `name` itself: its TTL is the one a person can change."""
        wanted = name.rstrip(".").lower()
        return next((r for r in self.records if r.name.rstrip(".").lower() == wanted), None)


class NameSurvey(Frozen):
    """One name at every authoritative server of its zone. `negative_ttl` in seconds.

    `through` "cache": asked through resolvers, since the servers themselves cannot be reached from
    this network; every TTL is then a lower bound only, and `answers` are the resolvers'.
    """

    name: str
    zone: str
    answers: tuple[ServerAnswer, ...]
    negative_ttl: int | None = None
    parent_ttl: int | None = None
    through: Literal["servers", "cache"] = "servers"

    @property
    def agreed(self) -> bool:
        """True when every server answered, and all with the same values and TTLs."""
        seen = {(a.error, a.own(self.name)) for a in self.answers}
        return bool(self.answers) and len(seen) == 1 and not next(iter(seen))[0]


class RecordChange(Frozen):
    """What a person is asked to put into DNS. `values` empty means: remove the record."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]


class SiteAnswer(Frozen):
    """What one HTTPS request over a pinned connection brought. Body never kept, only facts of it.

    `certificate` is the SHA-256 of the leaf certificate and `serial` its serial number (hex), ""
    without TLS. `via` and `server` are those headers; `hsts`: browsers are told to insist on TLS.
    """

    url: str
    address: str
    status: int | None
    certificate: str = ""
    serial: str = ""
    via: str = ""
    server: str = ""
    hsts: bool = False
    error: str = ""
    body_facts: dict[str, str] = {}


class ResolverAnswer(Frozen):
    """What one resolver told: its cache's view. TTLs are what is left of them, in seconds."""

    resolver: str
    records: tuple[Record, ...] = ()
    error: str = ""
