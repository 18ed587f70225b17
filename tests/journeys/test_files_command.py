"""`moveday files` as somebody uses it who has heard of it today: any checkout, no account."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.wizard.generate.repositories import REPOSITORIES, Files


def checkout(folder: Path, files: Files) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return folder


def files(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
    program = [sys.executable, "-m", "wizard", "files", "--folder", str(folder), *words]
    return subprocess.run(
        program, env=environ, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def test_a_look_a_write_and_back(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", REPOSITORIES["flask-pip"])
    before = {p.relative_to(app): p.read_bytes() for p in app.rglob("*") if p.is_file()}
    look = files(app, "--explain")
    assert look.returncode == 0, look.stderr
    assert "a Python app (requirements.txt, app.py, runtime.txt)" in look.stdout
    assert "+FROM python:3.12-slim-bookworm AS build" in look.stdout
    assert "runtime.txt:1 says 3.12.4" in look.stdout
    assert "-web: gunicorn app:app --log-file -" in look.stdout
    assert "moveday files --write --yes writes this" in look.stdout
    assert before == {p.relative_to(app): p.read_bytes() for p in app.rglob("*") if p.is_file()}
    refused = files(app, "--write")
    assert (refused.returncode, "add --yes" in refused.stderr) == (4, True)
    written = files(app, "--write", "--yes")
    assert written.returncode == 0, written.stderr
    assert "a deploy takes the commit, not the folder" in written.stdout
    assert (app / "Dockerfile").read_text().startswith("# Written by moveday")
    again = json.loads(files(app, "--json").stdout)
    assert again["diffs"] == {}
    undone = files(app, "--undo", "--yes")
    assert undone.returncode == 0, undone.stderr
    after = {
        p.relative_to(app): p.read_bytes()
        for p in app.rglob("*")
        if p.is_file() and ".moveday" not in p.parts
    }
    assert after == before


def test_a_question_is_named_and_answered_by_a_file(tmp_path: Path) -> None:
    hidden = {"needs/requirements.txt": "flask\n", "setup.py": "", "Procfile": "web: flask run\n"}
    app = checkout(tmp_path / "app", hidden)
    look = files(app, "--write", "--yes")
    assert look.returncode == 4
    assert "? python-requirements: which requirements file" in look.stdout
    assert "found: needs/requirements.txt is there" in look.stdout
    assert {p.name for p in app.iterdir()} == {"needs", "setup.py", "Procfile"}
    answers = tmp_path / "answers.yaml"
    answers.write_text("python-requirements: needs/requirements.txt\nnothing: 1\n")
    found = files(app, "--answers", str(answers), "--json")
    assert found.returncode == 0, found.stderr
    assert "nothing: nothing like that is open" in found.stderr
    document = json.loads(found.stdout)
    answered = {"python-requirements": "needs/requirements.txt"}
    assert document["proposal"]["answered"] == answered
    assert "+RUN pip install -r needs/requirements.txt" in document["diffs"]["Dockerfile"]


def test_hostile_names_and_texts_stay_text(tmp_path: Path) -> None:
    app = checkout(
        tmp_path / "app",
        {**REPOSITORIES["flask-pip"], "Procfile": "web: gunicorn a:b \x1b[31m\u202e\n"},
    )
    (app / "odd\nname.txt").write_text("")
    look = files(app)
    assert look.returncode == 0, look.stderr
    assert "\x1b" not in look.stdout
    assert "\u202e" not in look.stdout


def test_one_of_several_apps_by_its_folder(tmp_path: Path) -> None:
    web = {"Procfile": "web: gunicorn a:b\n"}
    inner = {**REPOSITORIES["flask-pip"], **web}
    parts = {f"{name}/{path}": text for name in ("api", "shop") for path, text in inner.items()}
    app = checkout(tmp_path / "app", parts)
    look = files(app)
    assert look.returncode == 4
    assert "moveday files --path FOLDER" in look.stdout
    written = files(app, "--path", "api", "--write", "--yes")
    assert written.returncode == 0, written.stderr
    assert "COPY api/ .aptible.env* ./\n" in (app / "Dockerfile").read_text()
    assert not (app / "api/Dockerfile").exists()
    (app / "link").symlink_to(tmp_path)
    for wrong in ("nowhere", "..", "link", "/etc"):
        refused = files(app, "--path", wrong)
        assert (refused.returncode, refused.stdout) == (2, ""), wrong
