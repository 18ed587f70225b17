"""`moveday files --check` on a machine without a container engine: what can be judged, is."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.wizard.generate.repositories import REPOSITORIES
from tests.wizard.generate.test_golden import hadolint
from wizard.engine.journal import JournalReader

PLAN = """\
format: 1
source: {kind: heroku, app: acme}
target: {stack: s, environment: e, app: acme}
"""


def checkout(folder: Path, name: str) -> Path:
    for path, text in REPOSITORIES[name].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder


def check(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "MOVEDAY_DOCKER": "/nowhere/docker",
    }
    program = [sys.executable, "-m", "wizard", "files", "--folder", str(folder), "--check", *words]
    return subprocess.run(
        program, env=environ, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def test_without_an_engine_nothing_is_called_ok_that_was_not_tried(tmp_path: Path) -> None:
    hadolint()
    app = checkout(tmp_path / "app", "express-npm")
    # A plan with open questions: the files need none of its answers.
    (app / "moveday.yaml").write_text("format: 1\nsource: {kind: heroku, app: acme}\nregulated:\n")
    before = {p: p.read_bytes() for p in app.rglob("*") if p.is_file()}
    done = check(app)
    assert done.returncode == 0, done.stderr
    assert "questions are open: looked at the files without it" in done.stderr
    assert "tried out (no container engine" in done.stdout
    assert "✓ hadolint: hadolint has nothing to say" in done.stdout
    assert "· build, as Aptible does: not checked: MOVEDAY_DOCKER names no program" in done.stdout
    assert {p: p.read_bytes() for p in app.rglob("*") if p.is_file()} == before


def test_a_warning_fails_the_check_and_the_journal_has_the_verdict(tmp_path: Path) -> None:
    hadolint()
    app = checkout(tmp_path / "app", "express-npm")
    (app / "Dockerfile").write_text(
        "FROM node:22-bookworm-slim\nWORKDIR app\nCOPY server.js ./\nUSER 1000\nEXPOSE 3000\n"
        "ENTRYPOINT []\nCMD node server.js\n"
    )
    (app / "moveday.yaml").write_text(PLAN)
    done = check(app, "--json")
    assert done.returncode == 5, done.stderr
    verdict = json.loads(done.stdout)["check"]
    assert verdict["engine"] == ""
    lint = next(made for made in verdict["checks"] if made["name"] == "lint")
    assert lint["verdict"] == "failed"
    assert any("DL3025" in line for line in lint["evidence"])
    reader = JournalReader(app / ".moveday")
    reader.refresh()
    proof = next(entry for entry in reader.entries if entry.key == "files-check")
    assert (proof.kind, proof.data["ok"]) == ("evidence", False)
    assert proof.data["verdicts"]["build"] == "not checked"


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", "express-npm")
    for words in (("--write",), ("--undo",), ("--env-file", str(app / "none"))):
        assert check(app, *words).returncode == 2
    broken = tmp_path / "config.env"
    broken.write_text("A=1\nno sign here\n")
    done = check(app, "--env-file", str(broken))
    assert (done.returncode, "config.env, line 2" in done.stderr) == (2, True)
    assert "no sign here" not in done.stderr
