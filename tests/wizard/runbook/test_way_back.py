"""What a way back may not do: go on beside users of the new side, or be gone on from."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import open_test_run, open_test_session
from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.perform import take_back
from wizard.runbook.runner import run_tasks
from wizard.runbook.runs import begin_run
from wizard.runbook.task import Act, Task
from wizard.steps.cutover import CUTOVER


async def seen(context: RunContext) -> Evidence | None:
    return context.proof("there", "test")


def task(name: str, undone: list[str], *, needs: tuple[str, ...] = (), fails: bool = False) -> Task:
    async def undo(context: RunContext) -> None:
        if fails:
            raise BlockedError("nobody put the records back")
        undone.append(name)

    act: Act = undo
    return Task(name, name, "old", seen, needs=needs, undo=act)


@pytest.mark.parametrize("returns", [False, True])
async def test_nothing_before_the_switch_is_undone_while_users_are_on_the_new_side(
    tmp_path: Path, returns: bool
) -> None:
    session = open_test_session(tmp_path)
    context = open_test_run(session, returns=returns)
    undone: list[str] = []
    switch = replace(task("switch", undone, needs=("point-app",), fails=True), undo_holds=True)
    tasks = [
        task("point-app", undone),
        switch,
        task("workers-on", undone, needs=("switch",)),
    ]
    begin_run(session.journal, "live")
    await run_tasks(context, tasks)
    with pytest.raises(BlockedError, match="records back"):
        await take_back(session, context.stage, tasks)
    assert undone == (["workers-on", "point-app"] if returns else ["workers-on"])
    session.journal.close()


async def test_a_cutover_that_is_being_taken_back_cannot_be_gone_on_with(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    context = open_test_run(session)
    begin_run(session.journal, "live")
    tasks = [replace(task("switch", [], fails=True), undo_holds=True)]
    await run_tasks(context, tasks)
    with pytest.raises(BlockedError):
        await take_back(session, context.stage, tasks)
    session.journal.append("override", key="not-rehearsed", by="test", reason="test")
    session.journal.append("read", key="inventory")
    session.journal.append("evidence", key="deployed")
    with pytest.raises(BlockedError, match="being taken back"):
        await CUTOVER.run(session)
    session.journal.close()
