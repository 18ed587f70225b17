"""Exceptions that a person signs: which gates they open, and that a reason is needed."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.wizard.runbook.session_for_tests import NoVault, open_test_session
from wizard.engine.ports import Outside
from wizard.errors import BlockedError, UsageError
from wizard.runbook.runs import begin_run
from wizard.steps import CUTOVER
from wizard.steps.before_go import before_go
from wizard.steps.before_rollback import before_rollback
from wizard.steps.exceptions import sign, signable


async def test_signing_opens_its_gates_and_no_others_and_names_who_signed(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    session.plan = session.plan.model_copy(update={"regulated": True})
    found = signable(await CUTOVER.check(session))
    assert [each.key for each in found] == ["not-rehearsed", "without-agreement"]
    assert "nothing was rehearsed to its end" in found[0].question.why
    with pytest.raises(UsageError, match="reason is needed"):
        sign(session, "not-rehearsed", "  ", "Grace")
    for each in found:
        sign(session, each.key, "an empty practice app", "Grace")
    before = await before_go(session)
    assert {gate.id for gate in before.closed} == {"built-from-this"}
    signed = [entry for entry in session.journal.entries if entry.kind == "override"]
    assert {(entry.key, entry.data["by"]) for entry in signed} == {
        ("not-rehearsed", "Grace"),
        ("without-agreement", "Grace"),
    }
    session.journal.close()


def test_a_way_back_is_told_in_its_order_before_anything_is_asked(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    session.outside = cast(Outside, SimpleNamespace(source=None, staging=None, vault=NoVault()))
    with pytest.raises(BlockedError, match="nothing to take back"):
        before_rollback(session)
    begin_run(session.journal, "live")
    for task in ("maintenance-on", "workers-off", "accept", "switch"):
        session.journal.append("intent", key=f"run-1/task/{task}", task=task)
    session.journal.append("done", key="run-1/task/accept", task="accept")
    before = before_rollback(session)
    assert (before.kind, before.number, before.accepted) == ("live", 1, True)
    assert before.undone == (
        "switch the names to the new side",
        "workers to zero",
        "maintenance page on",
    )
    assert before.persons == ("switch the names to the new side",)
    assert before.takes == "unknown: it was never timed"
    session.journal.close()
