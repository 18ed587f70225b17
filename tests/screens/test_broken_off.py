"""A process that was killed in the middle: nothing seems to run when the move is opened again."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from screens.app import MovedayApp
from tests.screens.picture import opened, text_of, wait_for
from tests.screens.replay import replay
from tests.screens.test_board import in_the_outage
from wizard.cli.status_command import status


async def test_a_task_that_was_cut_off_says_so_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.steps.cutover_acts._LOOK_EVERY", 60)
    app = MovedayApp(replay(tmp_path, until=in_the_outage()))
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, app)
        for key, said in (("7", "run(s)"), ("8", "✗ BROKEN OFF: move the data")):
            await pilot.press(key)
            await wait_for(pilot, lambda said=said: said in text_of(app), said)
        row = next(line for line in text_of(app).splitlines() if "tool broken off" in line)
        assert "✗ move the data" in row and row.rstrip(" ▁▂▃▄▅▆▇█").endswith("0.0 s")
        assert "running" not in text_of(app)
        # The wizard holds the lock, and works on nothing.
        told = CliRunner().invoke(status, ["--folder", str(tmp_path)]).output
        assert "at work: `moveday`" in told and "broken off: move the data, begun" in told
    told = CliRunner().invoke(status, ["--folder", str(tmp_path), "--json"]).output
    assert '"state": "broken off"' in told and '"seconds": 0.0' in told
