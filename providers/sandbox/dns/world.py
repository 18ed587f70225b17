"""Where do the sandbox's names live? A small Internet of its own: root, TLDs, hosts, resolvers."""

import asyncio
from collections.abc import Sequence

import dns.name
import dns.rdatatype

from providers.sandbox.dns.panel import Panel
from providers.sandbox.dns.resolvers import CachingResolver, Iterator, LookupFailed
from providers.sandbox.dns.servers import AuthoritativeServer, FaultSwitches
from providers.sandbox.dns.zones import RecordRefused, Zone

# Addresses reserved for documentation (RFC 5737): they lead nowhere, `endpoints` maps them.
ROOT = "192.0.2.1"
TOP_LEVEL = "192.0.2.2"
DNS_HOST = ("192.0.2.11", "192.0.2.12")
PLATFORM = "192.0.2.21"
RESOLVERS = ("192.0.2.53", "192.0.2.54")
PLATFORM_ZONES = ("herokudns.com", "herokuapp.com", "aptible.in", "on-aptible.com")
CUSTOMER_ZONE = "acme-clinic.test"
_HOST_SERVERS = ("ns1.dnshost.test", "ns2.dnshost.test")
_PLATFORM_SERVERS = ("ns1.platform-dns.com",)
_LONG = 172_800


class _NoFaults:
    def take(self, name: str, **match: object) -> dict[str, object] | None:
        return None


class DnsWorld:
    """All zones and their servers, two caching resolvers and the DNS host's control panel.

    The customer's zone has two servers; with the fault dns.lag(seconds) the second one takes the
    next edit that much later. The second resolver stretches TTLs to `floor` seconds.
    """

    def __init__(
        self,
        faults: FaultSwitches | None = None,
        *,
        customer_zone: str = CUSTOMER_ZONE,
        floor: int = 8,
    ) -> None:
        self._faults: FaultSwitches = faults or _NoFaults()
        self.endpoints: dict[str, str] = {}
        self.roots: tuple[str, ...] = (ROOT,)
        self._iterator = Iterator(self.roots, self.endpoints)
        addresses = (ROOT, TOP_LEVEL, *DNS_HOST, PLATFORM)
        self.servers = {
            address: AuthoritativeServer(address, self._faults, self._look_up_alias)
            for address in addresses
        }
        self.resolvers = (CachingResolver(self._iterator), CachingResolver(self._iterator, floor))
        self._zones: dict[dns.name.Name, Zone] = {}
        self._served_by: dict[dns.name.Name, tuple[str, ...]] = {}
        self._late: set[asyncio.TimerHandle] = set()
        self._customer = customer_zone
        self._panel = Panel(self.put, self.remove, self.listing)
        self._build()

    @property
    def panel_port(self) -> int:
        """The control panel's loopback port, after `start`."""
        return self._panel.port

    async def start(self) -> None:
        """Bring everything up and fill `endpoints`."""
        for address, server in self.servers.items():
            await server.start()
            self.endpoints[f"{address}:53"] = f"127.0.0.1:{server.port}"
        for address, resolver in zip(RESOLVERS, self.resolvers, strict=True):
            await resolver.start()
            self.endpoints[f"{address}:53"] = f"127.0.0.1:{resolver.port}"
        await self._panel.start()

    async def stop(self) -> None:
        """Take everything down; edits that were still on their way to the second server end."""
        for handle in self._late:
            handle.cancel()
        await self._panel.stop()
        for resolver in self.resolvers:
            await resolver.stop()
        for server in self.servers.values():
            await server.stop()

    def put(self, name: str, type: str, ttl: int, values: Sequence[str]) -> None:
        """Set a record set in whichever zone owns `name`. Raises `RecordRefused` (a ValueError)."""
        zone = self._zone_of(name)
        zone.put(name, type, ttl, values)
        self._publish(zone)

    def remove(self, name: str, type: str) -> None:
        """Take a record set away; one that is not there is fine."""
        zone = self._zone_of(name)
        zone.remove(name, type)
        self._publish(zone)

    def listing(self) -> list[dict[str, object]]:
        """The customer's records, as the panel shows them."""
        return self._zones[dns.name.from_text(self._customer)].listing()

    async def resolve(self, name: str, resolver: int = 0) -> list[str]:
        """Addresses as a visitor's resolver sees them. Raises `LookupFailed` (a LookupError)."""
        return await self.resolvers[resolver].addresses(name)

    async def look_at_authority(self, name: str, type: str = "A") -> list[str]:
        """Values at the authoritative servers, uncached, aliases followed: for certificate checks.

        Names come without the final dot; empty when there is nothing or nobody answers.
        """
        kind, current = dns.rdatatype.from_text(type), dns.name.from_text(name)
        try:
            for _ in range(8):
                reply = await self._iterator.ask(current, kind)
                own = [r for r in reply.answer if r.name == current]
                found = [record for r in own if r.rdtype == kind for record in r]
                if found:
                    return sorted(record.to_text().strip('"').rstrip(".") for record in found)
                if not own:
                    return []
                current = own[0][0].target
        except LookupFailed:
            return []
        return []

    async def _look_up_alias(self, target: dns.name.Name) -> tuple[int, list[str]]:
        try:
            return await self._iterator.addresses(target)
        except LookupFailed:
            return 0, []

    def _build(self) -> None:
        self._add(".", ("ns.root-servers.test",), (ROOT,))
        self.put("ns.root-servers.test", "A", _LONG, [ROOT])
        root = self._zones[dns.name.root]
        for tld in ("test", "com", "in"):
            self._add(tld, (f"ns.{tld}-registry.test",), (TOP_LEVEL,))
            root.put(tld, "NS", _LONG, [f"ns.{tld}-registry.test"])
            root.put(f"ns.{tld}-registry.test", "A", _LONG, [TOP_LEVEL])
            self.put(f"ns.{tld}-registry.test", "A", _LONG, [TOP_LEVEL])
        self._publish(root)
        self._delegate("dnshost.test", _HOST_SERVERS, DNS_HOST)
        self._delegate("platform-dns.com", _PLATFORM_SERVERS, (PLATFORM,))
        for zone in PLATFORM_ZONES:
            self._delegate(zone, _PLATFORM_SERVERS, (PLATFORM,))
        self._delegate(self._customer, _HOST_SERVERS, DNS_HOST)

    def _delegate(self, origin: str, servers: Sequence[str], addresses: Sequence[str]) -> None:
        """Make a zone, tell its parent, and leave glue where the parent may hold it."""
        parent = self._zone_of(origin)
        parent.put(origin, "NS", _LONG, servers)
        self._add(origin, servers, addresses)
        for server, address in zip(servers, addresses, strict=True):
            name = dns.name.from_text(server)
            if name.is_subdomain(parent.origin):
                parent.put(server, "A", _LONG, [address])
            if name.is_subdomain(dns.name.from_text(origin)):
                self.put(server, "A", _LONG, [address])
        self._publish(parent)

    def _add(self, origin: str, servers: Sequence[str], addresses: Sequence[str]) -> None:
        zone = Zone(origin, servers)
        self._zones[zone.origin] = zone
        self._served_by[zone.origin] = tuple(addresses)
        self._publish(zone)

    def _zone_of(self, name: str) -> Zone:
        try:
            wanted = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise RecordRefused(f"not a host name: {name!r}") from error
        holders = [z for origin, z in self._zones.items() if wanted.is_subdomain(origin)]
        return max(holders, key=lambda zone: len(zone.origin.labels))

    def _publish(self, zone: Zone) -> None:
        first, *others = self._served_by[zone.origin]
        state = zone.snapshot()
        self.servers[first].load(state)
        if not others:
            return
        lag = self._faults.take("dns.lag")
        for address in others:
            if lag is None:
                self.servers[address].load(state)
                continue
            seconds = float(str(lag.get("seconds", 5)))
            loop = asyncio.get_running_loop()
            self._late.add(loop.call_later(seconds, self.servers[address].load, state))
