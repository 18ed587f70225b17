"""A network that answers port 53 itself: noticed, said, and got round over HTTPS on request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import h11
import pytest

from providers.dns.authority import AuthoritativeDns
from providers.dns.over_https import OverHttps
from providers.dns.resolvers import CacheLooks
from providers.sandbox.authority import Authority
from providers.sandbox.dns.listener import DnsListener
from providers.sandbox.dns.world import DNS_HOST, RESOLVERS, DnsWorld
from tests.providers.dns.test_authority import OLD, WWW, network_of
from wizard.errors import OutsideError, UsageError
from wizard.ports.dns import PortIntercepted
from wizard.safety.network import Network

Answer = Callable[[dns.message.Message], Awaitable[dns.message.Message | None]]


@pytest.fixture
async def world() -> AsyncIterator[DnsWorld]:
    world = DnsWorld()
    await world.start()
    world.put(OLD, "A", 60, ["198.51.100.10"])
    world.put(WWW, "CNAME", 3600, [OLD])
    yield world
    await world.stop()


@asynccontextmanager
async def in_between(world: DnsWorld, answer: Answer) -> AsyncIterator[Network]:
    """Everything sent to port 53 of any server arrives at `answer` instead."""
    listener = DnsListener(answer)
    await listener.start()
    network = network_of(world)
    there = dict.fromkeys(network.endpoints, ("127.0.0.1", listener.port))
    yield Network(dns_roots=network.dns_roots, endpoints=there)
    await listener.stop()


async def test_a_resolver_in_between_is_noticed(world: DnsWorld) -> None:
    async with in_between(world, world.resolvers[0]._handle) as network:
        client = AuthoritativeDns(network, timeout=1.0)
        with pytest.raises(PortIntercepted) as said:
            await client.survey(WWW)
        assert "in the place of the servers" in said.value.title
        assert "--over-https" in said.value.hint
        with pytest.raises(PortIntercepted):
            await client.addresses(WWW)


async def test_a_root_server_that_refuses_is_none(world: DnsWorld) -> None:
    async def refuse(question: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(question)
        reply.set_rcode(dns.rcode.REFUSED)
        return reply

    async with in_between(world, refuse) as network:
        with pytest.raises(PortIntercepted):
            await AuthoritativeDns(network, timeout=1.0).survey(WWW)


async def test_interception_that_begins_later_is_noticed_too(world: DnsWorld) -> None:
    """The way from the root is remembered for a minute; the last servers then answer strangely."""
    client = AuthoritativeDns(network_of(world), timeout=1.0)
    assert (await client.survey(WWW)).agreed
    for server in world.servers.values():
        server._listener._handler = world.resolvers[0]._handle
    with pytest.raises(PortIntercepted):
        await client.survey(WWW)


async def test_one_lame_resolver_among_good_servers_is_that_servers_trouble(
    world: DnsWorld,
) -> None:
    world.servers[DNS_HOST[1]]._listener._handler = world.resolvers[0]._handle
    survey = await AuthoritativeDns(network_of(world), timeout=1.0).survey(WWW)
    assert ["intercepted" in a.error for a in survey.answers] == [False, True]


class DohServer:
    """DNS over HTTPS on loopback (RFC 8484, POST), with a certificate of the sandbox's authority.

    `spoil` changes the status line, the type or the bytes of what it answers.
    """

    def __init__(self, authority: Authority, answer: Answer) -> None:
        self.url = ""
        self.asked = 0
        self.spoil: Callable[[bytes], tuple[int, bytes]] = lambda wire: (200, wire)
        self._answer = answer
        self._context = authority.server_context(authority.certificate("localhost"))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        body = b""
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(65_536))
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed):
                writer.close()
                return
        question = dns.message.from_wire(body)
        assert question.id == 0 and question.flags & dns.flags.RD
        reply = await self._answer(question)
        assert reply is not None
        self.asked += 1
        status, wire = self.spoil(reply.to_wire())
        head = [("content-type", "application/dns-message"), ("content-length", str(len(wire)))]
        head.append(("connection", "close"))
        writer.write(connection.send(h11.Response(status_code=status, headers=head)) or b"")
        writer.write(connection.send(h11.Data(data=wire)) or b"")
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        await writer.drain()
        writer.close()


@pytest.fixture
async def doh(world: DnsWorld, tmp_path: Path) -> AsyncIterator[tuple[DohServer, Network]]:
    authority = Authority(tmp_path)
    server = DohServer(authority, world.resolvers[0]._handle)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=server._context)
    server.url = f"https://localhost:{listening.sockets[0].getsockname()[1]}/dns-query"
    yield server, Network(ca_file=str(authority.ca_file))
    listening.close()


async def test_over_https_the_ttl_is_a_lower_bound_and_says_so(
    world: DnsWorld, doh: tuple[DohServer, Network]
) -> None:
    server, network = doh
    client = OverHttps(server.url, network)
    survey = await client.survey(WWW, ("A", "CNAME", "CAA", "TXT"))
    assert (survey.through, survey.zone) == ("cache", "acme-clinic.test")
    own = survey.answers[0].own(WWW)
    assert own is not None
    assert (own.type, own.values) == ("CNAME", (OLD,))
    assert 3590 <= own.ttl <= 3600
    assert survey.answers[0].server == "localhost"
    assert await client.addresses(WWW) == ("198.51.100.10",)
    assert await client.signed("acme-clinic.test") is False


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda wire: (503, wire), "answers 503"),
        (lambda wire: (302, wire), "answers 302"),
        (lambda wire: (200, b"<html>log in to this network</html>"), "not a DNS message"),
        (lambda wire: (200, b"x" * 70_000), "too long"),
        (
            lambda wire: (200, dns.message.make_response(_other()).to_wire()),
            "another question",
        ),
    ],
)
async def test_a_broken_resolver_is_an_answer_with_trouble(
    doh: tuple[DohServer, Network], spoil: Callable[[bytes], tuple[int, bytes]], why: str
) -> None:
    server, network = doh
    server.spoil = spoil
    survey = await OverHttps(server.url, network).survey(WWW)
    assert why in survey.answers[0].error
    with pytest.raises(OutsideError, match="cannot be used"):
        await OverHttps(server.url, network).addresses(WWW)


async def test_a_certificate_of_somebody_else_is_refused(
    doh: tuple[DohServer, Network],
) -> None:
    server, _ = doh
    survey = await OverHttps(server.url, Network()).survey(WWW)
    assert survey.answers[0].error
    assert server.asked == 0


@pytest.mark.parametrize(
    "url", ["http://dns.example/dns-query", "dns.example", "https://", "https://u:p@x/", "ftp://x"]
)
def test_only_https_is_an_address_for_questions(url: str) -> None:
    with pytest.raises(UsageError, match="DNS over HTTPS"):
        OverHttps(url, Network())


async def test_a_resolver_shows_what_is_left_of_the_ttl(world: DnsWorld) -> None:
    looks = CacheLooks(network_of(world), timeout=1.0)
    first = await looks.look(RESOLVERS[0], WWW)
    assert [(r.type, r.values) for r in first.records] == [
        ("CNAME", (OLD,)),
        ("A", ("198.51.100.10",)),
    ]
    assert (await looks.look("192.0.2.99", WWW)).error


def _other() -> dns.message.Message:
    question = dns.message.make_query("other.test", "A", use_edns=0)
    question.id = 0
    return question
