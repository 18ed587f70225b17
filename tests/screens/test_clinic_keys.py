"""The files of a cluster's app by keys: what only the image knows is answered once, in the plan."""

from pathlib import Path

import pytest

from tests.screens.picture import steady, text_of, wait_for
from tests.screens.replay import CLINIC
from tests.screens.scenes import Scene, app_for, play
from wizard.engine.plan_file import read_plan

HOME = Path("northside-clinic")
SCENE = Scene("files", "not-proposed", "answer value/SESSION_KEY", name=CLINIC)


async def test_answers_about_the_image_go_into_the_plan_and_u_takes_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_for(SCENE, HOME)
    async with app.run_test(size=(100, 30)) as pilot:

        async def see(words: str) -> None:
            await wait_for(pilot, lambda: words in text_of(app), words)
            await steady(pilot, app)

        await play(SCENE, pilot, app)
        await pilot.press("r")
        await see("Answer 2 open")
        assert "portal: COMMAND" not in (HOME / "moveday.yaml").read_text()
        await pilot.press("a")
        await see("What is the ENTRYPOINT of")
        await pilot.press(*"none", "enter")
        await see("As which user does")
        await pilot.press(*"root", "enter")
        await see("Nothing is open")
        plan, _ = read_plan(HOME)
        assert plan.answers["entrypoint/portal"] == "none"
        assert plan.answers["user/portal"] == "root"
        assert plan.answers["volume/portal_uploads"] == "cache"
        # Another look asks no more: the answers stand in the plan.
        await pilot.press("r")
        await see("Nothing is open")
        await pilot.press("4")
        await see("4  Mapping")
        await pilot.press("u")
        await see("user/portal: root")
        await pilot.press("tab", "enter")
        await wait_for(pilot, lambda: "user/portal" not in read_plan(HOME)[0].answers, "undone")
