"""The second look says what changed, and later steps turn stale with that reason."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from providers.sources.heroku.source import HerokuSource
from tests.providers.sources.heroku.replay import Replay, replaying, source_of
from tests.wizard.runbook.session_for_tests import Listener, NoVault, open_test_session
from wizard.engine.ports import Outside
from wizard.engine.session import Session
from wizard.runbook.runs import begin_run
from wizard.steps.inventory import CHANGES, INVENTORY, change_words, changed_since
from wizard.steps.mapping import MAPPING


@dataclass
class OnlySource:
    source: HerokuSource
    vault: NoVault


@pytest.fixture
async def heroku() -> AsyncIterator[Replay]:
    async with replaying() as replay:
        yield replay


@pytest.fixture
async def session(heroku: Replay, tmp_path: Path) -> AsyncIterator[Session]:
    opened = open_test_session(tmp_path, Listener())
    source = source_of(heroku)
    opened.outside = cast(Outside, OnlySource(source, NoVault()))
    yield opened
    opened.journal.close()
    await source.close()


async def look(session: Session) -> Any:
    return await INVENTORY.run(session)


async def test_looks_are_compared_and_the_mapping_turns_stale_with_the_reason(
    heroku: Replay, session: Session
) -> None:
    assert (await look(session)).changes is None
    session.journal.append("decided", key="mapping", open=[])
    assert (await look(session)).changes == ()
    assert MAPPING.state(session).state == "done"
    heroku.answers["/apps/acme/formation"][1]["quantity"] = 3
    heroku.answers["/apps/acme/config-vars"]["RAILS_ENV"] = "staging"
    del heroku.answers["/apps/acme/domains"][2]
    found = await look(session)
    assert [change.words for change in found.changes] == [
        "process worker: 1 × Standard-1X, sidekiq → 3 × Standard-1X, sidekiq",
        "domain old.acme.test is gone: y.herokudns.com",
        "the value of RAILS_ENV changed",
    ]
    state = MAPPING.state(session)
    assert state.state == "stale"
    assert "process worker: 1 × Standard-1X" in state.reason
    document = found.model_dump(mode="json")
    assert document["changes"][0]["kind"] == "processes"
    assert document["processes"]


async def test_facts_that_were_lost_make_later_steps_stale(session: Session) -> None:
    await look(session)
    seq = session.journal.seq
    (session.store.folder / "facts.json").unlink()
    assert (await look(session)).changes is None
    assert "could not be read" in change_words(changed_since(session, seq))


async def test_a_look_during_a_cutover_is_shown_and_not_kept(
    heroku: Replay, session: Session
) -> None:
    await look(session)
    begin_run(session.journal, "live")
    heroku.answers["/apps/acme/formation"][1]["quantity"] = 0
    found = await look(session)
    assert len(found.changes) == 1
    kept = session.inventory()
    assert kept is not None
    worker = kept.process("worker")
    assert worker is not None
    assert worker.quantity == 1
    assert not [entry for entry in session.journal.entries if entry.key == CHANGES]
