"""Who answers for a zone? Authoritative name servers, with their troubles on demand."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.name import Name

from providers.sandbox.dns.listener import DnsListener
from providers.sandbox.dns.zones import Answer, Snapshot

_PAYLOAD = 1232
_KEPT_QUESTIONS = 10_000


class FaultSwitches(Protocol):
    """The part of the sandbox's fault switches that DNS uses."""

    def take(self, name: str, **match: object) -> dict[str, object] | None:
        """Settings of an active fault that matches, using one occurrence up; None when off."""
        ...


AliasLookup = Callable[[Name], Awaitable[tuple[int, list[str]]]]


class AuthoritativeServer:
    """One server of several zones, under a public `address` that exists only on paper.

    Faults: dns.silent(server), dns.refused(server), dns.lame(server); `server` is the address,
    left out it means every server. An ALIAS is looked up by `look_up_alias` (TTL, addresses).
    `questions` keeps the latest (name, type) pairs asked here.
    """

    def __init__(self, address: str, faults: FaultSwitches, look_up_alias: AliasLookup) -> None:
        self.address = address
        self.questions: deque[tuple[str, str]] = deque(maxlen=_KEPT_QUESTIONS)
        self._faults = faults
        self._look_up_alias = look_up_alias
        self._zones: dict[Name, Snapshot] = {}
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

    def load(self, zone: Snapshot) -> None:
        """Serve this state of a zone from now on."""
        self._zones[zone.origin] = zone

    async def _handle(self, question: dns.message.Message) -> dns.message.Message | None:
        name, kind = question.question[0].name, question.question[0].rdtype
        self.questions.append((name.to_text(omit_final_dot=True), dns.rdatatype.to_text(kind)))
        if self._faults.take("dns.silent", server=self.address) is not None:
            return None
        reply = dns.message.make_response(question, our_payload=_PAYLOAD)
        if self._faults.take("dns.refused", server=self.address) is not None:
            reply.set_rcode(dns.rcode.REFUSED)
            return reply
        zone = self._zone_for(name)
        if zone is None:
            reply.set_rcode(dns.rcode.REFUSED)
            return reply
        if self._faults.take("dns.lame", server=self.address) is not None:
            return reply
        answer = zone.answer(name, kind)
        if answer.alias is not None:
            ttl, addresses = await self._look_up_alias(answer.alias.target)
            if addresses:
                lower = min(ttl, answer.alias.ttl)
                answer.answer.append(
                    dns.rrset.from_text(answer.alias.owner, lower, "IN", "A", *addresses)
                )
            else:
                answer.rcode = dns.rcode.SERVFAIL
        return _written(reply, answer)

    def _zone_for(self, name: Name) -> Snapshot | None:
        holders: Iterable[Snapshot] = (
            zone for zone in self._zones.values() if name.is_subdomain(zone.origin)
        )
        return max(holders, key=lambda zone: len(zone.origin.labels), default=None)


def _written(reply: dns.message.Message, answer: Answer) -> dns.message.Message:
    reply.set_rcode(answer.rcode)
    if answer.authoritative:
        reply.flags |= dns.flags.AA
    reply.answer = answer.answer
    reply.authority = answer.authority
    reply.additional = answer.additional
    return reply
