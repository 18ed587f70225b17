"""An app of a cluster is stopped and started again: each effect once, and nothing by guesswork."""

from pathlib import Path

import pytest

from providers.sandbox.medstack.state import Service
from tests.providers.sources.medstack.moving import (
    CHANGE,
    NOTICE,
    SHAPES,
    effects,
    opened,
    switched,
)
from tests.providers.sources.medstack.northside import Northside
from wizard.errors import (
    BlockedError,
    ConsentMissing,
    OutsideError,
    RefusedForNow,
    UnknownOutcome,
    UsageError,
)

BEFORE = {"portal": 2, "worker": 1, "scheduler": 1}


@pytest.mark.parametrize("switches", SHAPES, ids=lambda each: "-".join(each) or "own")
async def test_the_app_stops_and_comes_back(
    clinic: Northside, tmp_path: Path, switches: dict[str, bool]
) -> None:
    switched(clinic, switches)
    async with opened(clinic, tmp_path) as source:
        assert await source.formation() == BEFORE
        assert await source.running() == BEFORE
        await source.scale({"worker": 0, "scheduler": 0}, NOTICE)
        assert await source.formation() == {"portal": 2, "worker": 0, "scheduler": 0}
        assert await source.running() == {"portal": 2}
        await source.scale({"worker": 0, "scheduler": 0}, NOTICE)
        await source.scale({"worker": 1, "scheduler": 1}, NOTICE)
        assert await source.formation() == BEFORE
    assert effects(clinic, "replicas") == [
        *(("scheduler", 0), ("worker", 0), ("scheduler", 1), ("worker", 1)),
    ]


async def test_what_really_runs_counts_where_it_is_told(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path) as source:
        assert "does not tell" in source.running_seen
        clinic.sandbox.switches.running = True
        clinic.service("worker").replicas = 0
        still = {"portal": 2, "worker": 1, "scheduler": 0}
        clinic.sandbox.context.running = lambda service: still.get(service.name, 0)
        assert await source.running() == {"portal": 2, "worker": 1}
        assert "does not tell" not in source.running_seen


async def test_a_lost_answer_is_looked_up_and_each_effect_comes_once(
    clinic: Northside, tmp_path: Path
) -> None:
    faults = clinic.sandbox.faults
    async with opened(clinic, tmp_path) as source:
        await source.formation()
        faults.set("medstack.lost-answer", method="PATCH")
        await source.scale({"worker": 0}, NOTICE)
        assert effects(clinic, "replicas") == [("worker", 0)]
        faults.set("medstack.server-error", method="PATCH", status=502)
        await source.scale({"worker": 1}, NOTICE)
        assert effects(clinic, "replicas") == [("worker", 0), ("worker", 1)]
        changes = source._changes
        now = await source._services.now()
        faults.set("medstack.lost-answer", method="PATCH", times=-1)
        faults.set("medstack.not-json", method="GET", times=-1)
        body, shows = {"replicas": 0}, lambda service: False
        with pytest.raises(UnknownOutcome):
            # Where nobody can look either, nothing is sent again.
            await changes.make(now, "worker", body, shows, "0 replicas", NOTICE)
        assert [count for _, count in effects(clinic, "replicas")] == [0, 1, 0]


async def test_a_change_that_does_not_show_is_no_success(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path) as source:
        await source.formation()
        clinic.sandbox.switches.leave_out = ("replicas",)
        with pytest.raises(OutsideError, match="does not tell how many"):
            await source.formation()
        with pytest.raises(OutsideError, match="does not show 0 replicas"):
            await source.scale({"worker": 0}, NOTICE)


async def test_nothing_is_changed_once_a_domain_leads_elsewhere(
    clinic: Northside, tmp_path: Path
) -> None:
    async with opened(clinic, tmp_path, by="zero") as source:
        await source.formation()
        for name in clinic.addresses:
            clinic.addresses[name] = ["192.0.2.1"]
        with pytest.raises(RefusedForNow, match="leads elsewhere") as refused:
            await source.set_maintenance(True, NOTICE, await source.before_freeze())
        assert "must resolve to the manager node" in refused.value.detail
        assert "northside-clinic.example" in refused.value.detail
        assert "DNS records back" in refused.value.hint and "TTL" in refused.value.hint
        # A service without domains is not held up by them.
        await source.scale({"worker": 0}, NOTICE)
    assert effects(clinic, "replicas") == [("worker", 0)]


async def test_another_refusal_is_told_as_it_is(clinic: Northside, tmp_path: Path) -> None:
    clinic.sandbox.switches.refused_change = 400
    async with opened(clinic, tmp_path) as source:
        with pytest.raises(UsageError, match="fewer than 0"):
            await source.scale({"worker": -1}, NOTICE)
        await source.formation()
        clinic.production.services.remove(clinic.service("worker"))
        with pytest.raises(BlockedError, match="no service “worker”"):
            await source.scale({"worker": 1}, NOTICE)
        await source.scale({"worker": 0}, NOTICE)
        assert await source.formation() == {"portal": 2, "worker": 0, "scheduler": 1}


async def test_the_token_and_the_consent_are_asked_for(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path) as source:
        with pytest.raises(ConsentMissing):
            await source.scale({"worker": 0}, CHANGE)
        clinic.company.tokens[0].value = "another"
        with pytest.raises(OutsideError, match="does not accept the token") as refused:
            await source.formation()
        assert "sign-in" in refused.value.hint
    assert effects(clinic, "replicas") == []


async def test_names_of_services_cannot_speak(clinic: Northside, tmp_path: Path) -> None:
    portal = clinic.service("portal")
    clinic.production.services.append(Service(name="wor\x1b[31mker ⟦again⟧", image=portal.image))
    async with opened(clinic, tmp_path) as source:
        names = await source.formation()
        hostile = next(name for name in names if name not in BEFORE)
        clinic.sandbox.switches.leave_out = ("replicas",)
        with pytest.raises(OutsideError) as shown:
            await source.scale({hostile: 0}, NOTICE)
        assert "\x1b" not in str(shown.value)


async def test_an_app_that_is_not_there(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path, app="nobody") as source:
        with pytest.raises(UsageError, match="no app called “nobody”"):
            await source.formation()
        with pytest.raises(UsageError, match="there are: portal"):
            await source.read_inventory(None)
