"""What does one zone hold, and what does it answer? Zone data and RFC 1034 look-ups, no sockets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import dns.name
import dns.rcode
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

TYPES = ("A", "AAAA", "CNAME", "TXT", "CAA", "NS", "MX", "HTTPS", "DS", "ALIAS")
_WILDCARD = dns.name.from_text("*", None)
_MOST_LINKS = 8
# Types that cannot stand beside a CNAME or an ALIAS: both say "whatever the other name has".
_ADDRESSES = frozenset({RdataType.A, RdataType.AAAA})


class RecordRefused(ValueError):
    """A DNS host would not take this record; the text says why."""


@dataclass(frozen=True)
class Alias:
    """An ALIAS record: answered as an A of its target, with the lower of the two TTLs."""

    owner: Name
    ttl: int
    target: Name


@dataclass
class Answer:
    """One server's answer before it is written out; `alias` still has to be looked up."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    authoritative: bool = True
    answer: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    additional: list[dns.rrset.RRset] = field(default_factory=list)
    alias: Alias | None = None


Records = Mapping[Name, Mapping[RdataType, dns.rdataset.Rdataset]]


@dataclass(frozen=True)
class Snapshot:
    """A zone as it was at one serial. Never changes, so a lagging server just keeps an old one."""

    origin: Name
    serial: int
    soa: dns.rrset.RRset
    records: Records
    aliases: Mapping[Name, Alias]

    def answer(self, name: Name, kind: RdataType) -> Answer:
        """What an authoritative server says to one question inside this zone."""
        found = Answer()
        for _ in range(_MOST_LINKS):
            next_link = self._look_up(name, kind, found)
            if next_link is None or not next_link.is_subdomain(self.origin):
                break
            name = next_link
        return found

    def _look_up(self, name: Name, kind: RdataType, found: Answer) -> Name | None:
        """Add what is known of `name` to `found`; a name when an alias leads on."""
        if self._refer(name, kind, found):
            return None
        source = self._source_of(name)
        if source is None:
            found.rcode = dns.rcode.NXDOMAIN
            found.authority.append(self._negative())
            return None
        node = self.records.get(source, {})
        cname = node.get(RdataType.CNAME)
        if cname is not None and kind != RdataType.CNAME:
            found.answer.append(_rrset(name, cname))
            target: Name = cname[0].target
            return target
        if kind in node:
            found.answer.append(_rrset(name, node[kind]))
        elif kind == RdataType.SOA and name == self.origin:
            found.answer.append(self.soa)
        elif kind == RdataType.A and source in self.aliases:
            alias = self.aliases[source]
            found.alias = Alias(name, alias.ttl, alias.target)
        else:
            found.authority.append(self._negative())
        return None

    def _refer(self, name: Name, kind: RdataType, found: Answer) -> bool:
        """Below a delegation this zone only says who else to ask; its DS stands on this side."""
        for size in range(len(self.origin.labels) + 1, len(name.labels) + 1):
            cut = Name(name.labels[-size:])
            servers = self.records.get(cut, {}).get(RdataType.NS)
            if servers is None or (kind == RdataType.DS and cut == name):
                continue
            # After a CNAME inside this zone the first part of the answer stays authoritative.
            found.authoritative = bool(found.answer)
            found.authority.append(_rrset(cut, servers))
            for server in servers:
                for family in (RdataType.A, RdataType.AAAA):
                    glue = self.records.get(server.target, {}).get(family)
                    if glue is not None:
                        found.additional.append(_rrset(server.target, glue))
            return True
        return False

    def _source_of(self, name: Name) -> Name | None:
        """The node that answers for `name`: itself, a wildcard, or None for NXDOMAIN."""
        if self._exists(name):
            return name
        encloser = name.parent()
        while not self._exists(encloser):
            encloser = encloser.parent()
        wildcard = _WILDCARD.derelativize(encloser)
        return wildcard if wildcard in self.records or wildcard in self.aliases else None

    def _exists(self, name: Name) -> bool:
        """True also for an empty non-terminal: it hides a wildcard (RFC 4592)."""
        if name == self.origin:
            return True
        owners = (*self.records, *self.aliases)
        return any(owner.is_subdomain(name) for owner in owners)

    def _negative(self) -> dns.rrset.RRset:
        ttl = min(self.soa.ttl, self.soa[0].minimum)
        return dns.rrset.from_rdata_list(self.origin, ttl, list(self.soa))


class Zone:
    """A zone that can be edited; every edit raises the serial."""

    def __init__(self, origin: str, servers: Sequence[str], *, negative_ttl: int = 10) -> None:
        self.origin = dns.name.from_text(origin)
        self.serial = 2026010100
        self._negative_ttl = negative_ttl
        self._primary = servers[0]
        self._records: dict[Name, dict[RdataType, dns.rdataset.Rdataset]] = {}
        self._aliases: dict[Name, Alias] = {}
        self.put(origin, "NS", 3600, [f"{server.rstrip('.')}." for server in servers])

    def put(self, name: str, kind: str, ttl: int, values: Sequence[str]) -> None:
        """Set one record set. Raises `RecordRefused` for what a DNS host would not take."""
        owner, kind = self._owner(name), kind.upper()
        if kind not in TYPES:
            raise RecordRefused(f"records of type {kind} are not offered")
        if not values or not 0 <= ttl <= 604_800:
            raise RecordRefused("a record needs a value, and a TTL between 0 and 604800")
        rivals = self._rivals(owner, kind)
        if rivals:
            raise RecordRefused(f"{kind} at {name} cannot stand beside {', '.join(rivals)}")
        if kind == "ALIAS":
            if len(values) != 1:
                raise RecordRefused("an ALIAS has one target")
            self._aliases[owner] = Alias(owner, ttl, _target(values[0]))
        else:
            rdtype = dns.rdatatype.from_text(kind)
            self._records.setdefault(owner, {})[rdtype] = _rdataset(rdtype, ttl, values)
        self.serial += 1

    def remove(self, name: str, kind: str) -> None:
        """Take one record set away; one that is not there is fine."""
        owner, kind = self._owner(name), kind.upper()
        if kind not in TYPES:
            raise RecordRefused(f"records of type {kind} are not offered")
        if kind == "ALIAS":
            gone: object = self._aliases.pop(owner, None)
        else:
            gone = self._records.get(owner, {}).pop(dns.rdatatype.from_text(kind), None)
            if not self._records.get(owner, True):
                del self._records[owner]
        if gone is not None:
            self.serial += 1

    def listing(self) -> list[dict[str, object]]:
        """All record sets, as a DNS host's panel shows them."""
        rows: list[dict[str, object]] = []
        for owner, node in self._records.items():
            for kind, rdataset in node.items():
                values = sorted(record.to_text() for record in rdataset)
                rows.append(_row(owner, dns.rdatatype.to_text(kind), rdataset.ttl, values))
        for alias in self._aliases.values():
            rows.append(_row(alias.owner, "ALIAS", alias.ttl, [alias.target.to_text()]))
        return sorted(rows, key=lambda row: (str(row["name"]), str(row["type"])))

    def snapshot(self) -> Snapshot:
        """The zone as it is now."""
        primary = self._primary.rstrip(".")
        soa = dns.rrset.from_text(
            self.origin,
            3600,
            "IN",
            "SOA",
            f"{primary}. hostmaster.{primary}. {self.serial} 3600 600 86400 {self._negative_ttl}",
        )
        records = {owner: dict(node) for owner, node in self._records.items()}
        return Snapshot(self.origin, self.serial, soa, records, dict(self._aliases))

    def _owner(self, name: str) -> Name:
        try:
            owner = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise RecordRefused(f"not a host name: {name!r}") from error
        if not owner.is_subdomain(self.origin):
            raise RecordRefused(f"{name} is not in the zone {self.origin}")
        return owner

    def _rivals(self, owner: Name, kind: str) -> list[str]:
        there = set(self._records.get(owner, {}))
        rivals: list[str] = []
        if kind == "CNAME":
            if owner == self.origin:
                rivals.append("SOA")
            rivals += [dns.rdatatype.to_text(t) for t in there if t != RdataType.CNAME]
        elif RdataType.CNAME in there:
            rivals.append("CNAME")
        if kind == "ALIAS":
            rivals += [dns.rdatatype.to_text(t) for t in there & _ADDRESSES]
        elif owner in self._aliases and kind in ("A", "AAAA", "CNAME"):
            rivals.append("ALIAS")
        return sorted(rivals)


def _rdataset(kind: RdataType, ttl: int, values: Sequence[str]) -> dns.rdataset.Rdataset:
    texts = list(values)
    if kind in (RdataType.CNAME, RdataType.NS):
        texts = [f"{text.rstrip('.')}." for text in texts]
    if kind == RdataType.TXT:
        texts = [t if t.startswith('"') else '"' + t.replace('"', '\\"') + '"' for t in texts]
    if kind == RdataType.CNAME and len(texts) != 1:
        raise RecordRefused("a CNAME has one target")
    try:
        return dns.rdataset.from_text_list(RdataClass.IN, kind, ttl, texts)
    except (dns.exception.DNSException, ValueError) as error:
        raise RecordRefused(f"not a value for this type: {values!r}") from error


def _target(value: str) -> Name:
    try:
        return dns.name.from_text(value)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise RecordRefused(f"not a host name: {value!r}") from error


def _rrset(owner: Name, rdataset: dns.rdataset.Rdataset) -> dns.rrset.RRset:
    return dns.rrset.from_rdata_list(owner, rdataset.ttl, list(rdataset))


def _row(owner: Name, kind: str, ttl: int, values: list[str]) -> dict[str, object]:
    shown = [value.rstrip(".") for value in values]
    name = owner.to_text(omit_final_dot=True)
    return {"name": name, "type": kind, "ttl": ttl, "values": shown}
