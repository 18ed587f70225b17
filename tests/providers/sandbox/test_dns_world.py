"""The sandbox's DNS as an ordinary client (dnspython) sees it: caches, negatives, delegation."""

import asyncio
import time
from collections.abc import AsyncIterator

import dns.asyncquery
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import httpx
import pytest

from providers.sandbox.dns import person
from providers.sandbox.dns.world import DNS_HOST, PLATFORM, RESOLVERS, ROOT, TOP_LEVEL, DnsWorld
from providers.sandbox.dns.zones import RecordRefused
from providers.sandbox.faults import Faults

WWW = "www.acme-clinic.test"
APEX = "acme-clinic.test"
OLD, NEW = "label.herokudns.com", "elb-acme-7.aptible.in"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def floor() -> int:
    return 3


@pytest.fixture
async def world(faults: Faults, floor: int) -> AsyncIterator[DnsWorld]:
    world = DnsWorld(faults, floor=floor)
    await world.start()
    world.put(OLD, "A", 60, ["198.51.100.10"])
    world.put(NEW, "A", 60, ["198.51.100.20"])
    world.put(WWW, "CNAME", 30, [OLD])
    yield world
    await world.stop()


async def ask(
    world: DnsWorld, server: str, name: str, kind: str = "A", *, rd: bool = False
) -> dns.message.Message:
    host, _, port = world.endpoints[f"{server}:53"].rpartition(":")
    question = dns.message.make_query(name, kind)
    if not rd:
        question.flags &= ~dns.flags.RD
    reply, _ = await dns.asyncquery.udp_with_fallback(question, host, port=int(port), timeout=2)
    return reply


async def test_delegation_with_glue_and_without(world: DnsWorld) -> None:
    root = await ask(world, ROOT, WWW)
    assert not root.flags & dns.flags.AA
    assert [r.name.to_text() for r in root.authority] == ["test."]
    assert root.additional
    registry = await ask(world, TOP_LEVEL, WWW)
    assert {str(r) for r in registry.authority[0]} == {"ns1.dnshost.test.", "ns2.dnshost.test."}
    foreign = await ask(world, TOP_LEVEL, NEW)
    assert foreign.authority and not foreign.additional
    own = await ask(world, DNS_HOST[0], WWW)
    assert own.flags & dns.flags.AA
    assert not own.flags & dns.flags.RA
    assert (await ask(world, PLATFORM, WWW)).rcode() == dns.rcode.REFUSED


async def test_negative_answers_carry_the_soa(world: DnsWorld) -> None:
    for name, rcode in ((f"no.{APEX}", dns.rcode.NXDOMAIN), (APEX, dns.rcode.NOERROR)):
        reply = await ask(world, DNS_HOST[0], name, "TXT")
        assert reply.rcode() == rcode
        assert not reply.answer
        assert (reply.authority[0].rdtype, reply.authority[0].ttl) == (dns.rdatatype.SOA, 10)


async def test_adding_below_a_wildcard_name_makes_it_vanish(world: DnsWorld) -> None:
    world.put(f"*.{APEX}", "CNAME", 30, [OLD])
    tenant = f"tenant.{APEX}"
    assert (await ask(world, DNS_HOST[0], tenant)).answer
    world.put(f"_acme-challenge.{tenant}", "CNAME", 30, [f"acme.{NEW}"])
    reply = await ask(world, DNS_HOST[0], tenant)
    assert (reply.rcode(), reply.answer) == (dns.rcode.NOERROR, [])


async def test_lowering_the_ttl_does_not_reach_held_copies(world: DnsWorld) -> None:
    assert await world.resolve(WWW) == ["198.51.100.10"]
    world.put(WWW, "CNAME", 1, [OLD])
    reply = await ask(world, RESOLVERS[0], WWW, rd=True)
    assert 27 <= reply.answer[0].ttl <= 30


@pytest.mark.parametrize("floor", [8])
async def test_resolvers_turn_when_their_ttl_is_over(world: DnsWorld) -> None:
    world.put(WWW, "CNAME", 2, [OLD])
    for resolver in (0, 1):
        assert await world.resolve(WWW, resolver) == ["198.51.100.10"]
    asked = time.monotonic()
    world.put(WWW, "CNAME", 2, [NEW])
    assert await world.resolve(WWW) == ["198.51.100.10"]
    turned = []
    async with asyncio.timeout(60):
        for resolver in (0, 1):
            while await world.resolve(WWW, resolver) != ["198.51.100.20"]:
                await asyncio.sleep(0.05)
            turned.append(time.monotonic() - asked)
    # Not before their time; the second has a floor of 8 s.
    assert turned[0] > 1
    assert turned[1] > 6, "the floor holds the old copy"


async def test_asking_too_early_plants_a_negative_answer(world: DnsWorld) -> None:
    name = f"rehearsal.{APEX}"
    with pytest.raises(LookupError):
        await world.resolve(name)
    world.put(name, "CNAME", 5, [OLD])
    assert await world.look_at_authority(name, "CNAME") == [OLD]
    with pytest.raises(LookupError):
        await world.resolve(name)
    reply = await ask(world, RESOLVERS[0], name, rd=True)
    assert 8 <= reply.authority[0].ttl <= 10


async def test_nobody_peeks_into_a_cache(world: DnsWorld) -> None:
    await world.resolve(WWW)
    assert (await ask(world, RESOLVERS[0], WWW)).rcode() == dns.rcode.REFUSED


async def test_second_server_lags_and_then_follows(world: DnsWorld, faults: Faults) -> None:
    async def targets() -> list[str]:
        return [str((await ask(world, s, WWW, "CNAME")).answer[0][0]) for s in DNS_HOST]

    faults.set("dns.lag", seconds=3)
    world.put(WWW, "CNAME", 5, [NEW])
    assert await targets() == [f"{NEW}.", f"{OLD}."]
    async with asyncio.timeout(60):
        while await targets() != [f"{NEW}.", f"{NEW}."]:
            await asyncio.sleep(0.1)


async def test_resolver_lives_with_a_silent_server(world: DnsWorld, faults: Faults) -> None:
    faults.set("dns.silent", server=DNS_HOST[1], times=-1)
    started = time.monotonic()
    assert await world.resolve(WWW) == ["198.51.100.10"]
    # Not until a whole look gives up.
    assert time.monotonic() - started < 10


async def test_alias_follows_its_target_with_the_lower_ttl(world: DnsWorld) -> None:
    world.put(APEX, "ALIAS", 30, [OLD])
    reply = await ask(world, DNS_HOST[1], APEX)
    assert reply.flags & dns.flags.AA
    assert (reply.answer[0].ttl, str(reply.answer[0][0])) == (30, "198.51.100.10")
    world.put(APEX, "ALIAS", 300, [NEW])
    reply = await ask(world, DNS_HOST[1], APEX)
    assert (reply.answer[0].ttl, str(reply.answer[0][0])) == (60, "198.51.100.20")


async def test_certificate_check_sees_the_challenge_alias(world: DnsWorld) -> None:
    name = f"_acme-challenge.{WWW}"
    assert await world.look_at_authority(name, "CNAME") == []
    world.put(name, "CNAME", 60, [f"acme.{NEW}"])
    assert await world.look_at_authority(name, "CNAME") == [f"acme.{NEW}"]
    world.put(f"acme.{NEW}", "TXT", 60, ["proof"])
    assert await world.look_at_authority(name, "TXT") == ["proof"]


async def test_what_a_dns_host_refuses(world: DnsWorld) -> None:
    for name, kind, values in (
        (APEX, "CNAME", [NEW]),
        (WWW, "A", ["198.51.100.20"]),
        (f"x.{APEX}", "A", ["not an address"]),
        (f"x.{APEX}", "SRV", ["0 0 0 x"]),
        (f"x.{APEX}", "CNAME", [OLD, NEW]),
        (f"x..{APEX}", "A", ["192.0.2.1"]),
    ):
        with pytest.raises(RecordRefused):
            world.put(name, kind, 60, values)


async def test_person_edits_through_the_panel(world: DnsWorld) -> None:
    panel = f"http://127.0.0.1:{world.panel_port}"
    world.put(f"old.{APEX}", "A", 60, ["198.51.100.10"])
    change = {"name": f"old.{APEX}", "type": "CNAME", "ttl": 5, "values": [NEW]}
    await person.act(panel, {"task": "switch", "change": change})
    async with httpx.AsyncClient(base_url=panel, trust_env=False) as client:
        rows = (await client.get("/records")).json()["records"]
    assert [row for row in rows if row["name"] == f"old.{APEX}"] == [change]
    await person.act(panel, {**change, "values": []})
    assert (await ask(world, DNS_HOST[1], f"old.{APEX}")).rcode() == dns.rcode.NXDOMAIN


async def test_panel_refuses_what_is_not_the_customers(world: DnsWorld) -> None:
    panel = f"http://127.0.0.1:{world.panel_port}"
    for name in (NEW, f"evil{APEX}", "dnshost.test"):
        with pytest.raises(ValueError, match="no zone of this customer"):
            await person.act(panel, {"name": name, "type": "A", "ttl": 5, "values": ["192.0.2.9"]})
    with pytest.raises(ValueError, match="cannot stand beside"):
        await person.act(panel, {"name": APEX, "type": "CNAME", "ttl": 5, "values": [NEW]})
    async with httpx.AsyncClient(base_url=panel, trust_env=False) as client:
        assert (await client.post("/records", content=b"[1]")).status_code == 400


async def test_stopping_frees_every_port() -> None:
    world = DnsWorld()
    await world.start()
    ports = [int(e.rpartition(":")[2]) for e in world.endpoints.values()] + [world.panel_port]
    await world.stop()
    for port in ports:
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", port)
        server.close()
