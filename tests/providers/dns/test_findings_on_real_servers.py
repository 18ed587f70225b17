"""The rules on what the client really read: the wildcard trap, CAA, and a whole switch."""

from collections.abc import AsyncIterator

import pytest

from providers.dns.authority import AuthoritativeDns
from providers.sandbox.dns.world import CUSTOMER_ZONE, DnsWorld
from providers.sandbox.faults import Faults
from tests.providers.dns.test_authority import network_of
from wizard.rules.domain_findings import domain_findings, looks_for
from wizard.rules.domains import low_everywhere, record_to_switch, switched

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
