"""A yes is for one piece of work: whatever is begun later in the same window asks again."""

from pathlib import Path

import pytest

from screens.app import MovedayApp
from screens.dialogs.trouble import TroubleDialog
from tests.screens.picture import opened, text_of, wait_for
from tests.screens.replay import replay
from tests.screens.scenes import SCENES, app_for, outside_as_recorded, play
from wizard.engine.answers import ask_for_new_side, put_question
from wizard.engine.session import Session
from wizard.model.question import Question
from wizard.safety.consent import Level


async def touch_users(session: Session) -> None:
    name = session.plan.source.app
    why = "users notice"
    question = Question(id="go", text="Type the name", why=why, kind="name", expected=name)
    await put_question(session, question)


async def change_new_side(session: Session) -> None:
    await ask_for_new_side(session, "Make something on the new side", "--yes")


def allowed(session: Session) -> Level:
    return session.allowed


async def test_the_typed_name_does_not_hold_for_the_next_work(tmp_path: Path) -> None:
    app = MovedayApp(replay(tmp_path))
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        app.start("cutover", "Cutover", touch_users)
        await wait_for(pilot, lambda: "Type the name" in text_of(app), "the question")
        await pilot.press(*"acme-clinic", "tab", "tab", "enter")
        await wait_for(pilot, lambda: app.desk.job is None, "the work to end")
        session = app.desk.session
        assert session is not None
        assert allowed(session) == Level.USERS_NOTICE, "the typed name allowed that work"
        app.start("deploy", "Deploy", change_new_side)
        await wait_for(pilot, lambda: "Make something on the new side?" in text_of(app), "a no")
        await pilot.press("escape")
        await wait_for(
            pilot,
            lambda: "not confirmed" in text_of(app) or "open question" in text_of(app),
            "nothing to be done",
        )
        assert allowed(session) == Level.LOOK, "the next work may only look"
        answers = [e.key for e in session.journal.entries if e.kind == "answer"]
        assert "change-new-side" not in answers[answers.index("go") :]
        # A no before anything was begun is no trouble: no window, and no step that failed.
        await wait_for(pilot, lambda: app.desk.job is None, "the work to end")
        assert not isinstance(app.screen, TroubleDialog) and "deploy" not in app.desk.ended


async def test_begin_in_the_summary_is_the_yes_and_is_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene = next(scene for scene in SCENES if scene.id == "cutover-ready")
    app = app_for(scene, Path("acme-clinic"))
    with outside_as_recorded(scene):
        async with app.run_test(size=(80, 24)) as pilot:
            await play(scene, pilot, app)
            await pilot.press("g")
            await wait_for(pilot, lambda: "Begin the cutover?" in text_of(app), "the summary")
            assert "endpoints and a fresh database" in text_of(app)
            await pilot.press("tab", "enter")
            # Nobody answers in a replay: the work ends at its first look at the new side.
            await wait_for(pilot, lambda: isinstance(app.screen, TroubleDialog), "the end")
            session = app.desk.session
            assert session is not None
            said = [e for e in session.journal.entries if e.kind == "answer"][-1]
            assert (said.key, said.data["value"]) == ("change-new-side", "yes")
            assert said.data["to"] == "the summary before the cutover"
            assert allowed(session) == Level.CHANGE_NEW_SIDE, "users cannot be touched yet"
