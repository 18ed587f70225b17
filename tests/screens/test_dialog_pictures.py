"""Every kind of window over a step, opened by the keys a person would press."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen

from screens.app import MovedayApp
from tests.screens.picture import compare, steady, wait_for
from tests.screens.scenes import SCENES, app_for, outside_as_recorded, play

SIZE = (80, 24)
WINDOWS: dict[str, dict[str, tuple[str, ...]]] = {
    "plan-questions": {
        "question-text": ("a",),
        "verdict": ("y",),
        "question-choice": ("down", "down", "down", "enter"),
    },
    "sign-in-you": {"choose": ("t", "s"), "secret": ("s", "enter")},
    "inventory-done": {"palette": ("colon",)},
    "mapping-questions": {"because": ("y",), "trouble": ("r",)},
    "deploy-ready": {"question-confirm": ("d",)},
    "deploy-running": {"log": ("l",)},
    "deploy-done": {"variables": ("v",)},
    "rehearsal-running": {"leave": ("q",)},
    "rehearsal-done": {"why": ("question_mark",)},
    "cutover-ready": {"by-hand": ("h",)},
    "cutover-failed": {"way-back": ("R",), "name-to-type": ("R", "tab", "enter")},
}
"""The scene it is opened over → its windows, one after the other: picture → keys."""
_INSIDE = ("down", "t", "tab")
"""Keys that open nothing."""


@pytest.mark.parametrize("over", WINDOWS)
async def test_windows(over: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scene = next(scene for scene in SCENES if scene.id == over)
    app = app_for(scene, Path("acme-clinic"))
    with outside_as_recorded(scene):
        async with app.run_test(size=SIZE) as pilot:
            await play(scene, pilot, app)
            for name, keys in WINDOWS[over].items():
                for key in keys:
                    before = app.screen
                    await pilot.press(key)
                    if key not in _INSIDE:
                        await _opened(pilot, app, before)
                await steady(pilot, app)
                compare(app, f"window-{name}-80x24")
                await _close_all(pilot, app)


def _is_open(app: MovedayApp) -> bool:
    return isinstance(app.screen, ModalScreen)


async def _close_all(pilot: Pilot[None], app: MovedayApp) -> None:
    """Esc always goes up one level; a window may be followed by one that says what came of it."""
    for _ in range(3):
        await pilot.press("escape")
        await steady(pilot, app)
    assert not _is_open(app)


async def _opened(pilot: Pilot[None], app: MovedayApp, before: object) -> None:
    await wait_for(pilot, lambda: app.screen is not before and _is_open(app), "the window")
