"""The names' lines of the runbook on real servers: a TTL raised again, a certificate not ready."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from providers.dns.authority import AuthoritativeDns
from providers.dns.site_probe import PinnedSite
from providers.sandbox.authority import Authority
from providers.sandbox.dns.world import DnsWorld
from providers.sandbox.router import Router
from tests.providers.dns.test_authority import network_of
from tests.wizard.runbook.session_for_tests import (
    PLAN,
    Listener,
    NoVault,
    open_test_run,
    open_test_session,
)
from tests.wizard.runbook.test_dns_watch import NEW, NEW_ADDRESS, OLD, OLD_ADDRESS, WWW, Page
from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError
from wizard.model.plan import DnsChoice
from wizard.model.target import Endpoint
from wizard.runbook.context import RunContext
from wizard.runbook.dns.memory import remembered_side
from wizard.runbook.lines import names
from wizard.runbook.lines.names import SWITCH, TTL_LOWERED, TTL_RUN_OUT
from wizard.safety.network import Network


@dataclass
class OneEndpoint:
    """A new side that has one endpoint, for the app's own name."""

    certificate: str = "pending"

    async def find_environment(self, handle: str) -> str:
        return handle

    async def find_app(self, environment: object, handle: str) -> str:
        return handle

    async def endpoints(self, app: object) -> list[Endpoint]:
        return [
            Endpoint(
                id=7,
                service_id=1,
                status="provisioned",
                host=NEW,
                domain=WWW,
                default_domain=False,
                certificate=cast(Any, self.certificate),
            )
        ]


@dataclass
class Person(Listener):
    """Somebody at the DNS host who does what is asked."""

    world: DnsWorld | None = None

    async def ask_person(self, request: PersonNeeded) -> None:
        await super().ask_person(request)
        assert self.world is not None
        for change in request.changes:
            self.world.put(change.name, change.type, change.ttl, list(change.values))


@dataclass
class Outside:
    """Real DNS and real sites; a new side with one endpoint."""

    dns: AuthoritativeDns
    site: PinnedSite
    network: Network
    target: OneEndpoint = field(default_factory=OneEndpoint)
    vault: NoVault = field(default_factory=NoVault)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[RunContext]:
    world = DnsWorld()
    await world.start()
    authority, routers = Authority(tmp_path / "ca"), []
    endpoints = dict(network_of(world).endpoints)
    for address, side in ((OLD_ADDRESS, "old"), (NEW_ADDRESS, "new")):
        router = Router(authority)
        await router.start()
        router.set_site(WWW, Page(authority.certificate(WWW, holder=side)))
        endpoints[address, 443] = ("127.0.0.1", router.port)
        routers.append(router)
    world.put(OLD, "A", 60, [OLD_ADDRESS])
    world.put(NEW, "A", 60, [NEW_ADDRESS])
    world.put(WWW, "CNAME", 2, [OLD])
    network = Network(world.roots, endpoints, str(authority.ca_file))
    session = open_test_session(tmp_path, Person(world=world))
    outside = Outside(AuthoritativeDns(network), PinnedSite(network), network)
    session.outside = cast(Any, outside)
    session.plan = PLAN.model_copy(update={"domains": (WWW,), "dns": DnsChoice(low_ttl=1)})
    context = open_test_run(session)
    context.stage = replace(context.stage, names=(WWW,), source_frozen=False)
    yield context
    session.journal.close()
    for router in routers:
        await router.stop()
    await world.stop()


def heard(context: RunContext) -> str:
    front = cast(Person, context.session.front)
    return "\n".join(str(event) for event in front.heard)


async def test_a_certificate_that_is_pending_stops_the_switch(run: RunContext) -> None:
    assert SWITCH.request is not None
    target = cast(Outside, run.session.outside).target
    for state in ("pending", "none", "transitioning"):
        target.certificate = state
        with pytest.raises(BlockedError, match="the names are not switched"):
            await SWITCH.request(run)
    target.certificate = "ready"
    request = await SWITCH.request(run)
    assert [(c.name, c.type, c.values) for c in request.changes] == [(WWW, "CNAME", (NEW,))]
    entries = run.session.journal.entries
    old, new = (remembered_side(entries, side, WWW) for side in ("old", "new"))
    assert old is not None and new is not None
    assert old.certificate != new.certificate and old.serial and new.serial
    assert new.host == NEW


async def test_ready_is_not_enough_when_the_pinned_look_finds_no_certificate(
    run: RunContext,
) -> None:
    outside = cast(Outside, run.session.outside)
    outside.target.certificate = "ready"
    outside.site = PinnedSite(replace(outside.network, ca_file=""))  # another authority: no trust
    assert SWITCH.request is not None
    with pytest.raises(BlockedError, match="not ready") as refused:
        await SWITCH.request(run)
    assert "certificate refused" in refused.value.detail


async def test_a_new_side_that_cannot_be_reached_is_not_called_a_missing_certificate(
    run: RunContext,
) -> None:
    outside = cast(Outside, run.session.outside)
    outside.target.certificate = "ready"
    nobody = {**outside.network.endpoints, (NEW_ADDRESS, 443): ("127.0.0.1", 1)}
    outside.site = PinnedSite(replace(outside.network, endpoints=nobody))
    assert SWITCH.request is not None
    with pytest.raises(BlockedError, match=f"does not answer for {WWW}") as refused:
        await SWITCH.request(run)
    assert "connection refused" in refused.value.detail
    assert f"port 443 of {NEW}" in refused.value.hint


async def test_a_ttl_raised_while_it_runs_out_starts_the_count_anew(
    run: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "LOOK_AGAIN", 0.1)
    person = cast(Person, run.session.front)
    assert person.world is not None
    assert TTL_LOWERED.request is not None
    person.world.put(WWW, "CNAME", 5, [OLD])
    await person.ask_person(await TTL_LOWERED.request(run))
    assert await TTL_LOWERED.check(run) is not None
    first = run.recall("ttl_low_at")
    waiting = asyncio.ensure_future(TTL_RUN_OUT.do(run))
    await asyncio.sleep(0.3)
    person.world.put(WWW, "CNAME", 3, [OLD])
    async with asyncio.timeout(30):
        await waiting
    assert await TTL_RUN_OUT.check(run) is not None
    assert "was raised again: it stands at 3 s" in heard(run)
    assert len(person.asked) == 2
    again, low_at = run.recall("ttl_low_at"), float(str(first))
    assert float(str(again)) > low_at
    # The longer TTL counts from the second lowering, not the first one's.
    assert run.session.clock.now().timestamp() >= float(str(again)) + 3


async def test_a_ttl_raised_at_the_very_end_is_no_proof(run: RunContext) -> None:
    person = cast(Person, run.session.front)
    assert person.world is not None
    person.world.put(WWW, "CNAME", 1, [OLD])
    assert await TTL_LOWERED.check(run) is not None
    run.record("ttl_low_at", 1.0)
    assert await TTL_RUN_OUT.check(run) is not None
    person.world.put(WWW, "CNAME", 60, [OLD])
    assert await TTL_RUN_OUT.check(run) is None
    assert run.recall("ttl_low_at") is None


async def test_putting_the_records_back_belongs_to_the_task_that_is_undone(
    run: RunContext,
) -> None:
    """A front end shows what is asked until that task was undone or has failed."""
    person = cast(Person, run.session.front)
    cast(Outside, run.session.outside).target.certificate = "ready"
    assert person.world is not None and SWITCH.request is not None and SWITCH.undo is not None
    assert await TTL_LOWERED.check(run) is None
    await person.ask_person(await SWITCH.request(run))
    back = (WWW, "CNAME", 2, (OLD,))

    unheard = Listener(patience=0)
    run.session.front = unheard
    with pytest.raises(BlockedError, match="put the records back") as open_still:
        await SWITCH.undo(run)
    assert f"{WWW}  TTL 2  CNAME  {OLD}" in open_still.value.detail

    run.session.front = person
    await SWITCH.undo(run)
    asked = person.asked[-1]
    assert [asked.task, unheard.asked[-1].task] == ["switch", "switch"]
    assert [(c.name, c.type, c.ttl, c.values) for c in asked.changes] == [back]
    count = len(person.asked)
    assert TTL_LOWERED.undo is not None
    await TTL_LOWERED.undo(run)
    assert len(person.asked) == count, "they stand as they were: nothing is asked"
