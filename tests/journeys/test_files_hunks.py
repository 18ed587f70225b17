"""Only some changes of the proposed files: by number, and asked one by one at a terminal."""

import os
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal
from tests.journeys.test_files_command import checkout, files

MINE = "web: gunicorn app:app\n# one\n# two\n# three\n# four\n# five\n# six\n# seven\nnext: x y\n"
APP = {
    "requirements.txt": "flask\ngunicorn\n",
    ".python-version": "3.12\n",
    "Procfile": MINE,
}
SECOND = MINE.replace("next: x", "next: exec x")


def test_changes_by_their_numbers(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", APP)
    look = files(app)
    assert "@@ -6,4 +6,4 @@ 2\n" in look.stdout
    for wrong, said in (
        ("Procfile:3", "its changes are numbered 1 to 2"),
        ("Gemfile:1", "no change is proposed to Gemfile"),
        ("Procfile:x", "--hunks wants FILE:1,3"),
    ):
        refused = files(app, "--write", "--yes", "--hunks", wrong)
        assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr
    written = files(app, "--write", "--yes", "--hunks", "Procfile:2", "--hunks", "Dockerfile")
    assert written.returncode == 0, written.stderr
    assert (app / "Procfile").read_text() == SECOND
    assert (app / "Dockerfile").exists()
    assert not (app / ".dockerignore").exists()
    assert files(app, "--undo", "--yes").returncode == 0
    assert (app / "Procfile").read_text() == MINE


@pytest.mark.skipif(os.name == "nt", reason="needs a pty")
def test_changes_are_asked_one_by_one(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", APP)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    terminal = Terminal("files", "--folder", str(app), "--write", environ=environ)
    try:
        terminal.answer("write this change to Dockerfile?", "n")
        terminal.answer("write this change to .dockerignore?", "what")
        terminal.expect("leave it and everything that follows")
        terminal.answer("write this change to .dockerignore?", "d")
        terminal.answer("write this change to Procfile?", "n")
        terminal.answer("write this change to Procfile?", "y")
        assert terminal.end() == 0, terminal.seen
    finally:
        terminal.close()
    assert (app / "Procfile").read_text() == SECOND
    assert not (app / "Dockerfile").exists()
    quits = Terminal("files", "--folder", str(app), "--write", environ=environ)
    try:
        quits.answer("write this change to Dockerfile?", "q")
        assert quits.end() == 4, quits.seen
    finally:
        quits.close()
    assert not (app / "Dockerfile").exists()
