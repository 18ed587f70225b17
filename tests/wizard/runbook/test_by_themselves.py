"""Autoscaling and auto-deploys hold the cutover until a person has switched them off."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from providers.sources.heroku.source import HerokuSource
from tests.providers.sources.heroku.replay import APP_ID, Replay, problem, replaying, source_of
from tests.wizard.runbook.session_for_tests import (
    Listener,
    NoVault,
    open_test_run,
    open_test_session,
)
from wizard.engine.events import PersonNeeded, Said
from wizard.engine.ports import Outside
from wizard.errors import BlockedError
from wizard.runbook.context import RunContext
from wizard.runbook.lines.by_themselves import STAYS_STILL, refuse_what_moves
from wizard.runbook.runner import is_done, run_tasks

LINE = (replace(STAYS_STILL, needs=(), poll=0.01),)
MONITORS = f"/apps/{APP_ID}/formation/web/monitors"
GITHUB = f"/apps/{APP_ID}/github"


@dataclass
class OnlySource:
    """An outside with nothing but the old side."""

    source: HerokuSource
    vault: NoVault


@dataclass
class SwitchingPerson(Listener):
    """Does what is asked: switches both off at Heroku."""

    heroku: Replay | None = None

    async def ask_person(self, request: PersonNeeded) -> None:
        await super().ask_person(request)
        if self.heroku is not None:
            self.heroku.answers[MONITORS][0]["is_active"] = False
            self.heroku.answers[GITHUB]["auto_deploy"] = False


@pytest.fixture
async def heroku() -> AsyncIterator[Replay]:
    async with replaying() as replay:
        yield replay


@pytest.fixture
async def person() -> SwitchingPerson:
    return SwitchingPerson(patience=0.0)


@pytest.fixture
async def run(heroku: Replay, person: SwitchingPerson, tmp_path: Path) -> AsyncIterator[RunContext]:
    session = open_test_session(tmp_path, person)
    source = source_of(heroku)
    session.outside = cast(Outside, OnlySource(source, NoVault()))
    yield open_test_run(session)
    session.journal.close()
    await source.close()


async def test_a_person_is_asked_and_the_run_goes_on_by_itself(
    heroku: Replay, person: SwitchingPerson, run: RunContext
) -> None:
    person.heroku = heroku
    await run_tasks(run, LINE)
    (asked,) = person.asked
    assert "autoscaling of web is active (2 to 6)" in asked.text
    assert "a push to main of acme/web is deployed by itself" in asked.text
    assert asked.by_hand == "heroku ps:autoscale:disable --app acme"
    assert is_done(run, STAYS_STILL.id)


async def test_nobody_acts_and_it_stays_open(heroku: Replay, run: RunContext) -> None:
    with pytest.raises(BlockedError, match="a person's task is open"):
        await run_tasks(run, LINE)
    assert not is_done(run, STAYS_STILL.id)


async def test_what_cannot_be_read_is_said_and_holds_nothing_up(
    heroku: Replay, person: SwitchingPerson, run: RunContext
) -> None:
    heroku.special = lambda request, body: (
        problem(403, "forbidden", "") if request.url.path in (MONITORS, GITHUB) else None
    )
    await run_tasks(run, LINE)
    said = [event.text for event in person.heard if isinstance(event, Said)]
    assert any(text.startswith("autoscaling is not known") for text in said)
    assert any(text.startswith("auto-deploys are not known") for text in said)
    assert person.asked == []


async def test_a_rehearsal_says_it_and_waits_for_nobody(
    heroku: Replay, person: SwitchingPerson, run: RunContext
) -> None:
    rehearsal = open_test_run(run.session, mode="rehearsal", returns=True)
    await run_tasks(rehearsal, LINE)
    said = [event.text for event in person.heard if isinstance(event, Said)]
    assert "autoscaling of web is active (2 to 6)" in said
    assert person.asked == []


async def test_switched_on_again_right_before_the_freeze_stops_it(run: RunContext) -> None:
    now = await run.session.outside.source.read_inventory(None)
    with pytest.raises(BlockedError, match="changes by itself") as caught:
        refuse_what_moves(now)
    assert "acme/web" in caught.value.detail
