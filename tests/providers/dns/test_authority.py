"""The client against real servers on loopback: what it reads, whom it asks, what trouble costs."""

import time
from collections.abc import AsyncIterator

import pytest

from providers.dns.authority import AuthoritativeDns
from providers.sandbox.dns.world import DNS_HOST, DnsWorld
from providers.sandbox.faults import Faults
from wizard.errors import OutsideError, UsageError
from wizard.safety.network import Network

WWW = "www.acme-clinic.test"
OLD = "sharp-cedar-1.herokudns.com"


def network_of(world: DnsWorld) -> Network:
    def pair(text: str) -> tuple[str, int]:
        host, _, port = text.rpartition(":")
        return host, int(port)

    endpoints = {pair(k): pair(v) for k, v in world.endpoints.items()}
    return Network(dns_roots=world.roots, endpoints=endpoints)


@pytest.fixture
async def faults() -> Faults:
    return Faults()


@pytest.fixture
async def world(faults: Faults) -> AsyncIterator[DnsWorld]:
    world = DnsWorld(faults)
    await world.start()
    world.put(OLD, "A", 60, ["198.51.100.10"])
    world.put(WWW, "CNAME", 3600, [OLD])
    yield world
    await world.stop()


@pytest.fixture
async def client(world: DnsWorld) -> AuthoritativeDns:
    return AuthoritativeDns(network_of(world), timeout=5.0)


@pytest.fixture
async def hasty(world: DnsWorld) -> AuthoritativeDns:
    """For servers that say nothing: who waits longer learns no more."""
    return AuthoritativeDns(network_of(world), timeout=1.0)


async def test_ttl_is_that_of_the_own_record_not_of_the_platforms(client: AuthoritativeDns) -> None:
    survey = await client.survey(WWW)
    assert survey.zone == "acme-clinic.test"
    assert survey.agreed
    assert [a.server for a in survey.answers] == ["ns1.dnshost.test", "ns2.dnshost.test"]
    for answer in survey.answers:
        own = answer.own(WWW)
        assert own is not None
        assert (own.type, own.ttl, own.values) == ("CNAME", 3600, (OLD,))


async def test_addresses_follow_aliases_into_other_zones(client: AuthoritativeDns) -> None:
    assert await client.addresses(WWW) == ("198.51.100.10",)
    assert await client.addresses("absent.acme-clinic.test") == ()


async def test_only_authorities_are_asked(client: AuthoritativeDns, world: DnsWorld) -> None:
    """A look through a resolver would load the old record afresh just before the switch."""
    await client.survey(WWW)
    await client.addresses(WWW)
    assert all(not resolver.questions for resolver in world.resolvers)
    assert all(server.questions for server in world.servers.values())


async def test_chain_inside_the_zone_is_followed(client: AuthoritativeDns, world: DnsWorld) -> None:
    world.put("app.acme-clinic.test", "CNAME", 900, [WWW])
    survey = await client.survey("app.acme-clinic.test")
    found = {(r.name, r.type, r.ttl) for r in survey.answers[0].records}
    assert found == {("app.acme-clinic.test", "CNAME", 900), (WWW, "CNAME", 3600)}


async def test_negative_and_parent_ttl(client: AuthoritativeDns) -> None:
    survey = await client.survey("absent.acme-clinic.test")
    assert survey.negative_ttl == 10
    assert survey.parent_ttl == 172_800
    assert all(not a.error and not a.records and a.serial for a in survey.answers)


async def test_lagging_second_server_is_seen(
    client: AuthoritativeDns, world: DnsWorld, faults: Faults
) -> None:
    faults.set("dns.lag", seconds=30)
    world.put(WWW, "CNAME", 5, [OLD])
    first, second = (await client.survey(WWW)).answers
    assert (first.own(WWW).ttl, second.own(WWW).ttl) == (5, 3600)  # type: ignore[union-attr]
    assert first.serial == second.serial + 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("dns.silent", "does not answer within 1 s"),
        ("dns.refused", "answers REFUSED"),
        ("dns.lame", "is not authoritative for this zone (lame)"),
    ],
)
async def test_server_in_trouble_is_an_answer(
    hasty: AuthoritativeDns, faults: Faults, fault: str, words: str
) -> None:
    faults.set(fault, server=DNS_HOST[1], times=-1)
    survey = await hasty.survey(WWW)
    assert [a.error for a in survey.answers] == ["", words]
    assert not survey.agreed


async def test_silent_server_costs_only_its_own_timeouts(
    hasty: AuthoritativeDns, faults: Faults
) -> None:
    await hasty.survey(WWW)
    faults.set("dns.silent", server=DNS_HOST[1], times=-1)
    started = time.monotonic()
    await hasty.survey(WWW, ("A", "AAAA", "CNAME", "TXT", "CAA"))
    # Two tries of a second: the six questions together, where one after the other takes 12 s.
    assert time.monotonic() - started < 8


async def test_all_servers_silent_still_names_them(hasty: AuthoritativeDns, faults: Faults) -> None:
    for address in DNS_HOST:
        faults.set("dns.silent", server=address, times=-1)
    survey = await hasty.survey(WWW)
    assert [a.address for a in survey.answers] == list(DNS_HOST)
    assert all(a.error for a in survey.answers)
    with pytest.raises(OutsideError, match="no authoritative server"):
        await hasty.addresses(WWW)


async def test_silent_root_is_outside_trouble(hasty: AuthoritativeDns, faults: Faults) -> None:
    faults.set("dns.silent", server="192.0.2.1", times=-1)
    with pytest.raises(OutsideError, match="who is in charge") as caught:
        await hasty.survey(WWW)
    assert caught.value.exit_code == 3


async def test_alias_at_the_apex_shows_addresses(client: AuthoritativeDns, world: DnsWorld) -> None:
    world.put("acme-clinic.test", "ALIAS", 30, [OLD])
    own = (await client.survey("acme-clinic.test")).answers[0].own("acme-clinic.test")
    assert own is not None
    assert (own.type, own.ttl, own.values) == ("A", 30, ("198.51.100.10",))


async def test_long_reply_comes_by_tcp(client: AuthoritativeDns, world: DnsWorld) -> None:
    world.put("long.acme-clinic.test", "TXT", 60, [f"{n:03}" + "x" * 200 for n in range(20)])
    survey = await client.survey("long.acme-clinic.test", ("TXT",))
    own = survey.answers[0].own("long.acme-clinic.test")
    assert own is not None and len(own.values) == 20


async def test_hostile_text_is_cleaned(client: AuthoritativeDns, world: DnsWorld) -> None:
    world.put("evil.acme-clinic.test", "TXT", 60, ['"\\027]52;c;aGk=\\007hello"'])
    survey = await client.survey("evil.acme-clinic.test", ("TXT",))
    assert survey.answers[0].records[0].values == ("hello",)


async def test_alias_circle_ends(client: AuthoritativeDns, world: DnsWorld) -> None:
    world.put("a.acme-clinic.test", "CNAME", 60, ["b.acme-clinic.test"])
    world.put("b.acme-clinic.test", "CNAME", 60, ["a.acme-clinic.test"])
    assert (await client.survey("a.acme-clinic.test")).answers[0].records
    with pytest.raises(OutsideError, match="do not end"):
        await client.addresses("a.acme-clinic.test")


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".test"])
async def test_no_host_name_is_a_usage_error(client: AuthoritativeDns, name: str) -> None:
    with pytest.raises(UsageError):
        await client.survey(name)
