"""The plan of a run that is open: not changed by moveday, and a change by hand is said."""

from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import Listener, open_test_session
from wizard.engine.events import Said
from wizard.engine.plan_write import save_plan
from wizard.errors import BlockedError
from wizard.runbook.runs import begin_run
from wizard.steps.rollback import roll_back


async def test_a_run_is_taken_back_by_the_plan_it_began_with_or_it_is_said(tmp_path: Path) -> None:
    front = Listener()
    session = open_test_session(tmp_path, front)
    session.journal.append("opened", key="cutover", plan=session.plan_hash)
    begin_run(session.journal, "live")
    with pytest.raises(BlockedError, match="live run is open"):
        save_plan(session, session.plan.model_copy(update={"domains": ("www.clinic.test",)}))
    assert not (tmp_path / "moveday.yaml").exists()

    with pytest.raises(BlockedError, match="open question"):
        await roll_back(session)
    assert front.heard == []
    session.plan_hash = "1" * 64
    with pytest.raises(BlockedError, match="open question"):
        await roll_back(session)
    assert [type(event) for event in front.heard] == [Said]
    assert "was changed since run 1 began" in str(front.heard[0])
    session.journal.close()
