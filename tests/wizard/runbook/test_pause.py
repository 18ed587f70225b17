"""A pause between tasks: nothing new begins, what runs comes to its end, and it is on record."""

import asyncio
from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import open_test_run, open_test_session
from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.runner import is_done, run_tasks
from wizard.runbook.task import Act, Task


def task(name: str, do: Act, *needs: str) -> Task:
    async def seen(context: RunContext) -> Evidence | None:
        return context.proof("there", "test") if name in context.opened else None

    async def act(context: RunContext) -> None:
        await do(context)
        context.opened[name] = True

    return Task(name, name, "old", seen, do=act, needs=needs, poll=0.01)


async def nothing(context: RunContext) -> None:
    return None


async def asks_for_a_pause(context: RunContext) -> None:
    context.session.pause.ask()


async def test_a_pause_lets_the_task_end_and_begins_nothing_until_it_is_over(
    tmp_path: Path,
) -> None:
    session = open_test_session(tmp_path)
    context = open_test_run(session)
    tasks = [task("one", asks_for_a_pause), task("two", nothing, "one")]
    running = asyncio.create_task(run_tasks(context, tasks))
    while "paused" not in [entry.kind for entry in session.journal.entries]:
        await asyncio.sleep(0)
    assert is_done(context, "one") and "two" not in context.opened
    session.pause.go_on()
    await running
    assert is_done(context, "two")
    kinds = [entry.kind for entry in session.journal.entries if entry.key == "run-1/pause"]
    assert kinds == ["paused", "continued"]
    session.journal.close()


async def test_a_pause_can_be_called_off_while_a_task_still_runs(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    session.pause.ask()
    session.pause.go_on()
    context = open_test_run(session)
    await run_tasks(context, [task("one", nothing)])
    assert "paused" not in [entry.kind for entry in session.journal.entries]
    session.journal.close()


async def test_stopping_ends_a_pause_and_the_next_start_is_not_paused(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    context = open_test_run(session)
    tasks = [task("one", asks_for_a_pause), task("two", nothing, "one")]
    running = asyncio.create_task(run_tasks(context, tasks))
    while "paused" not in [entry.kind for entry in session.journal.entries]:
        await asyncio.sleep(0)
    session.stop.set()
    with pytest.raises(BlockedError, match="where you asked"):
        await running
    session.stop.clear()
    await run_tasks(context, tasks)
    assert is_done(context, "two")
    session.journal.close()
