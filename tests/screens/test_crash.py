"""A bug of moveday's own, at a real terminal: said without a secret, never silent, nothing lost."""

import re
import sys
from pathlib import Path

import pytest

from tests.screens.pty_app import environ_of, pty_app
from tests.screens.replay import replay
from wizard.engine.journal import FILE_NAME, verify

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
SECRET = "canary-local-8841"
_IN_A_SCREEN = """
from screens.steps.mapping import MappingScreen
def draw(self):
    password = "canary-local-" + str(8841)
    raise ZeroDivisionError("the screen has a bug")
MappingScreen.draw = draw
"""
_IN_THE_WORK = """
from wizard.steps import INVENTORY
async def run(session):
    password = "canary-local-" + str(8841)
    raise ZeroDivisionError("the work has a bug")
object.__setattr__(INVENTORY, "run", run)
"""
_IN_A_LOOK = """
from screens.steps.plan import PlanScreen
from screens.desk import Desk
def planning(self):
    password = "canary-local-" + str(8841)
    raise ZeroDivisionError("the look has a bug")
Desk.planning = planning
"""
_START = """
import sys
sys.argv = ["moveday"]
from wizard.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("bug", "keys", "words"),
    [
        (_IN_A_SCREEN, "4", "the screen has a bug"),
        (_IN_THE_WORK, "3r", "the work has a bug"),
        (_IN_A_LOOK, "1", "the look has a bug"),
    ],
    ids=["screen", "work", "look"],
)
def test_a_bug_is_said_without_a_secret(tmp_path: Path, bug: str, keys: str, words: str) -> None:
    folder = tmp_path / "app"
    replay(folder, until="evidence deployed")
    script = tmp_path / "with_a_bug.py"
    script.write_text(bug + _START)
    with pty_app(folder, environ_of(tmp_path), str(script)) as app:
        app.expect("on copies, with a clock")
        if len(keys) > 1:
            app.open(keys[0], "everything the app is made of")
        app.press(keys[-1])
        assert app.end() == 1
        app.restored()
        left = re.sub(r"\s+", " ", app.left_behind())
        assert f"moveday stopped on a bug of its own: ZeroDivisionError: {words}" in left
        assert f"What was done is in {folder}/.moveday" in left
        assert "start moveday again to go on from there" in left
    assert SECRET.encode() not in app.raw
    assert "password" not in left
    state = folder / ".moveday"
    assert verify(state / FILE_NAME).ok
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in files)
