"""The rules on what the client really read: the wildcard trap, CAA, and a whole switch."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.dns.authority import AuthoritativeDns
from providers.dns.machine import hosts_file
from providers.sandbox.dns.world import CUSTOMER_ZONE, DnsWorld
from providers.sandbox.faults import Faults
from tests.providers.dns.test_authority import network_of
from wizard.rules.domain_findings import domain_findings, looks_for
from wizard.rules.domains import low_everywhere, record_to_switch, switched
from wizard.runbook.dns.looks import look_at

WWW = f"www.{CUSTOMER_ZONE}"
OLD, NEW = "label.herokudns.com", "elb-acme-7.aptible.in"
LABEL = "k3x9q"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def world(faults: Faults) -> AsyncIterator[DnsWorld]:
    world = DnsWorld(faults)
    await world.start()
    world.put(OLD, "A", 60, ["198.51.100.10"])
    world.put(NEW, "A", 60, ["198.51.100.20"])
    yield world
    await world.stop()


async def rules(world: DnsWorld, name: str) -> set[str]:
    client = AuthoritativeDns(network_of(world))
    surveys = {look.host: await client.survey(*look) for look in looks_for(name, LABEL)}
    return {finding.rule for finding in domain_findings(name, surveys, LABEL, f"acme.{NEW}")}


async def test_clean_name(world: DnsWorld) -> None:
    world.put(WWW, "CNAME", 30, [OLD])
    world.put(f"_acme-challenge.{WWW}", "CNAME", 30, [f"acme.{NEW}"])
    assert await rules(world, WWW) == set()


async def test_wildcard_only_name_and_its_remedy(world: DnsWorld) -> None:
    world.put(f"*.{CUSTOMER_ZONE}", "CNAME", 30, [OLD])
    name = f"tenant.{CUSTOMER_ZONE}"
    # The wildcard also answers for the challenge name, which is one more thing in the way.
    assert await rules(world, name) == {"dns.wildcard-only", "dns.acme-alias-elsewhere"}
    world.put(name, "CNAME", 30, [OLD])
    assert await rules(world, name) == set()


async def test_caa_at_the_apex_and_a_left_over_proof(world: DnsWorld) -> None:
    world.put(WWW, "CNAME", 30, [OLD])
    world.put(CUSTOMER_ZONE, "CAA", 300, ['0 issue "digicert.com"'])
    world.put(f"_acme-challenge.{WWW}", "TXT", 30, ["left over"])
    assert await rules(world, WWW) == {"dns.caa-forbids", "dns.acme-txt-in-the-way"}


@pytest.mark.parametrize("name", [WWW, CUSTOMER_ZONE])
async def test_lowering_and_switching(world: DnsWorld, faults: Faults, name: str) -> None:
    client = AuthoritativeDns(network_of(world))
    kind = "ALIAS" if name == CUSTOMER_ZONE else "CNAME"
    world.put(name, kind, 30, [OLD])
    before = await client.survey(name)
    world.put(name, kind, 5, [OLD])
    assert not low_everywhere(before, 5)
    assert low_everywhere(await client.survey(name), 5)
    change = record_to_switch(name, before.zone, NEW, ttl=5)
    assert change.type == kind
    new_addresses = await client.addresses(NEW)
    faults.set("dns.lag", seconds=60)
    world.put(change.name, change.type, change.ttl, change.values)
    assert not switched(await client.survey(name), NEW, new_addresses)
    world.put(change.name, change.type, change.ttl, change.values)
    assert switched(await client.survey(name), NEW, new_addresses)


async def test_a_signed_zone_is_known_from_its_parent(world: DnsWorld) -> None:
    client = AuthoritativeDns(network_of(world))
    assert await client.signed(CUSTOMER_ZONE) is False
    parent = next(z for z in world._zones.values() if z.origin.to_text() == "test.")
    parent.put(CUSTOMER_ZONE, "DS", 60, ["1 13 2 " + "ab" * 32])
    world._publish(parent)
    assert await client.signed(CUSTOMER_ZONE) is True


async def test_everything_about_a_name_with_much_in_the_way(world: DnsWorld) -> None:
    world.put(WWW, "A", 90_000, ["198.51.100.10"])
    world.put(WWW, "AAAA", 30, ["2001:db8::1"])
    world.put(WWW, "HTTPS", 30, ["1 . alpn=h2 ipv4hint=198.51.100.10"])
    world.put(WWW, "MX", 30, ["10 mail.example."])
    assert await rules(world, WWW) == {
        "dns.ipv6-stays-behind",
        "dns.https-record-stays-behind",
        "dns.records-beside-an-alias",
        "dns.long-ttl",
    }


async def test_the_caa_at_the_platforms_end_of_an_alias_counts(world: DnsWorld) -> None:
    world.put(WWW, "CNAME", 30, [OLD])
    world.put(OLD, "CAA", 30, ['0 issue "digicert.com"'])
    client = AuthoritativeDns(network_of(world))
    seen = await look_at(client, [WWW], LABEL)
    found = domain_findings(WWW, seen.surveys, LABEL)
    assert [f.rule for f in found] == ["dns.caa-forbids"]


async def test_an_alias_into_nowhere_is_noted_and_stops_nothing(world: DnsWorld) -> None:
    world.put(WWW, "CNAME", 30, ["label.no-such-registry"])
    seen = await look_at(AuthoritativeDns(network_of(world)), [WWW], LABEL)
    assert WWW in seen.surveys


def test_the_hosts_file_is_read_as_the_system_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text(
        "127.0.0.1 localhost # www.gone.test\n"
        f"198.51.100.20\t{WWW.upper()} other.test  # for testing\n"
        f"10.0.0.1 {WWW}\nnonsense {WWW}\nfe80::1%lo0 six.test\n\n"
    )
    found = hosts_file(file)
    assert found[WWW] == "198.51.100.20"
    assert found["six.test"] == "fe80::1%lo0"
    assert "www.gone.test" not in found
    assert hosts_file(tmp_path / "absent") == {}
