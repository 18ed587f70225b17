"""`moveday files` with only a Compose file in a folder: look, answer, write, look again, undo."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wizard.__main__ import main

PLANTED = "planted-Ye64-project"
TEXT = """
services:
  web:
    image: registry.example.net/clinic:2.4
    command: serve --key ${API_KEY}
    ports: ["80:8000"]
    environment: {API_KEY: "${API_KEY}"}
    secrets: [session]
  worker:
    image: registry.example.net/clinic:2.4
    command: work
secrets: {session: {file: ./session.txt}}
"""
ANSWERS = """
entrypoint/web: none
user/web: root
command/web: sh -c 'exec serve --key "$API_KEY"'
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "compose.yaml").write_text(TEXT)
    (folder / ".env").write_text(f"API_KEY={PLANTED}\n")
    (folder / "session.txt").write_text(f"{PLANTED}-session\n")
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def once(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        return int(left.value.code or 0), out.out, out.err

    return once


def everything(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder): p for p in folder.rglob("*") if p.is_file()}
    return {str(n): p.read_bytes() for n, p in found.items() if ".moveday" not in n.parts}


def test_a_look_answers_a_write_and_back(project: Path, run: Run) -> None:
    before = everything(project)
    code, out, err = run("files")
    assert code == 4, err
    assert "a project of container images (compose.yaml)" in out
    assert "? entrypoint/web: What is the ENTRYPOINT" in out
    seen = out + err
    assert everything(project) == before
    code, out, err = run("files", "--write", "--answers", "../answers.yaml")
    assert (code, "add --yes" in err) == (4, True)
    code, out, err = run("files", "--write", "--yes", "--answers", "../answers.yaml")
    assert code == 0, err
    assert "now build the images" in out
    seen += out + err
    there = everything(project)
    assert set(there) - set(before) == {
        *("aptible/web/Dockerfile", "aptible/web/.aptible/Procfile"),
        "aptible/web/.aptible/start",
    }
    assert there["aptible/web/.aptible/Procfile"].decode() == (
        "web: sh -c 'exec serve --key \"$API_KEY\"'\nworker: work\n"
    )
    code, out, err = run("files", "--answers", "../answers.yaml", "--json")
    assert (code, json.loads(out)["diffs"]) == (0, {})
    seen += out + err
    written = b"".join(there[name] for name in set(there) - set(before)).decode()
    kept = b"".join(p.read_bytes() for p in (project / ".moveday").rglob("*") if p.is_file())
    assert PLANTED not in seen + written + kept.decode()
    code, _, err = run("files", "--undo", "--yes")
    assert code == 0, err
    assert everything(project) == before
    assert not (project / "aptible").exists()


def test_a_folder_of_one_s_own_stays_after_an_undo(project: Path, run: Run) -> None:
    run("files", "--write", "--yes", "--answers", "../answers.yaml")
    (project / "aptible/notes.txt").write_text("mine")
    assert run("files", "--undo", "--yes")[0] == 0
    assert [p.name for p in (project / "aptible").iterdir()] == ["notes.txt"]


def test_a_link_in_the_way_is_not_followed(project: Path, run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / "aptible").symlink_to(elsewhere)
    code, _, err = run("files", "--write", "--yes", "--answers", "../answers.yaml")
    assert (code, "symbolic link" in err) == (4, True)
    assert list(elsewhere.iterdir()) == []


def test_code_beside_a_compose_file_keeps_its_own_proposal(project: Path, run: Run) -> None:
    (project / "requirements.txt").write_text("flask\n")
    (project / "Procfile").write_text("web: flask run\n")
    _, out, _ = run("files")
    assert "a Python app" in out
    code, out, _ = run("files", "--source", "compose", "--answers", "../answers.yaml")
    assert (code, "aptible/web/Dockerfile" in out) == (0, True)


def test_wishes_that_do_not_go_together(project: Path, run: Run) -> None:
    code, _, err = run("files", "--file", "compose.yaml", "--path", "api")
    assert (code, "--path goes with a checkout" in err) == (2, True)
    code, _, err = run("files", "--file", "gone.yaml")
    assert (code, "there is no file gone.yaml" in err) == (2, True)
