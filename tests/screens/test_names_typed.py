"""A name that is not ours at a confirm: refused in words, the window stays, nothing happens."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from screens.dialogs.question import QuestionDialog
from tests.screens.picture import compare, steady, text_of, wait_for
from tests.screens.scenes import SCENES, app_for, outside_as_recorded, play
from tests.screens.walker import Walker
from wizard.engine.answers import put_question
from wizard.engine.session import Session
from wizard.runbook.context import RunContext
from wizard.runbook.lines.before import GO
from wizard.runbook.stage import live_stage
from wizard.safety.consent import Level
from wizard.steps.rollback import roll_back
from wizard.steps.undo import Undo, UndoItem
from wizard.steps.undo_asked import undo_confirmed

MADE = UndoItem(kind="app", name="acme-clinic", id=7, state="to remove")


async def go(session: Session) -> None:
    stage = live_stage(session.outside, session.plan, 3)
    assert GO.question is not None
    await put_question(session, GO.question(RunContext(session, stage, "run-3")))


async def undo(session: Session) -> None:
    await undo_confirmed(session, Undo(items=(MADE,), stays=()))


@pytest.mark.parametrize("ask", [go, undo, roll_back], ids=["go", "undo", "roll-back"])
async def test_another_name_is_refused_and_nothing_happens(
    ask: Callable[[Session], Awaitable[object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    over = "deploy-done" if ask is undo else "cutover-failed"
    scene = next(scene for scene in SCENES if scene.id == over)
    app = app_for(scene, Path("acme-clinic"))
    journal = tmp_path / "acme-clinic" / ".moveday" / "journal.jsonl"
    with outside_as_recorded(scene):
        async with app.run_test(size=(80, 24)) as pilot:
            await play(scene, pilot, app)
            before = journal.read_bytes()
            app.start(scene.step, "Work", ask)
            await wait_for(pilot, lambda: isinstance(app.screen, QuestionDialog), "the question")
            if ask is undo:
                await steady(pilot, app)
                compare(app, "window-undo-name-80x24")
            await pilot.press(*"acme-clinik", "enter", "tab", "tab", "enter")
            await steady(pilot, app)
            shown = Walker(app, pilot).screen()
            # The shut button cannot be reached: tab goes from Cancel back to the field.
            assert isinstance(app.screen, QuestionDialog)
            assert "That is not the name: nothing happens until" in shown
            assert app.desk.session is not None and app.desk.session.allowed is Level.LOOK
            assert journal.read_bytes() == before
            await pilot.press("escape")
            await steady(pilot, app)
            assert "open question" in text_of(app)
            assert journal.read_bytes() == before
