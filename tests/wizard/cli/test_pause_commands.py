"""A run held from another terminal: what works ends, nothing begins, and no later run is held."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.wizard.runbook.session_for_tests import open_test_run, open_test_session
from tests.wizard.runbook.test_pause import nothing, task
from wizard.cli.pause_commands import go_on, pause
from wizard.cli.status_command import status
from wizard.engine import pause as pausing
from wizard.engine.lock import Lock
from wizard.engine.pause import Pause
from wizard.engine.pause_request import PauseRequest
from wizard.engine.session import Session
from wizard.runbook.context import RunContext
from wizard.runbook.runner import run_tasks
from wizard.runbook.runs import begin_run, begin_way_back


def say(command: object, folder: Path, *words: str) -> Result:
    """What another terminal in `folder` sees."""
    return CliRunner().invoke(command, ["--folder", str(folder), *words])  # type: ignore[arg-type]


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Session]:
    """A process that holds the lock, with the request that it obeys."""
    session = open_test_session(tmp_path)
    with Lock.take(tmp_path / ".moveday", "moveday rehearse") as lock:
        session.pause = Pause(PauseRequest(tmp_path / ".moveday", lock.holder))
        yield session
    session.journal.close()


async def test_a_run_is_held_and_let_go_from_another_terminal(
    at_work: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "LOOK", 0.01)
    begin_run(at_work.journal, "rehearsal")
    folder = at_work.folder

    async def held(context: RunContext) -> None:
        told = say(pause, folder)
        assert told.exit_code == 0, told.output
        assert "`moveday rehearse`" in told.output and "moveday continue goes on" in told.output
        words = "a pause is asked for: a copy waits amid its rows, all else ends first"
        assert words in say(status, folder).output

    context = open_test_run(at_work)
    tasks = [task("one", held), task("two", nothing, "one")]
    running = asyncio.create_task(run_tasks(context, tasks))
    while "paused" not in [entry.kind for entry in at_work.journal.entries]:
        await asyncio.sleep(0)
    assert "one" in context.opened and "two" not in context.opened
    assert "moveday continue goes on" in say(status, folder).output
    assert json.loads(say(status, folder, "--json").stdout)["paused_since"].endswith("UTC")
    assert "paused already" in say(pause, folder).output
    assert say(go_on, folder).exit_code == 0
    await running
    assert "two" in context.opened
    assert "nothing is paused" in say(go_on, folder).output
    assert json.loads(say(status, folder, "--json").stdout)["paused_since"] is None


def test_a_request_for_a_process_that_was_killed_holds_no_later_one(at_work: Session) -> None:
    begin_run(at_work.journal, "rehearsal")
    assert say(pause, at_work.folder).exit_code == 0
    assert at_work.pause.asked
    state = at_work.folder / ".moveday"
    raw = json.loads((state / "pause").read_text())
    with_same_number = Lock.take(state / "other", "moveday rehearse")
    later = with_same_number.holder
    with_same_number.release()
    assert later.pid == raw["pid"]
    assert not PauseRequest(state, later).stands()
    older = later.model_copy(update={"started": later.started - timedelta(days=1)})
    assert not PauseRequest(state, older).stands()


def test_what_cannot_be_paused_is_said(at_work: Session) -> None:
    folder = at_work.folder
    told = say(pause, folder)
    assert (told.exit_code, "nothing runs that could be paused" in told.output) == (2, True)
    number = begin_run(at_work.journal, "live")
    at_work.journal.append("read", key=f"run-{number}/down_at", value=1_790_000_000.0)
    told = say(pause, folder)
    assert (told.exit_code, "users are down" in told.output) == (4, True)
    assert say(pause, folder, "--yes").exit_code == 0
    at_work.pause.go_on()
    assert not at_work.pause.asked
    begin_way_back(at_work.journal, number)
    assert "a way back is never paused" in say(pause, folder, "--yes").output


def test_a_deploy_can_be_held_too(tmp_path: Path) -> None:
    with Lock.take(tmp_path / ".moveday", "moveday deploy") as lock:
        assert say(pause, tmp_path).exit_code == 0
        assert PauseRequest(tmp_path / ".moveday", lock.holder).stands()


def test_nobody_at_work_is_nothing_to_pause(tmp_path: Path) -> None:
    for command in (pause, go_on):
        told = say(command, tmp_path)
        assert (told.exit_code, "nobody is at work" in told.output) == (2, True)
