"""What a look at the names' DNS is worth: facts, findings, and when a switch would be safe."""

from datetime import datetime
from typing import Literal

from wizard.model.database import Finding
from wizard.model.dns import NameSurvey
from wizard.model.frozen import Frozen


class TtlStory(Frozen):
    """What all looks so far say about one name's TTL. TTLs in seconds.

    `old_ttl` is the longest that a cache may hold, None when no server showed a record.
    `low_since` is the first moment since when every look showed the low TTL at all servers.
    `raised_at` is when it was found raised again after being low, None when it is not raised now.
    `assumed`: no look ever saw more than the low TTL, and nobody said what it was before.
    """

    low_ttl: int
    old_ttl: int | None = None
    now: int | None = None
    low_since: datetime | None = None
    raised_at: datetime | None = None
    safe_at: datetime | None = None
    if_lowered_now: datetime | None = None
    assumed: bool = False


class SideSeen(Frozen):
    """By what one side can be told from the other: its certificate for the real name, its host.

    `certificate` and `serial` as in `SiteAnswer`. `addresses` are what `host` led to then.
    """

    host: str = ""
    certificate: str = ""
    serial: str = ""
    addresses: tuple[str, ...] = ()


class NameReport(Frozen):
    """One name: its survey, its TTL's story, what was found, and what must not change with it.

    `dns_host` is who serves the zone, in words and never more exact than the servers' names allow.
    `others` are records that have nothing to do with the move, "MX acme.test" → SHA-256 of them.
    `old_side` is how the old side was seen over a pinned connection, None when it was not visited.
    """

    name: str
    survey: NameSurvey
    dns_host: str
    signed: bool | None
    ttl: TtlStory
    findings: tuple[Finding, ...] = ()
    others: dict[str, str] = {}
    old_side: SideSeen | None = None


class DnsReport(Frozen):
    """A survey of all names. `notes` say what was not looked at, and why."""

    at: datetime
    names: tuple[NameReport, ...]
    notes: tuple[str, ...] = ()


class Sighting(Frozen):
    """Who answered for a name somewhere, and how that is known."""

    side: Literal["old", "new", "neither", "unknown"]
    because: str = ""


class HostTraffic(Frozen):
    """Requests for one host at the old side's router: how many, and from how many networks.

    A network is the first 24 bits of an IPv4 address, 48 of an IPv6 one.
    """

    host: str
    requests: int
    networks: int


class Traffic(Frozen):
    """What the old side's router let through during `seconds`, moveday's own looks left out."""

    seconds: float
    hosts: tuple[HostTraffic, ...] = ()


class NameVerdict(Frozen):
    """What is known of one name when the watch ends. Times are moments, TTLs seconds.

    `state`: "old" and "new" are the authoritative servers' common answer, "split" means that they
    differ, "third" that it leads to neither side, "unknown" that too little answered.
    `old_requests` are those of the last window counted at the old side, None when nobody counted;
    `keep_old_until` then is the earliest end of it by what was seen so far.
    """

    name: str
    state: Literal["old", "split", "new", "third", "unknown"]
    leads_to: tuple[str, ...] = ()
    new_at: datetime | None = None
    book_done_at: datetime | None = None
    safe_at: datetime | None = None
    site: Sighting = Sighting(side="unknown")
    certificate: str = ""
    serial: str = ""
    resolvers: dict[str, Sighting] = {}
    troubles: tuple[str, ...] = ()
    old_requests: int | None = None
    keep_old_until: datetime | None = None


class WatchResult(Frozen):
    """How a watch ended, name by name. `ended` says why it did."""

    started: datetime
    ended_at: datetime
    ended: str
    names: tuple[NameVerdict, ...]
    changes: tuple[str, ...] = ()
