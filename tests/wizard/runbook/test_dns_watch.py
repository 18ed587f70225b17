"""Names watched through a switch on real servers: what is told, what is asked, how it ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from providers.dns.authority import AuthoritativeDns
from providers.dns.resolvers import CacheLooks
from providers.dns.site_probe import PinnedSite
from providers.sandbox.authority import Authority, Leaf
from providers.sandbox.dns.world import CUSTOMER_ZONE, RESOLVERS, DnsWorld
from providers.sandbox.faults import Faults
from providers.sandbox.router import Router
from providers.sandbox.site import Reply
from tests.providers.dns.test_authority import network_of
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import OutsideError
from wizard.model.dns_report import DnsReport, HostTraffic, SideSeen, Traffic, WatchResult
from wizard.runbook.dns.survey import Surveyor
from wizard.runbook.dns.watch import Watch
from wizard.runbook.dns.watched import Change, Watched
from wizard.safety.network import Network

WWW, APEX = f"www.{CUSTOMER_ZONE}", CUSTOMER_ZONE
OLD, NEW = "label.herokudns.com", "elb-acme-7.aptible.in"
OLD_ADDRESS, NEW_ADDRESS = "198.51.100.10", "198.51.100.20"


@dataclass
class Page:
    """A site that always answers the same way; /not-there is not there."""

    leaf: Leaf
    via: str = ""

    async def upstream(self, client_ip: str, method: str, path: str) -> Reply:
        status = 404 if path == "/not-there" else 200
        return Reply(status, {"via": self.via} if self.via else {}, b"{}")


@dataclass
class Ground:
    """DNS, a site on either side, and what a watch told."""

    world: DnsWorld
    faults: Faults
    network: Network
    told: list[Change] = field(default_factory=list)
    patience: float = 2.0

    def dns(self) -> AuthoritativeDns:
        return AuthoritativeDns(self.network, timeout=self.patience)

    def watch(self, *names: Watched, **more: object) -> Watch:
        return Watch(
            dns=self.dns(),
            site=PinnedSite(self.network),
            resolvers=CacheLooks(self.network),
            clock=SYSTEM_CLOCK,
            tell=self.told.append,
            names=names,
            poll=0.05,
            **more,  # type: ignore[arg-type]
        )

    async def survey(self, *names: str) -> DnsReport:
        site = PinnedSite(self.network)
        return await Surveyor(self.dns(), site, SYSTEM_CLOCK, 5, {}).survey(names)

    def words(self) -> str:
        return "\n".join(change.text for change in self.told)

    async def hear(self, text: str) -> None:
        """Wait until the watch has told it."""
        async with asyncio.timeout(20):
            while text not in self.words():
                await asyncio.sleep(0.01)


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    faults = Faults()
    world = DnsWorld(faults)
    await world.start()
    authority = Authority(tmp_path)
    routers = []
    endpoints = dict(network_of(world).endpoints)
    for address, via in ((OLD_ADDRESS, "1.1 heroku-router"), (NEW_ADDRESS, "")):
        router = Router(authority)
        await router.start()
        for name in (WWW, APEX):
            # Each side has a certificate of its own for the same name.
            leaf = authority.certificate(name, f"{'old' if via else 'new'}.test")
            router.set_site(name, Page(leaf, via))
        endpoints[address, 443] = ("127.0.0.1", router.port)
        routers.append(router)
    world.put(OLD, "A", 60, [OLD_ADDRESS])
    world.put(NEW, "A", 60, [NEW_ADDRESS])
    world.put(WWW, "CNAME", 2, [OLD])
    yield Ground(world, faults, Network(world.roots, endpoints, str(authority.ca_file), RESOLVERS))
    for router in routers:
        await router.stop()
    await world.stop()


def www(**more: object) -> Watched:
    return Watched(WWW, 5, new=SideSeen(host=NEW), **more)  # type: ignore[arg-type]


async def test_a_switch_is_seen_everywhere_and_no_resolver_is_asked_before(
    ground: Ground,
) -> None:
    windows = [Traffic(seconds=10, hosts=(HostTraffic(host=WWW, requests=7, networks=2),))]

    async def count(seconds: float) -> Traffic:
        await asyncio.sleep(0.05)
        return windows.pop() if windows else Traffic(seconds=10)

    loader = CacheLooks(ground.network)
    await loader.look(RESOLVERS[0], WWW)  # somebody's resolver holds the old side
    questions = [len(r.questions) for r in ground.world.resolvers]
    watch = ground.watch(www(), ask=RESOLVERS, count=count)
    watching = asyncio.create_task(watch.run())
    await ground.hear("safe to switch")
    assert [len(r.questions) for r in ground.world.resolvers] == questions
    ground.world.put(WWW, "CNAME", 2, [NEW])
    async with asyncio.timeout(20):
        result = await watching
    (found,) = result.names
    assert (found.state, found.site.side) == ("new", "new")
    assert found.new_at and found.book_done_at and found.book_done_at <= result.ended_at
    assert {s.side for s in found.resolvers.values()} == {"new"}
    assert found.certificate and found.serial and not found.troubles
    assert found.keep_old_until and (found.keep_old_until - found.new_at).days >= 2
    words = ground.words()
    for said in (
        "the old side",
        "switched; caches have dropped the old side in",
        f"resolver {RESOLVERS[0]} gives the new side",
        "the site answers from the new side",
        "by the book done",
        "still gets 7 requests from 2 networks",
        "the old side is quiet",
    ):
        assert said in words
    assert not any(change.loud for change in ground.told)


async def test_one_line_per_change_and_not_per_look(ground: Ground) -> None:
    await ground.watch(www()).run(seconds=1.0)
    assert len(ground.told) == len(set(ground.told)) == 3


async def test_third_value_raised_ttl_and_a_lagging_server(ground: Ground) -> None:
    ground.world.put(WWW, "CNAME", 30, [OLD])
    watched = www()
    watching = asyncio.create_task(ground.watch(watched).run("switched"))
    await ground.hear("TTL 30 s; a switch is safe 32 s after")
    ground.world.put(WWW, "CNAME", 5, [OLD])
    await ground.hear("TTL 5 s at every server; safe to switch in 32 s")
    ground.world.put(WWW, "CNAME", 30, [OLD])
    await ground.hear("TTL raised again: 30 s; lower it to 5 s")
    ground.world.put(WWW, "CNAME", 5, ["elsewhere.test"])
    await ground.hear("CNAME elsewhere.test: neither the old side nor the new one")
    assert watched.verdict().state == "third"
    ground.world.put(WWW, "CNAME", 5, ["app-7.on-aptible.com"])
    await ground.hear("whose certificate is for itself")
    ground.world.put(WWW, "CNAME", 5, [OLD])
    await ground.hear("CNAME label.herokudns.com")
    ground.faults.set("dns.lag", seconds=0.6)
    ground.world.put(WWW, "CNAME", 5, [NEW])
    await ground.hear("the switch has not reached every server yet")
    result = await watching
    assert result.names[0].state == "new"
    assert [c.loud for c in ground.told if "neither" in c.text or "raised" in c.text] == [
        True,
        True,
        True,
    ]


async def test_a_silent_server_keeps_the_switch_from_being_called_done(ground: Ground) -> None:
    ground.faults.set("dns.silent", server="192.0.2.12", times=-1)
    ground.patience = 0.1
    ground.world.put(WWW, "CNAME", 5, [NEW])
    result = await ground.watch(www()).run("switched", 0.5)
    assert result.names[0].new_at is None
    assert "does not answer" in "".join(result.names[0].troubles)


async def test_lost_mail_records_are_loud_after_the_switch(ground: Ground) -> None:
    ground.world.put(APEX, "MX", 30, ["10 mail.example."])
    ground.world.put(APEX, "TXT", 30, ["v=spf1 -all"])
    report = await ground.survey(WWW)
    ground.world.remove(APEX, "MX")
    ground.world.put(WWW, "CNAME", 2, [NEW])
    watch = ground.watch(www(old=report.names[0].old_side), others={WWW: report.names[0].others})
    result = await watch.run("switched")
    assert result.names[0].troubles == (
        f"MX {APEX} is gone, compared with the survey before the switch",
    )
    assert any(change.loud for change in ground.told)


async def test_an_apex_is_told_by_certificate_when_its_addresses_take_turns(
    ground: Ground,
) -> None:
    """The platform's addresses change all day: that is no third value."""
    ground.world.put(APEX, "ALIAS", 2, [OLD])
    watched = Watched(APEX, 5, new=SideSeen(host=NEW))
    watching = asyncio.create_task(ground.watch(watched).run())
    await ground.hear("the site answers from the old side")
    ground.network.endpoints["198.51.100.11", 443] = ground.network.endpoints[OLD_ADDRESS, 443]
    ground.world.put(OLD, "A", 60, ["198.51.100.11"])
    ground.world.put(APEX, "ALIAS", 3, [OLD])
    await ground.hear("198.51.100.11 — the old side")
    ground.world.put(APEX, "ALIAS", 2, [NEW])
    assert (await watching).names[0].site.side == "new"
    assert not any(change.loud for change in ground.told)


async def test_stopped_by_hand_it_says_what_is_known(ground: Ground) -> None:
    watch = ground.watch(www())
    watching = asyncio.create_task(watch.run())
    await ground.hear("the site answers from the old side")
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    known: WatchResult = watch.result("stopped by hand")
    assert (known.names[0].state, known.names[0].site.side) == ("old", "old")


async def test_visitors_that_cannot_be_counted_are_said_once(ground: Ground) -> None:
    async def count(seconds: float) -> Traffic:
        raise OutsideError("the Heroku token may not do this")

    ground.world.put(WWW, "CNAME", 2, [NEW])
    await ground.watch(www(), count=count).run(seconds=0.5)
    assert ground.words().count("are not counted") == 1
