"""The last decision in moveday.yaml is taken back, journalled, and never over somebody's edit."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import PLAN, open_test_session
from wizard.engine.plan_file import parse_plan
from wizard.engine.plan_text import plan_document
from wizard.engine.plan_undo import last_decision, undo_decision
from wizard.engine.plan_write import save_plan, store_document
from wizard.engine.session import Session
from wizard.errors import BlockedError, UsageError
from wizard.model.plan import VariableChoice
from wizard.steps.mapping import answered


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A move whose plan is in its file."""
    found = open_test_session(tmp_path)
    raw = store_document(tmp_path, plan_document(PLAN), "")
    found.plan, found.plan_hash = parse_plan(raw), hashlib.sha256(raw).hexdigest()
    yield found
    found.journal.close()


def drop(session: Session, name: str) -> bytes:
    """Decide about one variable as the mapping does; the file before it."""
    before = (session.folder / "moveday.yaml").read_bytes()
    variables = {**session.plan.variables, name: VariableChoice(action="drop", reason="unused")}
    save_plan(session, session.plan.model_copy(update={"variables": variables}))
    session.journal.append("answer", key=f"variable/{name}", value="drop", by="person")
    return before


def test_decisions_are_taken_back_one_by_one_and_stop_counting(session: Session) -> None:
    file = session.folder / "moveday.yaml"
    befores = [drop(session, "A"), drop(session, "B")]
    for name, before in zip("BA", reversed(befores), strict=True):
        assert set(answered(session)) >= {f"variable/{name}"}
        found = undo_decision(session.folder, session.journal, "mapping", "person")
        assert found.words == f"variable/{name}: drop"
        assert file.read_bytes() == before
        assert f"variable/{name}" not in answered(session)
    with pytest.raises(BlockedError, match="nothing to undo"):
        undo_decision(session.folder, session.journal, "mapping", "person")
    kinds = [entry.kind for entry in session.journal.entries]
    assert kinds.count("decided") == 4 and kinds.count("undone") == 2


def test_an_edit_by_hand_is_not_lost(session: Session) -> None:
    drop(session, "A")
    file = session.folder / "moveday.yaml"
    file.write_text(file.read_text() + "# mine\n")
    with pytest.raises(UsageError, match="changed by hand"):
        undo_decision(session.folder, session.journal, "mapping", "person")
    assert file.read_text().endswith("# mine\n")


def test_a_decision_of_the_other_step_is_named(session: Session) -> None:
    drop(session, "A")
    with pytest.raises(BlockedError) as caught:
        undo_decision(session.folder, session.journal, "plan", "person")
    assert caught.value.detail == "in 4 Mapping: variable/A: drop"


def test_nothing_is_taken_back_while_a_run_is_open(session: Session) -> None:
    drop(session, "A")
    session.journal.append("run-started", key="run-1", number=1, mode="live")
    with pytest.raises(BlockedError, match="while a live run is open"):
        undo_decision(session.folder, session.journal, "mapping", "person")
    assert last_decision(session.journal.entries) is not None
