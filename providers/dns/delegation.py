"""Which servers are in charge of a name? Found by walking from the root, never by a resolver."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from providers.dns.net import INTERCEPTED, Net, NoReply, unusable

_REMEMBERED_FOR = 60.0
_REMEMBERED = 512
_MOST_SERVERS = 16
_MOST_QUERIES = 150
_DEEPEST = 4
_SHARED_LABELS = 3  # a domain and its registry, the root's empty one counted
_TOP_LEVEL = 2  # labels of the root (one) and of a top-level domain, the empty one counted


@dataclass(frozen=True, order=True)
class NameServer:
    """One server of a zone. `address` is "" when none could be found."""

    name: str
    address: str


@dataclass(frozen=True)
class Zone:
    """A zone and who serves it. `parent_ttl` in seconds, None when the parent did not say.

    `complete` when the zone's own list of servers was read as well as its parent's.
    """

    apex: dns.name.Name
    servers: tuple[NameServer, ...]
    parent_ttl: int | None = None
    complete: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """All known addresses of its servers."""
        return tuple(dict.fromkeys(s.address for s in self.servers if s.address))


@dataclass
class _Walk:
    """Limits for one question from outside, however many referrals it takes.

    A hostile zone could otherwise name servers in zones that name servers in zones.
    """

    queries_left: int = _MOST_QUERIES
    depth: int = 0
    under_way: set[dns.name.Name] = field(default_factory=set)


class Delegations:
    """Finds zones. Remembers each for a minute, so that polling does not press on the root."""

    def __init__(self, net: Net, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._net = net
        self._elapsed = elapsed
        self._known: dict[dns.name.Name, tuple[Zone, float]] = {}
        self._first: dict[dns.name.Name, asyncio.Event] = {}

    async def zone_of(self, name: dns.name.Name) -> Zone:
        """The zone that holds `name`, with its parent's and its own list of servers joined.

        Raises `NoReply` when the way there is broken; a zone whose own servers are all silent is
        still returned, since who they are is known.
        """
        key = dns.name.Name(name.labels[-_SHARED_LABELS:])
        first = self._first.get(key)
        if first is not None:
            # Somebody is on the same way already: what they find need not be asked again.
            await first.wait()
            return await self._zone_of(name, _Walk())
        self._first[key] = first = asyncio.Event()
        try:
            return await self._zone_of(name, _Walk())
        finally:
            first.set()
            del self._first[key]

    async def _zone_of(self, name: dns.name.Name, walk: _Walk) -> Zone:
        zone = self._closest_known(name)
        for size in range(len(zone.apex.labels) + 1, len(name.labels) + 1):
            cut = dns.name.Name(name.labels[-size:])
            try:
                reply = await self._ask(zone, cut, RdataType.NS, walk)
            except NoReply:
                if walk.queries_left < 0 or len(zone.apex.labels) <= _TOP_LEVEL:
                    raise
                return zone
            servers = _servers_in(reply, cut)
            if servers is None:
                continue
            referred = not reply.flags & dns.flags.AA
            addresses = await self._with_addresses(servers, reply, zone.apex, walk)
            parent_ttl = servers.ttl if referred else None
            zone = Zone(cut, addresses, parent_ttl, complete=not referred)
            self._remember(zone)
        return zone if zone.complete else await self._with_own_list(zone, walk)

    async def _with_own_list(self, zone: Zone, walk: _Walk) -> Zone:
        """Add servers that only the zone itself names: resolvers ask those as well."""
        try:
            reply = await self._ask(zone, zone.apex, RdataType.NS, walk)
        except NoReply:
            return zone
        own = reply.get_rrset(dns.message.ANSWER, zone.apex, RdataClass.IN, RdataType.NS)
        named = {server.name for server in zone.servers}
        new = [record for record in own or () if text_of(record.target) not in named]
        servers = set(zone.servers)
        if own is not None and new:
            extra = dns.rrset.from_rdata_list(own.name, own.ttl, new)
            servers.update(await self._with_addresses(extra, reply, zone.apex, walk))
        zone = Zone(zone.apex, tuple(sorted(servers)), zone.parent_ttl, complete=True)
        self._remember(zone)
        return zone

    async def _with_addresses(
        self,
        servers: dns.rrset.RRset,
        reply: dns.message.Message,
        asked: dns.name.Name,
        walk: _Walk,
    ) -> tuple[NameServer, ...]:
        found: set[NameServer] = set()
        targets = sorted(record.target for record in servers)
        for target in targets[:_MOST_SERVERS]:
            # Glue counts only below the zone whose server gave it: nobody may speak for others.
            addresses = _glue(reply, target) if target.is_subdomain(asked) else ()
            if not addresses:
                addresses = await self._server_addresses(target, walk)
            shown = text_of(target)
            found.update(NameServer(shown, address) for address in addresses or ("",))
        return tuple(sorted(found))

    async def _server_addresses(self, target: dns.name.Name, walk: _Walk) -> tuple[str, ...]:
        if walk.depth >= _DEEPEST or target in walk.under_way:
            return ()
        walk.depth += 1
        walk.under_way.add(target)
        try:
            zone = await self._zone_of(target, walk)
            for kind in (RdataType.A, RdataType.AAAA):
                reply = await self._ask(zone, target, kind, walk)
                rrset = reply.get_rrset(dns.message.ANSWER, target, RdataClass.IN, kind)
                if rrset is not None:
                    return tuple(sorted(record.address for record in rrset))
        except NoReply:
            return ()
        finally:
            walk.depth -= 1
            walk.under_way.discard(target)
        return ()

    async def _ask(
        self, zone: Zone, name: dns.name.Name, kind: RdataType, walk: _Walk
    ) -> dns.message.Message:
        walk.queries_left -= 1
        if walk.queries_left < 0:
            raise NoReply("too many referrals")

        def usable(reply: dns.message.Message) -> bool:
            return not unusable(reply) or _referral(reply, zone.apex, name) is not None

        try:
            return await self._net.first(zone.addresses, name, kind, usable)
        except NoReply as error:
            # A root server refuses nobody: whatever answered so is not one.
            at_root = zone.apex == dns.name.root and error.replied
            why = INTERCEPTED if at_root else error.title
            raise NoReply(
                f"no server of the zone {text_of(zone.apex)}: {why}", replied=error.replied
            ) from error

    def _closest_known(self, name: dns.name.Name) -> Zone:
        now = self._elapsed()
        for size in range(len(name.labels), 1, -1):
            zone, until = self._known.get(dns.name.Name(name.labels[-size:]), (None, 0.0))
            if zone is not None and until > now:
                return zone
        roots = tuple(NameServer("root", address) for address in self._net.roots)
        return Zone(dns.name.root, roots)

    def _remember(self, zone: Zone) -> None:
        # A server whose address was not found may have one in a second.
        if not all(server.address for server in zone.servers):
            return
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[zone.apex] = (zone, self._elapsed() + _REMEMBERED_FOR)


def text_of(name: dns.name.Name) -> str:
    """A name as people write it: lower case, no dot at the end; the root is "."."""
    return name.canonicalize().to_text(omit_final_dot=True) or "."


def _servers_in(reply: dns.message.Message, cut: dns.name.Name) -> dns.rrset.RRset | None:
    if reply.flags & dns.flags.AA:
        return reply.get_rrset(dns.message.ANSWER, cut, RdataClass.IN, RdataType.NS)
    return reply.get_rrset(dns.message.AUTHORITY, cut, RdataClass.IN, RdataType.NS)


def _referral(
    reply: dns.message.Message, asked: dns.name.Name, name: dns.name.Name
) -> dns.rrset.RRset | None:
    """A referral counts only downwards: below the zone asked and on the way to the name."""
    if reply.flags & dns.flags.AA or reply.rcode() != dns.rcode.NOERROR:
        return None
    for rrset in reply.authority:
        below = rrset.name != asked and rrset.name.is_subdomain(asked)
        if rrset.rdtype == RdataType.NS and below and name.is_subdomain(rrset.name):
            return rrset
    return None


def _glue(reply: dns.message.Message, target: dns.name.Name) -> tuple[str, ...]:
    for kind in (RdataType.A, RdataType.AAAA):
        rrset = reply.get_rrset(dns.message.ADDITIONAL, target, RdataClass.IN, kind)
        if rrset is not None:
            return tuple(sorted(record.address for record in rrset))
    return ()
