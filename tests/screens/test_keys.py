"""The foot of every step: keys that matter most, how to see the others, how to reach the steps."""

from importlib import import_module
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from screens.dialogs.why import why_text
from screens.steps.mapping import MappingScreen
from screens.widgets.step_list import StepList
from tests.screens.picture import PICTURES, steady, text_of, wait_for
from tests.screens.scenes import SCENES, app_for, outside_as_recorded, play
from wizard.model.step_names import STEP_NAMES
from wizard.steps import STEPS

STEPS_SHOWN = sorted(PICTURES.glob("[!w]*-80x24.txt"))
BODY_AT_100 = 74


@pytest.mark.parametrize("picture", STEPS_SHOWN, ids=lambda path: path.stem)
def test_no_footer_is_cut_and_each_says_that_there_is_more(picture: Path) -> None:
    foot = picture.read_text().splitlines()[-1]
    assert len(foot) <= 80
    assert foot.endswith("more  F2 Steps  q Quit") and "? Help: " in foot


def test_every_step_says_what_it_is_for_in_one_line_and_names_all_its_keys() -> None:
    for name, step in zip(STEP_NAMES, STEPS, strict=True):
        screen = import_module(f"screens.steps.{name.id.replace('-', '_')}").SCREEN
        assert len(f"{step.key}  {screen.purpose}") <= BODY_AT_100, screen.purpose
        told = why_text(step, screen.ACTIONS)
        assert all(f"| {action.keys()} |" in told for action in screen.ACTIONS)


@pytest.mark.parametrize("size", [(100, 30), (80, 24)], ids=["100x30", "80x24"])
async def test_f2_goes_to_the_steps_and_back(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene = next(scene for scene in SCENES if scene.id == "mapping-questions")
    app = app_for(scene, Path("acme-clinic"))
    async with app.run_test(size=size) as pilot:
        await play(scene, pilot, app)
        body = app.focused
        for back in ("f2", "escape"):
            await pilot.press("f2")
            await steady(pilot, app)
            assert isinstance(app.focused, StepList)
            assert "5 Files" in text_of(app)
            await pilot.press(back)
            await steady(pilot, app)
            assert not isinstance(app.focused, StepList) and app.focused is not None
            assert body in app.screen.focus_chain
        await pilot.press("f2", "down", "enter")
        await steady(pilot, app)
        assert app.current_mode == "files"
        # In a field letters are text, and the foot says how to get out.
        await pilot.press("4", "slash", "a")
        await steady(pilot, app)
        assert app.screen.query_one("#find", Input).value == "a"
        assert "esc leaves the field" in text_of(app).splitlines()[-1]
        await pilot.press("escape", "y")
        await steady(pilot, app)
        assert not isinstance(app.screen, MappingScreen)


async def test_after_the_cutover_nothing_is_left_to_say_go_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene = next(scene for scene in SCENES if scene.id == "cutover-done")
    app = app_for(scene, Path("acme-clinic"))
    with outside_as_recorded(scene):
        async with app.run_test(size=(80, 24)) as pilot:
            await play(scene, pilot, app)
            foot = text_of(app).splitlines()[-1]
            assert "g Go" not in foot and "R Roll back" in foot
            assert app.screen.query_one("#go", Button).disabled
            await pilot.press("g")
            await wait_for(pilot, lambda: "the cutover is done already" in text_of(app), "why not")
