"""`moveday` at a real terminal: sizes, signals, a closed window, a kill; and what it refuses."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screens.pty_app import ROOT, PtyApp, environ_of, plain, pty_app
from tests.screens.replay import replay
from wizard.engine.journal import FILE_NAME, verify

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
DEPLOYED = "evidence deployed"
OPEN, PLAN, MAPPING = "on copies, with a clock", "Plan: what moves", "what each thing becomes"
KEPT = "Everything is kept. Go on with: moveday"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A move whose new side was just deployed."""
    place = tmp_path / "app"
    replay(place, until=DEPLOYED)
    return place


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environ_of(tmp_path)


@pytest.fixture
def app(folder: Path, environ: dict[str, str]) -> Iterator[PtyApp]:
    """The wizard, open where it was left: at the rehearsal."""
    with pty_app(folder, environ) as running:
        running.expect(OPEN)
        yield running


def whole(folder: Path) -> bool:
    """Whether no line of the journal is torn, edited or missing in the middle."""
    return verify(folder / ".moveday" / FILE_NAME).ok


def said_whole(folder: Path, environ: dict[str, str]) -> bool:
    """What `moveday verify-journal` says."""
    done = subprocess.run(
        [sys.executable, "-m", "wizard", "verify-journal", "--folder", str(folder)],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0 and "whole" in done.stdout


def test_a_storm_of_sizes_and_a_clean_end(
    app: PtyApp, folder: Path, environ: dict[str, str]
) -> None:
    chance = random.Random(4)
    for step in range(60):
        app.resize(chance.randint(1, 220), chance.randint(1, 70))
        if step % 6 == 0:
            app.resize(1, 1)
    app.resize(59, 15)
    app.expect("This window is too small: 60 by 16 is needed.")
    app.resize(80, 24)
    app.press("4")
    app.expect(MAPPING)
    # ctrl-c and ctrl-z are keys here: they end nothing and stop nothing.
    app.press("\x03\x1a")
    app.press("1")
    app.expect(PLAN)
    app.signal(signal.SIGTSTP)
    while "T (stopped)" not in Path(f"/proc/{app.process.pid}/status").read_text():
        time.sleep(0.02)
    app.signal(signal.SIGCONT)
    app.press("4")
    app.expect(MAPPING)
    app.press("q")
    assert app.end() == 0
    app.restored()
    kept, told = app.left_behind().split("the journal's head is ")
    assert kept.strip() == KEPT
    # No keyring keeps the journal's last line: what proves it stays on the person's own screen.
    last = (folder / ".moveday" / FILE_NAME).read_text().splitlines()[-1]
    assert json.loads(last)["hash"] in "".join(told.split())
    assert "verify-journal --head" in " ".join(told.split())
    assert whole(folder)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_closes_the_move_and_restores_the_terminal(
    folder: Path, environ: dict[str, str], name: str
) -> None:
    with pty_app(folder, environ) as app:
        app.expect(OPEN)
        app.signal(signal.Signals[name])
        assert app.end() == 128 + signal.Signals[name]
        app.restored()
        assert app.left_behind().strip().startswith(KEPT)
        assert "the journal's head is" in app.left_behind()
    assert whole(folder)


def test_the_clipboard_is_written_only_when_somebody_copies(app: PtyApp) -> None:
    for step, words in (("4", MAPPING), ("9", "what was moved"), ("6", "throw-away"), ("1", PLAN)):
        app.open(step, words)
    app.press("l")
    app.expect("Everything with proof")
    app.press("l")
    app.open("4", MAPPING)
    assert b"\x1b]52;" not in app.raw
    app.press("c")
    app.expect("clipboard, and to")
    assert app.raw.count(b"\x1b]52;") == 1


def test_a_signal_before_the_move_is_open(folder: Path, environ: dict[str, str]) -> None:
    with pty_app(folder, environ) as app:
        app.expect("opening")
        app.signal(signal.SIGTERM)
        assert app.end() == 143
        app.restored()
    assert whole(folder)


def test_a_closed_terminal_ends_it_in_the_middle_of_drawing(
    app: PtyApp, folder: Path, environ: dict[str, str]
) -> None:
    # More than Textual's writing thread has room for: none of it finds a reader.
    app.press("123456789" * 10)
    app.hang_up()
    assert app.end() == 129
    assert whole(folder)


def test_a_terminal_that_closes_without_a_signal_is_noticed(
    folder: Path, environ: dict[str, str]
) -> None:
    with pty_app(folder, environ, controlling=False) as app:
        app.expect(OPEN)
        app.hang_up()
        assert app.end() == 129
    assert whole(folder)


def test_killed_it_opens_where_it_was_left_and_lets_nobody_in_twice(
    app: PtyApp, folder: Path, environ: dict[str, str]
) -> None:
    with pty_app(folder, environ) as second:
        assert second.end() == 4
        assert "another moveday works on this move" in second.left_behind()
    app.signal(signal.SIGKILL)
    assert app.end() == -signal.SIGKILL
    with pty_app(folder, environ) as again:
        again.expect(OPEN)
        again.press("q")
        assert again.end() == 0
    assert said_whole(folder, environ)


def test_without_a_terminal_it_names_the_commands(folder: Path, environ: dict[str, str]) -> None:
    command = [sys.executable, "-P", "-m", "wizard"]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environ,
        cwd=folder,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "moveday plan" in done.stderr
    with pty_app(folder, environ | {"TERM": "dumb"}) as app:
        assert app.end() == 2
        assert "cannot move its cursor" in plain(app.raw)
        assert b"\x1b" not in app.raw


def test_a_state_folder_that_cannot_be_written(folder: Path, environ: dict[str, str]) -> None:
    shutil.rmtree(folder / ".moveday")
    (folder / ".moveday").write_text("a file in the way")
    with pty_app(folder, environ) as app:
        assert app.end() == 6
        app.restored()
        assert "check that the folder is on a working disk" in app.left_behind()


@pytest.mark.parametrize(
    ("text", "instead", "words"),
    [
        ("format: 1", "format: 7", "moveday.yaml, line 1: it has format 7"),
        ("regulated: true", "regulated: [tru", "moveday.yaml, line "),
        ("budget_minutes: 10", "budget_minutes: soon", "downtime.budget_minutes"),
    ],
    ids=["newer", "broken", "wrong"],
)
def test_a_plan_that_cannot_be_read_is_shown_with_its_line(
    folder: Path, environ: dict[str, str], text: str, instead: str, words: str
) -> None:
    plan = folder / "moveday.yaml"
    before = plan.read_text()
    assert text in before
    plan.write_text(before.replace(text, instead))
    with pty_app(folder, environ) as app:
        app.expect(words)
        app.press("4")
        app.expect("The move is not open yet")
        app.press("q")
        assert app.end() == 0
    assert plan.read_text() == before.replace(text, instead)
    assert whole(folder)


def test_without_a_plan_the_open_questions_are_there(folder: Path, environ: dict[str, str]) -> None:
    (folder / "moveday.yaml").unlink()
    shutil.rmtree(folder / ".moveday")
    with pty_app(folder, environ) as app:
        app.expect("unknown until your answer")
        app.press("a")
        app.expect("Is there a staging app")
        app.press("\x1b")
        app.expect("old side")
        app.press("q")
        assert app.end() == 0
    assert not (folder / "moveday.yaml").exists()
