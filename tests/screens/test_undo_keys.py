"""`u` takes back the last decision made at a step, one step each, or says why there is none."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from screens.app import MovedayApp
from tests.screens.picture import steady, text_of, wait_for
from tests.screens.scenes import SCENES, Scene, app_for, play
from wizard.engine.given_values import last_given
from wizard.engine.journal import FILE_NAME, verify

DECIDED = ("sign-in", "inventory", "rehearsal", "cutover", "report")


def scene(name: str) -> Scene:
    return next(scene for scene in SCENES if scene.id == name)


def app_in(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> MovedayApp:
    monkeypatch.chdir(folder)
    return app_for(scene(name), Path("acme-clinic"))


async def test_answers_of_the_plan_are_taken_back_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, "plan-done", monkeypatch)
    plan = tmp_path / "acme-clinic" / "moveday.yaml"
    async with app.run_test(size=(100, 30)) as pilot:
        await play(scene("plan-done"), pilot, app)
        versions = [plan.read_bytes()]
        table = app.screen.query_one("#facts")
        for minutes in ("17", "23"):
            await wait_for(pilot, lambda: app.desk.session is not None, "the open move")
            table.focus()
            await pilot.press("home")
            while "For how many minutes" not in text_of(app):
                await pilot.press("down")
                await steady(pilot, app)
            await pilot.press("e")
            await wait_for(pilot, lambda: "enter: save" in text_of(app), "the question")
            await pilot.press("end", *["backspace"] * 4, *minutes, "enter")
            await wait_for(pilot, lambda: plan.read_bytes() not in versions, "the new answer")
            await steady(pilot, app)
            versions.append(plan.read_bytes())
        assert b"budget_minutes: 23" in versions[-1]
        for before in reversed(versions[:-1]):
            await wait_for(pilot, lambda: app.desk.session is not None, "the open move")
            await pilot.press("u")
            await wait_for(pilot, lambda: "Take back the last decision?" in text_of(app), "the ask")
            assert "downtime.budget_minutes: " in text_of(app)
            await pilot.press("tab", "enter")
            await wait_for(pilot, lambda before=before: plan.read_bytes() == before, "the undo")
            await steady(pilot, app)
    assert verify(plan.parent / ".moveday" / FILE_NAME).ok


async def test_a_version_that_is_not_kept_is_said_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, "mapping-done", monkeypatch)
    plan = tmp_path / "acme-clinic" / "moveday.yaml"
    async with app.run_test(size=(80, 24)) as pilot:
        await play(scene("mapping-done"), pilot, app)
        before = plan.read_bytes()
        # The recording's plans were not kept beside its journal.
        await pilot.press("u")
        await wait_for(pilot, lambda: "is not kept" in text_of(app), "the refusal")
        assert plan.read_bytes() == before


async def test_a_value_that_was_given_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, "mapping-questions", monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await play(scene("mapping-questions"), pilot, app)
        session = app.desk.session
        assert session is not None
        session.given["LEGACY_TOKEN"] = SecretStr("typed-a-moment-ago")
        await pilot.press("u")
        asked = "Take back the value given for LEGACY_TOKEN?"
        await wait_for(pilot, lambda: asked in text_of(app), "the ask")
        await pilot.press("tab", "enter")
        await wait_for(pilot, lambda: app.desk.job is None, "the undo")
        assert session.given == {}
        assert last_given(session.journal.entries) is None
        undone = [e for e in session.journal.entries if e.kind == "undone"]
        assert undone[-1].data["answers"] == ["value/LEGACY_TOKEN"]


async def test_a_file_that_was_kept_is_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, "files-proposed", monkeypatch)
    async with app.run_test(size=(100, 30)) as pilot:
        await play(scene("files-proposed"), pilot, app)
        await pilot.press("m")
        await steady(pilot, app)
        assert "yours is kept" in text_of(app)
        await pilot.press("u")
        await steady(pilot, app)
        assert "yours is kept" not in text_of(app)
        assert "taken back: " in text_of(app)
        await pilot.press("u")
        await steady(pilot, app)
        assert "there is nothing to undo here" in text_of(app)


@pytest.mark.parametrize("step", DECIDED)
async def test_elsewhere_the_key_says_why_not(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, "report-done", monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await play(scene("report-done"), pilot, app)
        app.switch_mode(step)
        await steady(pilot, app)
        journal = (tmp_path / "acme-clinic" / ".moveday" / FILE_NAME).read_bytes()
        await pilot.press("u")
        await steady(pilot, app)
        assert "nothing to undo here" in text_of(app) or "R (Roll back)" in text_of(app)
        assert (tmp_path / "acme-clinic" / ".moveday" / FILE_NAME).read_bytes() == journal
