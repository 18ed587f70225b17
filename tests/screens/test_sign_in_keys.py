"""Signing in by keys: esc goes up one level, and says that nothing is changed."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.app import MovedayApp
from tests.screens.picture import steady, text_of
from tests.screens.scenes import SCENES, app_for, play

CLOSED = "closed: no new sign-in to Heroku; nothing is changed"


async def pressed(pilot: Pilot[None], app: MovedayApp, *keys: str) -> str:
    """What is on the screen after each of `keys` came to rest."""
    for key in keys:
        await pilot.press(key)
        await steady(pilot, app)
    return text_of(app)


async def test_esc_goes_up_one_level_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_for(next(s for s in SCENES if s.id == "sign-in-you"), Path("acme-clinic"))
    async with app.run_test(size=(80, 24)) as pilot:
        await play(next(s for s in SCENES if s.id == "sign-in-you"), pilot, app)
        before = (tmp_path / "acme-clinic/.moveday/journal.jsonl").read_bytes()
        assert "How do you sign in to Heroku?" in await pressed(pilot, app, "t", "s")
        shown = await pressed(pilot, app, "escape")
        assert CLOSED in shown
        assert "How do you sign in" not in shown and "nobody is there" not in shown
        # From a field, one level up are the ways; from the ways, the screen.
        assert "Heroku token" in await pressed(pilot, app, "s", "enter")
        assert "How do you sign in to Heroku?" in await pressed(pilot, app, "x", "escape")
        assert CLOSED in await pressed(pilot, app, "escape")
        # The same where the keyring's window is the level above.
        assert "What now?" in await pressed(pilot, app, "t", "s")
        assert CLOSED in await pressed(pilot, app, "escape")
        assert (tmp_path / "acme-clinic/.moveday/journal.jsonl").read_bytes() == before
