"""A plan that was wrong when moveday opened: mended by hand and looked at again, the move opens."""

from pathlib import Path

import pytest

from tests.screens.picture import text_of, wait_for
from tests.screens.scenes import SCENES, app_for


async def test_a_mended_plan_opens_the_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene = next(scene for scene in SCENES if scene.id == "plan-done")
    app = app_for(scene, Path("acme-clinic"))
    plan = tmp_path / "acme-clinic" / "moveday.yaml"
    right = plan.read_text()
    plan.write_text(right.replace("format: 1", "format: 1\nsource_platfrom: heroku"))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "moveday.yaml is not right" in text_of(app), "the trouble")
        assert app.desk.session is None
        plan.write_text(right)
        await pilot.press("r")
        await wait_for(pilot, lambda: app.desk.session is not None, "the open move")
        await wait_for(pilot, lambda: "mend the file" not in text_of(app), "no trouble")
