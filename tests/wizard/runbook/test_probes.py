"""Both sides and every name server looked at on real servers, and never a resolver."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from providers.dns.authority import AuthoritativeDns
from providers.dns.site_probe import PinnedSite
from tests.wizard.runbook.session_for_tests import NoVault, open_test_run, open_test_session
from tests.wizard.runbook.test_dns_watch import (
    NEW,
    NEW_ADDRESS,
    OLD,
    OLD_ADDRESS,
    WWW,
    Ground,
    ground,
)
from wizard.engine.ports import Outside
from wizard.model.dns_report import SideSeen
from wizard.model.plan import Smoke
from wizard.runbook.context import RunContext
from wizard.runbook.countdown import countdown
from wizard.runbook.dns.memory import sight_key
from wizard.runbook.probes import Look, look

__all__ = ["ground"]


@dataclass
class Looking:
    """Only what a look needs."""

    dns: AuthoritativeDns
    site: PinnedSite
    vault: NoVault = field(default_factory=NoVault)


@pytest.fixture
def context(ground: Ground, tmp_path: Path) -> Iterator[RunContext]:
    session = open_test_session(tmp_path / "app")
    session.outside = cast(Outside, Looking(ground.dns(), PinnedSite(ground.network)))
    run = open_test_run(session)
    run.stage = replace(run.stage, names=(WWW,))
    run.record(f"record/{WWW}", {"name": WWW, "type": "CNAME", "ttl": 2, "values": [OLD]})
    yield run
    session.journal.close()


def seen(context: RunContext, side: str, host: str, address: str) -> None:
    """As the task that looks at the certificates records it."""
    told = SideSeen(host=host, addresses=(address,))
    context.record(sight_key(side, WWW), told.model_dump(mode="json"))


def servers(found: Look) -> set[tuple[str, int | None]]:
    return {(server.side, server.ttl) for server in found.servers}


async def test_both_sides_are_seen_before_and_after_the_switch_and_no_resolver_is_asked(
    ground: Ground, context: RunContext
) -> None:
    first = await look(context)
    assert (first.old.standing, first.old.words) == ("answers", "answers 200")
    assert (first.new.standing, first.new.words) == ("unknown", "no endpoint yet")
    assert servers(first) == {("old", 2)} and len(first.servers) > 1
    seen(context, "old", "", OLD_ADDRESS)
    seen(context, "new", NEW, NEW_ADDRESS)
    second = await look(context, first.sides)
    assert second.new.standing == "answers"
    ground.world.put(WWW, "CNAME", 5, [NEW])
    third = await look(context, second.sides)
    assert servers(third) == {("new", 5)}
    assert (third.old.standing, third.new.standing) == ("answers", "answers")
    assert [resolver.questions for resolver in ground.world.resolvers if resolver.questions] == []


async def test_what_is_not_the_smoke_tests_answer_is_said(
    ground: Ground, context: RunContext
) -> None:
    plan = context.session.plan
    context.session.plan = plan.model_copy(update={"smoke": Smoke(path="/", status=204)})
    ground.world.put(WWW, "CNAME", 5, ["elsewhere.test"])
    ground.faults.set("dns.silent", server="192.0.2.12", times=-1)
    ground.patience = 0.1
    context.session.outside = cast(Outside, Looking(ground.dns(), PinnedSite(ground.network)))
    seen(context, "old", "", OLD_ADDRESS)
    found = await look(context)
    assert (found.old.standing, found.old.words) == ("other", "status 200 instead of 204")
    assert {side for side, _ in servers(found)} == {"other", "silent"}


async def test_a_countdown_is_there_only_while_a_ttl_is_waited_for(context: RunContext) -> None:
    journal, now = context.session.journal, context.session.clock.now()
    assert countdown(context) is None
    journal.append("intent", key="run-1/task/ttl-run-out", task="ttl-run-out")
    assert countdown(context) is None  # the low TTL was not seen yet
    context.record(f"record/{WWW}", {"name": WWW, "type": "CNAME", "ttl": 300, "values": [OLD]})
    context.record("ttl_low_at", now.timestamp())
    waits = countdown(context)
    assert waits is not None
    assert (waits.title, round(waits.left(now))) == ("old TTL run out", 300 + 15)
    journal.append("done", key="run-1/task/ttl-run-out", task="ttl-run-out")
    assert countdown(context) is None


async def test_a_router_with_nothing_behind_the_name_is_held_once_users_are_kept_out(
    ground: Ground, context: RunContext
) -> None:
    plan = context.session.plan
    context.session.plan = plan.model_copy(update={"smoke": Smoke(path="/not-there")})
    seen(context, "old", "", OLD_ADDRESS)
    before = await look(context)
    assert (before.old.standing, before.old.status) == ("other", 404)
    key = "run-1/task/maintenance-on"
    context.session.journal.append("done", key=key, task="maintenance-on")
    during = await look(context)
    assert (during.old.standing, during.old.words) == (
        "held",
        "404, nothing behind it: users are kept out",
    )
    context.session.journal.append("undone", key=key, task="maintenance-on")
    assert (await look(context)).old.standing == "other"
