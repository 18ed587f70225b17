"""What does a visitor's resolver say? Iterative look-ups, and a cache that counts TTLs down."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rrset
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from providers.sandbox.dns.listener import DnsListener

_PATIENCE = 0.5
_MOST_REFERRALS = 12
_MOST_LINKS = 8
_DEEPEST = 3


class LookupFailed(LookupError):
    """No server answered, or the delegation leads nowhere."""


class Iterator:
    """Asks from the root downwards by real queries; remembers nothing."""

    def __init__(self, roots: Sequence[str], endpoints: Mapping[str, str]) -> None:
        self._roots = list(roots)
        self._endpoints = endpoints

    async def ask(self, name: Name, kind: RdataType, depth: int = 0) -> dns.message.Message:
        """The authoritative reply to one question. Raises `LookupFailed`."""
        servers = self._roots
        for _ in range(_MOST_REFERRALS):
            reply = await self._ask_one_of(servers, name, kind)
            if reply.flags & dns.flags.AA:
                return reply
            servers = await self._next_servers(reply, depth)
        raise LookupFailed(f"too many referrals for {name}")

    async def addresses(self, name: Name) -> tuple[int, list[str]]:
        """Follow aliases to addresses: the lowest TTL on the way, and the addresses."""
        lowest = 604_800
        for _ in range(_MOST_LINKS):
            reply = await self.ask(name, RdataType.A)
            found = reply.get_rrset(dns.message.ANSWER, name, RdataClass.IN, RdataType.A)
            if found is not None:
                return min(lowest, found.ttl), sorted(record.address for record in found)
            link = reply.get_rrset(dns.message.ANSWER, name, RdataClass.IN, RdataType.CNAME)
            if link is None:
                return 0, []
            lowest, name = min(lowest, link.ttl), link[0].target
        return 0, []

    async def _ask_one_of(
        self, servers: Sequence[str], name: Name, kind: RdataType
    ) -> dns.message.Message:
        for server in random.sample(list(servers), len(servers)):
            host, _, port = self._endpoints.get(f"{server}:53", "").rpartition(":")
            if not port:
                continue
            question = dns.message.make_query(name, kind, use_edns=0, payload=1232)
            question.flags &= ~dns.flags.RD
            try:
                reply, _ = await dns.asyncquery.udp_with_fallback(
                    question, host, port=int(port), timeout=_PATIENCE, ignore_errors=True
                )
            except (dns.exception.DNSException, OSError, EOFError):
                continue
            lame = not reply.flags & dns.flags.AA and not reply.authority
            if reply.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN) and not lame:
                return reply
        raise LookupFailed(f"no server answers for {name}")

    async def _next_servers(self, reply: dns.message.Message, depth: int) -> list[str]:
        found: list[str] = []
        for rrset in reply.authority:
            if rrset.rdtype != RdataType.NS:
                continue
            for record in rrset:
                glue = reply.get_rrset(
                    dns.message.ADDITIONAL, record.target, RdataClass.IN, RdataType.A
                )
                if glue is not None:
                    found += [g.address for g in glue]
                elif depth < _DEEPEST:
                    answer = await self.ask(record.target, RdataType.A, depth + 1)
                    found += [
                        a.address for r in answer.answer for a in r if r.rdtype == RdataType.A
                    ]
        if not found:
            raise LookupFailed("a referral names no server that can be reached")
        return found


@dataclass(frozen=True)
class _Kept:
    """A cached record set, or a cached "there is none" with the zone's SOA."""

    rrset: dns.rrset.RRset | None
    rcode: dns.rcode.Rcode
    soa: dns.rrset.RRset | None
    until: float


class CachingResolver:
    """A resolver as visitors have it. `floor`: TTLs below it are stretched to it, in seconds.

    `questions` keeps the latest names asked for over the network.
    """

    def __init__(self, iterator: Iterator, floor: int = 0) -> None:
        self.floor = floor
        self.questions: deque[str] = deque(maxlen=1_000)
        self._iterator = iterator
        self._kept: dict[tuple[Name, RdataType], _Kept] = {}
        self._busy: dict[tuple[Name, RdataType], asyncio.Lock] = {}
        self._listener = DnsListener(self._handle)

    @property
    def port(self) -> int:
        """The loopback port, after `start`."""
        return self._listener.port

    async def start(self) -> None:
        """Begin to listen."""
        await self._listener.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._listener.stop()

    async def addresses(self, name: str) -> list[str]:
        """IPv4 addresses as of the cache, or looked up now. Raises `LookupFailed` for none."""
        chain, _, _ = await self._chain(dns.name.from_text(name), RdataType.A)
        found = [r.address for rrset in chain if rrset.rdtype == RdataType.A for r in rrset]
        if not found:
            raise LookupFailed(f"{name} has no address")
        return found

    async def _handle(self, question: dns.message.Message) -> dns.message.Message | None:
        reply = dns.message.make_response(question, recursion_available=True)
        asked = question.question[0]
        self.questions.append(asked.name.to_text(omit_final_dot=True))
        if not question.flags & dns.flags.RD:
            # As real resolvers do: nobody may peek into the cache without loading it.
            reply.set_rcode(dns.rcode.REFUSED)
            return reply
        try:
            chain, rcode, soa = await self._chain(asked.name, asked.rdtype)
        except LookupFailed:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply
        reply.set_rcode(rcode)
        reply.answer = chain
        reply.authority = [soa] if soa is not None else []
        return reply

    async def _chain(
        self, name: Name, kind: RdataType
    ) -> tuple[list[dns.rrset.RRset], dns.rcode.Rcode, dns.rrset.RRset | None]:
        chain: list[dns.rrset.RRset] = []
        for _ in range(_MOST_LINKS):
            kept = await self._one(name, kind)
            if kept.rrset is None:
                soa = _counted_down(kept.soa, kept.until) if kept.soa is not None else None
                return chain, kept.rcode, soa
            chain.append(_counted_down(kept.rrset, kept.until))
            if kept.rrset.rdtype == kind or kept.rrset.rdtype != RdataType.CNAME:
                return chain, kept.rcode, None
            name = kept.rrset[0].target
        raise LookupFailed("aliases do not end")

    async def _one(self, name: Name, kind: RdataType) -> _Kept:
        """The record set of `name` itself: of the type asked, or its CNAME, or "none"."""
        lock = self._busy.setdefault((name, kind), asyncio.Lock())
        async with lock:
            for wanted in (kind, RdataType.CNAME):
                kept = self._kept.get((name, wanted))
                if kept is None or kept.until <= time.monotonic():
                    continue
                # "No CNAME here" says nothing about the type that was asked for.
                if kept.rrset is not None or wanted == kind:
                    return kept
            return self._keep(name, kind, await self._iterator.ask(name, kind))

    def _keep(self, name: Name, kind: RdataType, reply: dns.message.Message) -> _Kept:
        for wanted in (kind, RdataType.CNAME):
            rrset = reply.get_rrset(dns.message.ANSWER, name, RdataClass.IN, wanted)
            if rrset is not None:
                kept = _Kept(rrset, dns.rcode.NOERROR, None, self._until(rrset.ttl))
                self._kept[name, wanted] = kept
                return kept
        soa = next((r for r in reply.authority if r.rdtype == RdataType.SOA), None)
        # RFC 2308: "there is none" is kept for the lower of the SOA's TTL and minimum.
        ttl = min(soa.ttl, soa[0].minimum) if soa is not None else 0
        kept = _Kept(None, reply.rcode(), soa, self._until(ttl))
        self._kept[name, kind] = kept
        return kept

    def _until(self, ttl: int) -> float:
        return time.monotonic() + max(ttl, self.floor)


def _counted_down(rrset: dns.rrset.RRset, until: float) -> dns.rrset.RRset:
    left = max(0, int(until - time.monotonic()))
    return dns.rrset.from_rdata_list(rrset.name, left, list(rrset))
