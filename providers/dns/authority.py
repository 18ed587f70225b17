"""What do the authoritative servers themselves say about a name, each of them?"""

import asyncio
from collections.abc import Iterable

import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.TXT import TXT

from providers.dns.delegation import Delegations, NameServer, Zone, text_of
from providers.dns.net import INTERCEPTED, Net, NoReply, unusable
from wizard.errors import OutsideError, UsageError
from wizard.model.dns import NameSurvey, Record, RecordType, ServerAnswer
from wizard.ports.dns import PortIntercepted
from wizard.safety.clean import clean
from wizard.safety.network import Network

_MOST_ALIASES = 8
_LONGEST_VALUE = 2_000
# Types that some old servers refuse instead of saying that there is none.
_OFTEN_UNKNOWN = frozenset({RdataType.HTTPS, RdataType.SVCB})


class AuthoritativeDns:
    """Implements the port `Dns`. Asks authoritative servers only; no cache is read or loaded."""

    def __init__(self, network: Network, *, timeout: float = 2.0) -> None:
        self._net = Net(network, timeout)
        self._delegations = Delegations(self._net)

    async def survey(self, name: str, types: tuple[RecordType, ...] = ("A", "CNAME")) -> NameSurvey:
        """Every server's own answer; a server in trouble is an answer with `error`, not a raise.

        Record sets of `name` itself come first, in the order of `types`; then the links of its
        alias chain as far as they lie in the same zone. Raises `OutsideError` when the walk from
        the root does not arrive, `UsageError` for a name that is none.
        """
        wanted = parse_name(name)
        zone = await self._zone_of(wanted)
        # An ALIAS exists only in a host's panel; on the wire it is an A.
        kinds = tuple(dict.fromkeys(_kind_of(kind) for kind in types))
        looks = await asyncio.gather(*(self._look(s, zone, wanted, kinds) for s in zone.servers))
        if looks and all(answer.error == INTERCEPTED for answer, _ in looks):
            raise _intercepted(wanted, INTERCEPTED)
        negative = [ttl for _, ttl in looks if ttl is not None]
        return NameSurvey(
            name=text_of(wanted),
            zone=text_of(zone.apex),
            answers=tuple(answer for answer, _ in looks),
            negative_ttl=max(negative, default=None),
            parent_ttl=zone.parent_ttl,
        )

    async def addresses(self, host: str) -> tuple[str, ...]:
        """IPv4 addresses, following aliases across zones; empty when there are none.

        Raises `OutsideError` when no authoritative server of a zone on the way answers, or when
        the aliases do not end.
        """
        name = parse_name(host)
        for _ in range(_MOST_ALIASES + 1):
            zone = await self._zone_of(name)
            try:
                reply = await self._net.first(
                    zone.addresses, name, RdataType.A, lambda r: not unusable(r)
                )
            except NoReply as error:
                raise _unanswered(text_of(name), zone, error) from error
            rrset = reply.get_rrset(dns.message.ANSWER, name, RdataClass.IN, RdataType.A)
            if rrset is not None:
                return tuple(sorted(record.address for record in rrset))
            target = _alias_of(reply.answer, name)
            if target is None:
                return ()
            name = target
        raise OutsideError(
            f"the aliases of {clean(host)} do not end",
            f"more than {_MOST_ALIASES} CNAME records in a row",
            "look at the CNAME records: one of them probably points back",
        )

    async def signed(self, zone: str) -> bool | None:
        """Whether the parent of `zone` holds a DS record; None when no server of it answers."""
        apex = parse_name(zone)
        try:
            parent = await self._delegations.zone_of(apex.parent())
            reply = await self._net.first(
                parent.addresses, apex, RdataType.DS, lambda r: not unusable(r)
            )
        except NoReply:
            return None
        found = reply.get_rrset(dns.message.ANSWER, apex, RdataClass.IN, RdataType.DS)
        return found is not None

    async def _zone_of(self, name: dns.name.Name) -> Zone:
        try:
            return await self._delegations.zone_of(name)
        except NoReply as error:
            if error.intercepted:
                raise _intercepted(name, error.title) from error
            raise OutsideError(
                f"cannot find who is in charge of {text_of(name)} in DNS",
                error.title,
                "check this machine's network: UDP and TCP port 53 to the outside must be open",
            ) from error

    async def _look(
        self, server: NameServer, zone: Zone, name: dns.name.Name, kinds: tuple[RdataType, ...]
    ) -> tuple[ServerAnswer, int | None]:
        if not server.address:
            return _answer(server, error="no address is known for this server"), None
        # All at once, so that a silent server costs one timeout and not one for each type.
        results = await asyncio.gather(
            self._net.ask(server.address, zone.apex, RdataType.SOA),
            *(self._net.ask(server.address, name, kind) for kind in kinds),
            return_exceptions=True,
        )
        replies = []
        for kind, result in zip((RdataType.SOA, *kinds), results, strict=True):
            if isinstance(result, NoReply):
                trouble = result.title
            elif isinstance(result, BaseException):
                raise result
            else:
                trouble = unusable(result)
                replies.append(result)
            if trouble and kind not in _OFTEN_UNKNOWN:
                # Also for CAA alone: a certificate authority takes such trouble for a no.
                return _answer(server, error=_asked_for(trouble, kind)), None
        serial, negative_ttl = _start_of_authority(replies[0], zone.apex)
        if serial is None:
            return _answer(server, error="does not hold this zone (no SOA record)"), None
        records = _records(replies[1:], zone.apex)
        await self._follow(server, zone, name, kinds, records)
        ordered = sorted(records.values(), key=lambda r: r.name != text_of(name))
        return _answer(server, serial=serial, records=tuple(ordered)), negative_ttl

    async def _follow(
        self,
        server: NameServer,
        zone: Zone,
        name: dns.name.Name,
        kinds: tuple[RdataType, ...],
        records: dict[tuple[str, str], Record],
    ) -> None:
        """Complete the alias chain where this server is in charge of its next link too."""
        for _ in range(_MOST_ALIASES):
            link = records.get((text_of(name), "CNAME"))
            if link is None:
                return
            name = dns.name.from_text(link.values[0])
            if not name.is_subdomain(zone.apex) or any(o == text_of(name) for o, _ in records):
                continue
            for kind in kinds:
                try:
                    reply = await self._net.ask(server.address, name, kind)
                except NoReply:
                    return
                if unusable(reply):
                    return
                records.update(_records([reply], zone.apex))


def parse_name(text: str) -> dns.name.Name:
    """A host name in dnspython's form. Raises `UsageError` when it cannot be one."""
    try:
        name = dns.name.from_text(text.strip())
    except (dns.exception.DNSException, UnicodeError) as error:
        raise UsageError(f"not a host name: {clean(text, 100)}", type(error).__name__) from error
    if name == dns.name.root:
        raise UsageError("a host name is missing")
    return name


def _asked_for(trouble: str, kind: RdataType) -> str:
    said = trouble.startswith("answers ") and kind != RdataType.SOA
    return f"{trouble} when asked for {dns.rdatatype.to_text(kind)}" if said else trouble


def _kind_of(kind: RecordType) -> RdataType:
    return RdataType.A if kind == "ALIAS" else dns.rdatatype.from_text(kind)


def _answer(
    server: NameServer,
    serial: int | None = None,
    records: tuple[Record, ...] = (),
    error: str = "",
) -> ServerAnswer:
    return ServerAnswer(
        server=clean(server.name, 300),
        address=server.address,
        serial=serial,
        records=records,
        error=clean(error, 300),
    )


def _start_of_authority(
    reply: dns.message.Message, apex: dns.name.Name
) -> tuple[int | None, int | None]:
    rrset = reply.get_rrset(dns.message.ANSWER, apex, RdataClass.IN, RdataType.SOA)
    if rrset is None:
        return None, None
    # RFC 2308: "no such record" is kept for the lower of the two.
    return rrset[0].serial, min(rrset.ttl, rrset[0].minimum)


def _records(
    replies: Iterable[dns.message.Message], apex: dns.name.Name
) -> dict[tuple[str, str], Record]:
    """Record sets inside the zone: what a server says about other zones is hearsay."""
    found: dict[tuple[str, str], Record] = {}
    for reply in replies:
        for rrset in reply.answer:
            if not rrset.name.is_subdomain(apex):
                continue
            record = record_of(rrset)
            found.setdefault((record.name, record.type), record)
    return found


def record_of(rrset: dns.rrset.RRset) -> Record:
    """A record set in the model's form, cleaned: names and values come from outside."""
    return Record(
        name=clean(text_of(rrset.name), 300),
        type=dns.rdatatype.to_text(rrset.rdtype),
        ttl=rrset.ttl,
        values=tuple(sorted(_value(record) for record in rrset)),
    )


def _value(record: dns.rdata.Rdata) -> str:
    if isinstance(record, CNAME):
        return clean(text_of(record.target), 300)
    if isinstance(record, TXT):
        text = b"".join(record.strings).decode("utf-8", "replace")
        return clean(text, _LONGEST_VALUE)
    return clean(record.to_text(), _LONGEST_VALUE)


def _alias_of(answer: Iterable[dns.rrset.RRset], name: dns.name.Name) -> dns.name.Name | None:
    for rrset in answer:
        if rrset.name == name and rrset.rdtype == RdataType.CNAME:
            target: dns.name.Name = rrset[0].target
            return target
    return None


def _intercepted(name: dns.name.Name, why: str) -> PortIntercepted:
    return PortIntercepted(
        "this network answers DNS questions in the place of the servers that were asked",
        f"on the way to {text_of(name)}: {why}",
        "use another network (a phone's, say); or let moveday ask a resolver over HTTPS, with\n"
        "--over-https URL: TTLs are then lower bounds only, and that resolver sees the names",
    )


def _unanswered(host: str, zone: Zone, error: NoReply) -> OutsideError:
    return OutsideError(
        f"no authoritative server gave the address of {host}",
        f"zone {text_of(zone.apex)}: {error.title}",
        "try again; if it stays so, the DNS host has trouble",
    )
