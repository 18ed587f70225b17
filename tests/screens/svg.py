"""Makes the README's pictures from the recordings: `python -m tests.screens.svg`."""

import asyncio
import os
import re
import tempfile
import time
from pathlib import Path

import pytest

from tests.screens.scenes import SCENES, Scene, app_for, outside_as_recorded, play

PLACE = Path(__file__).parents[2] / "docs" / "pictures"
SHOWN = {
    "plan": "plan-questions",
    "inventory": "inventory-done",
    "deploy": "deploy-running",
    "rehearsal": "rehearsal-done",
    "cutover": "cutover-running",
}
"""Name of the picture → the scene it shows."""
# Every picture names its own fonts and ids: the same screen shall be the same file, and a page that
# shows it shall ask nobody for a font.
_IDS = re.compile(r"terminal-\d+")
_FONTS = re.compile(r"\s*@font-face\s*\{[^}]*\}")


async def picture_of(scene: Scene, folder: Path) -> str:
    """The scene as SVG, at 100x30."""
    app = app_for(scene, folder)
    with outside_as_recorded(scene):
        async with app.run_test(size=(100, 30)) as pilot:
            await play(scene, pilot, app)
            drawn = app.export_screenshot(title="moveday")
    return _FONTS.sub("", _IDS.sub("moveday", drawn))


def main() -> None:
    """All of them."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    scenes = {scene.id: scene for scene in SCENES}
    PLACE.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as temporary:
        patch.setattr("providers.http.retry.ATTEMPTS", 1)
        for name, scene in SHOWN.items():
            (Path(temporary) / name).mkdir()
            patch.chdir(Path(temporary) / name)
            drawn = asyncio.run(picture_of(scenes[scene], Path("acme-clinic")))
            (PLACE / f"{name}.svg").write_text(drawn)
        patch.chdir(PLACE)


if __name__ == "__main__":
    main()
