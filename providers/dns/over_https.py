"""DNS through a resolver over HTTPS, for networks that answer port 53 themselves (RFC 8484).

The resolver is a cache: what it gives counts down, so every TTL is a lower bound. Looking several
times helps, since behind one name there are many caches (simulated: the best of five looks finds
about 84 % of the true TTL).
"""

import asyncio
import ssl
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import httpx
from dns.rdatatype import RdataType

from providers.dns.authority import parse_name, record_of
from providers.dns.delegation import text_of
from providers.http import is_loopback
from wizard.errors import OutsideError, UsageError
from wizard.model.dns import NameSurvey, Record, RecordType, ServerAnswer
from wizard.safety.clean import clean
from wizard.safety.network import Network

LOOKS = 5
_LARGEST = 65_535
_DEEPEST = 12
_TYPE = "application/dns-message"


class OverHttps:
    """Implements the port `Dns` through one resolver. Raises UsageError for an unfit address.

    No redirects, no proxy, no cookies; `timeout` seconds bound each question.
    """

    def __init__(self, endpoint: str, network: Network, *, timeout: float = 5.0) -> None:
        self._endpoint = _checked(endpoint)
        self._host = urlsplit(self._endpoint).hostname or ""
        self._network = network
        self._timeout = timeout
        self._tls: ssl.SSLContext | None = None

    async def survey(self, name: str, types: tuple[RecordType, ...] = ("A", "CNAME")) -> NameSurvey:
        """The resolver's view of a name; its trouble is an answer with `error`, not a raise."""
        wanted = parse_name(name)
        kinds = dict.fromkeys(
            RdataType.A if kind == "ALIAS" else dns.rdatatype.from_text(kind) for kind in types
        )
        # An alias leads the question for a SOA into another zone, so the way up is asked as well.
        ways_up = [dns.name.Name(wanted.labels[n:]) for n in range(len(wanted.labels) - 2)]
        questions = [(name, RdataType.SOA) for name in ways_up[:_DEEPEST] or [wanted]]
        up = len(questions)
        questions += [(wanted, kind) for kind in kinds for _ in range(LOOKS)]
        try:
            replies = await self._ask_all(questions)
        except OutsideError as error:
            answer = self._answer((), f"{error.title}: {error.detail}")
            return NameSurvey(name=text_of(wanted), zone="", answers=(answer,), through="cache")
        apex, negative = _zone_in(replies[:up], wanted)
        records: dict[tuple[str, str], Record] = {}
        for reply in replies[up:]:
            for rrset in reply.answer:
                record = record_of(rrset)
                had = records.get((record.name, record.type))
                inside = rrset.name.is_subdomain(apex)
                if inside and (had is None or had.ttl < record.ttl):
                    records[record.name, record.type] = record
        ordered = sorted(records.values(), key=lambda r: r.name != text_of(wanted))
        return NameSurvey(
            name=text_of(wanted),
            zone=text_of(apex),
            answers=(self._answer(tuple(ordered)),),
            negative_ttl=negative,
            through="cache",
        )

    async def addresses(self, host: str) -> tuple[str, ...]:
        """IPv4 addresses as this cache knows them."""
        (reply,) = await self._ask_all([(parse_name(host), RdataType.A)])
        found = (r.address for s in reply.answer if s.rdtype == RdataType.A for r in s)
        return tuple(sorted(found))

    async def signed(self, zone: str) -> bool | None:
        """Whether the parent holds a DS record, as this cache knows."""
        try:
            (reply,) = await self._ask_all([(parse_name(zone), RdataType.DS)])
        except OutsideError:
            return None
        return any(rrset.rdtype == RdataType.DS for rrset in reply.answer)

    async def _ask_all(
        self, questions: list[tuple[dns.name.Name, RdataType]]
    ) -> list[dns.message.Message]:
        async with httpx.AsyncClient(
            verify=self._context(),
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113  each question has a deadline of its own
        ) as client:
            asked = (self._ask(client, name, kind) for name, kind in questions)
            found = await asyncio.gather(*asked, return_exceptions=True)
        for reply in found:
            if isinstance(reply, BaseException):
                raise reply
        return [reply for reply in found if isinstance(reply, dns.message.Message)]

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            ca_file = self._network.ca_file
            self._tls = (
                ssl.create_default_context(cafile=ca_file)
                if ca_file
                else httpx.create_ssl_context(trust_env=False)
            )
        return self._tls

    async def _ask(
        self, client: httpx.AsyncClient, name: dns.name.Name, kind: RdataType
    ) -> dns.message.Message:
        question = dns.message.make_query(name, kind, use_edns=0)
        question.id = 0  # RFC 8484, 4.1: so that equal questions are equal requests
        try:
            async with (
                asyncio.timeout(self._timeout),
                client.stream(
                    "POST",
                    self._endpoint,
                    content=question.to_wire(),
                    headers={"Content-Type": _TYPE, "Accept": _TYPE},
                ) as response,
            ):
                body = b""
                async for part in response.aiter_raw():
                    body += part
                    if len(body) > _LARGEST:
                        raise self._trouble("the reply is too long")
                status = response.status_code
        except TimeoutError:
            raise self._trouble(f"no answer within {self._timeout:g} s") from None
        except (httpx.HTTPError, OSError) as error:
            raise self._trouble(type(error).__name__) from error
        if status != httpx.codes.OK:
            raise self._trouble(f"answers {status}")
        try:
            reply = dns.message.from_wire(body)
        except (dns.exception.DNSException, ValueError) as error:
            raise self._trouble("the reply is not a DNS message") from error
        if reply.question != question.question:
            raise self._trouble("the reply belongs to another question")
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise self._trouble(f"says {dns.rcode.to_text(reply.rcode())}")
        return reply

    def _trouble(self, why: str) -> OutsideError:
        return OutsideError(
            f"the resolver {clean(self._host, 200)} cannot be used",
            why,
            "name another one, or use another network",
        )

    def _answer(self, records: tuple[Record, ...], error: str = "") -> ServerAnswer:
        return ServerAnswer(
            server=clean(self._host, 300),
            address="",
            serial=None,
            records=records,
            error=clean(error, 300),
        )


def _checked(endpoint: str) -> str:
    """The address, when questions may go there: https, or this machine for practice."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    fit = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not fit or not host or parts.username is not None:
        raise UsageError(
            f"not an address for DNS over HTTPS: {clean(endpoint, 200)}",
            "it has to begin with https://",
            "for instance https://dns.quad9.net/dns-query",
        )
    return endpoint


def _zone_in(
    replies: list[dns.message.Message], name: dns.name.Name
) -> tuple[dns.name.Name, int | None]:
    """The closest zone around `name` by its SOA, and its negative TTL (a lower bound)."""
    found = [
        rrset
        for reply in replies
        for rrset in (*reply.answer, *reply.authority)
        if rrset.rdtype == RdataType.SOA and name.is_subdomain(rrset.name)
    ]
    if not found:
        return name, None
    closest = max(found, key=lambda rrset: len(rrset.name.labels))
    return closest.name, min(closest.ttl, closest[0].minimum)
