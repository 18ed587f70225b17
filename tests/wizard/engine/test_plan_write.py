"""A decision is stored in moveday.yaml, unless somebody else was there first."""

import hashlib
from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import open_test_session
from wizard.engine.plan_file import read_plan
from wizard.engine.plan_write import save_plan
from wizard.engine.session import Session
from wizard.errors import UsageError

TEXT = """\
# ours
source: {kind: heroku, app: clinic}
target: {stack: s, environment: e, app: clinic}
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    file = tmp_path / "moveday.yaml"
    file.write_text(TEXT)
    file.chmod(0o640)
    opened = open_test_session(tmp_path)
    opened.plan, opened.plan_hash = read_plan(tmp_path)
    return opened


def test_a_decision_is_written_and_journalled(session: Session) -> None:
    save_plan(session, session.plan.model_copy(update={"partners": ("lab.test",)}))
    file = session.folder / "moveday.yaml"
    text = file.read_text()
    assert text.startswith(TEXT)
    assert read_plan(session.folder) == (session.plan, session.plan_hash)
    assert session.plan.partners == ("lab.test",)
    assert file.stat().st_mode & 0o777 == 0o640
    entry = session.journal.entries[-1]
    assert (entry.kind, entry.key) == ("decided", "plan")
    assert entry.data["hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert [p.name for p in session.folder.iterdir() if p.name.startswith(".moveday.yaml")] == []


def test_the_same_plan_writes_nothing(session: Session) -> None:
    before = len(session.journal.entries)
    save_plan(session, session.plan)
    assert len(session.journal.entries) == before


def test_a_file_that_somebody_edited_meanwhile_is_left_alone(session: Session) -> None:
    edited = TEXT + "port: 5000\n"
    (session.folder / "moveday.yaml").write_text(edited)
    before = session.plan
    with pytest.raises(UsageError, match="changed by somebody"):
        save_plan(session, session.plan.model_copy(update={"port": 4000}))
    assert (session.folder / "moveday.yaml").read_text() == edited
    assert session.plan == before


def test_a_file_that_somebody_removed_is_not_made_anew(session: Session) -> None:
    (session.folder / "moveday.yaml").unlink()
    with pytest.raises(UsageError, match="changed by somebody"):
        save_plan(session, session.plan.model_copy(update={"port": 4000}))
    assert not (session.folder / "moveday.yaml").exists()


def test_a_link_to_the_file_stays_a_link(session: Session) -> None:
    file = session.folder / "moveday.yaml"
    real = session.folder / "elsewhere.yaml"
    file.rename(real)
    file.symlink_to(real)
    save_plan(session, session.plan.model_copy(update={"port": 4000}))
    assert file.is_symlink()
    assert "port: 4000" in real.read_text()
