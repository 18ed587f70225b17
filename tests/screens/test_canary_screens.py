"""No secret leaves the screens: not in a picture, the log, the clipboard, or a bug's last words."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from textual.pilot import Pilot

from screens.app import MovedayApp
from screens.dialogs.secret import SecretDialog
from screens.widgets.secret_input import SecretInput
from tests.journeys.secret_search import files_below, search
from tests.screens.picture import opened, text_of, wait_for
from tests.screens.replay import replay
from wizard.engine.events import Said
from wizard.errors import OutsideError
from wizard.safety.redact import REDACTOR


def planted() -> str:
    """Nothing like it exists anywhere."""
    return f"cnry{secrets.token_hex(5)}"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[MovedayApp, Pilot[None]]]:
    app = MovedayApp(replay(folder, until="decided mapping"))
    app.animation_level = "none"
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        yield app, pilot


def seen(app: MovedayApp) -> list[tuple[str, bytes]]:
    """What a person, a picture and the clipboard have of the screen."""
    return [
        ("text", text_of(app).encode()),
        ("svg", app.export_screenshot().encode()),
        ("clipboard", app.clipboard.encode()),
    ]


async def test_a_secret_that_is_typed_is_nowhere(tmp_path: Path) -> None:
    secret = planted()
    taken: list[str | None] = []
    async with running(tmp_path) as (app, pilot):
        app.push_screen(SecretDialog("Aptible token", "it is kept in the keyring"), taken.append)
        await wait_for(pilot, lambda: isinstance(app.screen, SecretDialog), "the dialogue")
        field = app.screen.query_one(SecretInput)
        found = []
        for keys in (list(secret), ["ctrl+c"], ["ctrl+a", "ctrl+c"], ["ctrl+x"]):
            await pilot.press(*keys)
            found += seen(app)
        field.value = secret
        field.action_select_all()
        field.action_copy()
        field.action_cut()
        found += seen(app)
        field.value = secret
        await pilot.press("enter")
        await wait_for(pilot, lambda: bool(taken), "the dialogue to close")
        await pilot.press("l")
        found += seen(app)
    assert taken == [secret], "it went to whoever asked for it"
    assert search({"typed": secret}, [*found, *files_below(tmp_path)]) == []


async def test_a_secret_in_what_the_engine_says_is_masked_everywhere(tmp_path: Path) -> None:
    secret = planted()
    REDACTOR.learn(secret)
    trouble = OutsideError("Aptible said no", f"token {secret} is not known", f"not {secret}")

    async def fail(session: object) -> None:
        raise trouble

    async with running(tmp_path) as (app, pilot):
        app.desk.bridge.hear(Said(f"signed in with {secret}"))
        app.desk.bridge.flush()
        await pilot.pause()
        found = seen(app)
        await pilot.press("l")
        found += seen(app)
        await pilot.press("c")
        copied = tmp_path / ".moveday" / "copied.txt"
        await wait_for(pilot, lambda: copied.exists() and bool(copied.read_text()), "the copy")
        found += seen(app)
        copied_log = copied.read_text()
        app.start("mapping", "Mapping", fail)
        await wait_for(pilot, lambda: bool(app.screen.query("#retry")), "the trouble")
        assert "Aptible said no" in text_of(app)
        found += seen(app)
        await pilot.press("c")
        await wait_for(pilot, lambda: copied.read_text() != copied_log, "the second copy")
        found += [("the trouble's copy", copied.read_bytes()), *seen(app)]
    assert "signed in with" in copied_log
    assert search({"said": secret}, [*found, *files_below(tmp_path)]) == []


async def test_a_bug_tells_no_local_variable(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plain, masked, learnt = planted(), SecretStr(planted()), planted()
    REDACTOR.learn(learnt)

    async def bug(session: object) -> None:
        password, token = plain, masked
        raise ValueError(f"cannot use {learnt}" if password and token else "")

    app = MovedayApp(replay(tmp_path, until="decided mapping"))
    with pytest.raises(Exception, match="cannot use"):
        async with app.run_test(size=(100, 30)) as pilot:
            await opened(pilot, app)
            app.start("mapping", "Mapping", bug)
            await wait_for(pilot, lambda: app._exception is not None, "the crash")
    out, err = capfd.readouterr()
    assert "ValueError" in err and "in bug" in err, "the last words are there"
    planted_ones = {"plain": plain, "masked": masked.get_secret_value(), "learnt": learnt}
    artefacts = [("out", out.encode()), ("err", err.encode())]
    assert search(planted_ones, [*artefacts, *files_below(tmp_path)]) == []
