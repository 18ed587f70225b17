"""Hunk by hunk: what a person sees while choosing, and what lies on the disk after the write."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.app import MovedayApp
from tests.screens.picture import compare, steady, text_of, wait_for
from tests.screens.scenes import SCENES, app_for, play
from tests.screens.walker import Walker
from wizard.engine.journal import FILE_NAME, verify

HOME = Path("acme-clinic")
SCENE = next(scene for scene in SCENES if scene.id == "files-proposed")
STEPS = [f"RUN echo {n}" for n in range(8)]
OWN = "\n".join(["FROM python:3.12-slim", "WORKDIR /app", *STEPS, "COPY . .", *STEPS, ""])


def app_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MovedayApp:
    """The app on a folder whose Dockerfile is a longer one, so that it is changed in places."""
    monkeypatch.chdir(folder)
    app = app_for(SCENE, HOME)
    (HOME / "Dockerfile").write_text(OWN)
    return app


async def see(pilot: Pilot[None], app: MovedayApp, words: str) -> None:
    await wait_for(pilot, lambda: words in text_of(app), words)
    await steady(pilot, app)


async def proposed(pilot: Pilot[None], app: MovedayApp) -> None:
    await play(SCENE, pilot, app)
    await pilot.press("r")
    await see(pilot, app, "hunk 1 of 3: taken")


async def test_what_was_taken_is_written_and_the_choice_outlives_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, monkeypatch)
    async with app.run_test(size=(100, 30)) as pilot:
        await proposed(pilot, app)
        await pilot.press("j", "d")
        await see(pilot, app, "▸ hunk 2 of 3: left out")
        await pilot.press("u")
        await see(pilot, app, "taken back: hunk 2 of Dockerfile is taken again")
        assert "▸ hunk 2 of 3: taken" in text_of(app) and "2 of 3 hunks" not in text_of(app)
        await pilot.press("d")
        await see(pilot, app, "2 of 3 hunks")
        app.screen.say("")
        await steady(pilot, app)
        compare(app, "files-hunks-100x30")
    again = MovedayApp(app.desk.doors)
    again.animation_level, again.theme = "none", "textual-dark"
    async with again.run_test(size=(80, 24)) as pilot:
        await play(SCENE, pilot, again)
        await pilot.press("j")
        await see(pilot, again, "▸ hunk 2 of 3: left out")
        compare(again, "files-hunks-80x24")
        await pilot.press("w")
        await see(pilot, again, "Write Dockerfile (2 of 3 hunks), .dockerignore into")
        assert "Left out of Dockerfile: hunk 2 (" in Walker(again, pilot).screen()
        await pilot.press("tab", "enter")
        await see(pilot, again, "Writing the files: ended")
        written = (HOME / "Dockerfile").read_text()
        assert "AS source" in written and "EXPOSE 3000" in written
        assert "COPY . ." in written and "COPY --from" not in written
        # The rest is proposed anew, in another way: that is said, and nothing is left out of it.
        assert "your choice of its" in text_of(again) and "hunk 1 of 2: taken" in text_of(again)
        await pilot.press("u")
        await see(pilot, again, "Bring back the files")
        await pilot.press("tab", "enter")
        await see(pilot, again, "2 of 3 hunks")
        assert (HOME / "Dockerfile").read_text() == OWN
    assert verify(HOME / ".moveday" / FILE_NAME).ok


async def test_what_was_left_out_stays_so_until_something_else_is_proposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, monkeypatch)
    async with app.run_test(size=(100, 30)) as pilot:
        await proposed(pilot, app)
        await pilot.press("k")
        await see(pilot, app, "there are no more hunks: this is 1 of 3")
        await pilot.press("m", "d")
        await see(pilot, app, "yours is kept: m takes what is proposed")
        await pilot.press("m", "j", "j", "d")
        await see(pilot, app, "▸ hunk 3 of 3: left out")
        await pilot.press("w")
        await see(pilot, app, "Write Dockerfile (2 of 3 hunks)")
        await pilot.press("tab", "enter")
        await see(pilot, app, "Writing the files: ended")
        assert (HOME / "Dockerfile").read_text().endswith("RUN echo 7\n")
        assert "COPY --from=source" in (HOME / "Dockerfile").read_text()
        assert "0 of 1 hunks" in text_of(app) and "forgotten" not in text_of(app)
        assert "w Write" not in text_of(app).splitlines()[-1]
        with (HOME / "Dockerfile").open("a") as file:
            file.write("LABEL team=clinic\n")
        await pilot.press("r")
        await see(pilot, app, "forgotten")
        assert "hunk 1 of 1: taken" in text_of(app) and "0 of 1 hunks" not in text_of(app)
