"""Every step in every state at both sizes, as text that can be read in pictures/."""

from pathlib import Path

import pytest

from tests.screens.picture import compare
from tests.screens.scenes import Scene, app_for, moments, outside_as_recorded, play, visit

LARGE, SMALL = (100, 30), (80, 24)


@pytest.mark.parametrize("scenes", moments(), ids=lambda scenes: "+".join(s.id for s in scenes))
async def test_pictures(
    scenes: tuple[Scene, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # so that no path of this machine is in a picture
    first, *others = scenes
    app = app_for(first, Path("acme-clinic"))
    with outside_as_recorded(first):
        async with app.run_test(size=LARGE) as pilot:
            await play(first, pilot, app)
            compare(app, f"{first.id}-100x30")
            for scene in others:
                await visit(scene, pilot, app)
                compare(app, f"{scene.id}-100x30")
            await pilot.resize_terminal(*SMALL)
            for scene in reversed(scenes):
                await visit(scene, pilot, app)
                compare(app, f"{scene.id}-80x24")
