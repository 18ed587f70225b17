"""A new cutover waits at its gates; one that is under way is never held up by them."""

from pathlib import Path

from tests.wizard.runbook.session_for_tests import open_test_session
from tests.wizard.steps.test_shared import inventory
from wizard.runbook.runs import begin_run
from wizard.steps import CUTOVER


async def test_what_changed_since_the_go_does_not_keep_an_open_cutover_from_going_on(
    tmp_path: Path,
) -> None:
    session = open_test_session(tmp_path)
    session.plan = session.plan.model_copy(update={"regulated": True})
    begin_run(session.journal, "live")
    # Read again by a nervous hand in the middle: to a new cutover, the deploy would be stale.
    session.keep_inventory(inventory())
    assert [gate for gate in await CUTOVER.check(session) if not gate.open] == []
    session.journal.close()


async def test_a_new_cutover_waits_for_deploy_rehearsal_and_agreement(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    session.plan = session.plan.model_copy(update={"regulated": True})
    closed = {gate.id for gate in await CUTOVER.check(session) if not gate.open}
    assert closed == {"built-from-this", "rehearsed", "agreement"}
    session.journal.close()
