"""A yes is for one piece of work: whatever is begun later in the same window asks again."""

from pathlib import Path

from screens.app import MovedayApp
from tests.screens.picture import opened, text_of, wait_for
from tests.screens.replay import replay
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
