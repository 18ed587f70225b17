"""The commands of a person with a MedStack account, and no secret on any way out of them."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.sandbox.scenarios.northside_clinic.account import APEX, CLUSTER, MANAGER
from tests.journeys.secret_search import files_below, search
from tests.providers.sources.medstack.northside import Northside
from wizard.__main__ import main
from wizard.safety.redact import REDACTOR

Run = Callable[..., tuple[int, str, str]]
LOOK = ("inventory", "--source", "medstack", "--cluster", CLUSTER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "app"
    made.mkdir()
    return made


@pytest.fixture
def run(
    clinic: Northside,
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """Runs one command as the entry point does; exit code, stdout, stderr."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    for name in ("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def go(*words: str, **environ: str) -> tuple[int, str, str]:
        # Each command is a process of its own, which knows no secrets yet.
        monkeypatch.setattr(REDACTOR, "_values", set())
        monkeypatch.setattr(REDACTOR, "_forms", {})
        for name, value in {**clinic.environ, **environ}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        return int(left.value.code or 0), out.out, out.err

    yield go


def document(out: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(out)
    return read


def test_a_look_and_a_map_without_a_plan(run: Run, clinic: Northside, folder: Path) -> None:
    clinic.add_another_app()
    code, out, err = run("inventory", "--source", "medstack")
    assert (code, out) == (4, "")
    assert "Northside Production (Canada Central), Northside Staging (Canada East)" in err
    assert "--cluster NAME" in err
    code, out, _ = run(*LOOK)
    assert code == 0
    assert f"{APEX} → portal, port 8000 (leads to {MANAGER} today)" in out
    code, out, _ = run(*LOOK, "--json")
    found = document(out)
    assert (code, found["source"], found["app"]) == (0, "medstack", "northside-production")
    assert document(run("inventory", "--json")[1])["app"] == "northside-production"
    code, out, err = run("map", "--json")
    mapping = document(out)
    rows = {(i["group"], i["name"]): (i["becomes"], i["because"]) for i in mapping["items"]}
    assert rows["processes", "portal"] == ("service", "P4")
    assert rows["processes", "load-balancer"] == ("replaced", "B5")
    assert rows["databases", "cache"] == ("open", "D8")
    assert rows["volumes", "portal_uploads"] == ("open", "W1")
    assert rows["hosts", "PORTAL → portal"] == ("rewritten", "H2")
    assert rows["files", "session_key"] == ("open", "S1")
    assert code == 4
    assert "volume/portal_uploads" in err
    assert clinic.sandbox.ledger.entries == []
    assert json.loads((folder / ".moveday/looked.json").read_text())["cluster"] == CLUSTER


def test_the_count_that_nobody_told_is_said(run: Run, clinic: Northside) -> None:
    clinic.sandbox.switches.leave_out = ("replicas",)
    _, out, _ = run(*LOOK)
    assert "portal (portal): ? × python portal.py" in out
    assert "how many containers of a service run: not in the answer about portal" in out
    _, out, _ = run("map", "--json")
    portal = next(i for i in document(out)["items"] if i["name"] == "portal")
    assert portal["because"] == "P12"


def test_files_are_laid_under_it(run: Run, folder: Path) -> None:
    (folder / "stack.yml").write_text(
        "services:\n  portal:\n    image: registry.example.net/northside/portal:4.11.0\n"
    )
    code, out, _ = run(*LOOK, "--file", "stack.yml")
    assert code == 0
    assert "image of portal: stack.yml:3" in out or "image of portal: stack.yml:2" in out
    assert "secret at /run/secrets/session_key" in run("map")[1].replace("\n     ", "")
    _, out, _ = run("map", "--json")
    assert "differs/portal" in {q["question"]["id"] for q in document(out)["questions"]}


def test_hostile_names_are_made_harmless(run: Run, clinic: Northside) -> None:
    bad = "por\x1b[31mtal\u202e\n[bold]x"
    clinic.service("portal").name = bad
    clinic.production.label = f"North{bad}"
    for swarm in (False, True):
        clinic.sandbox.switches.swarm = swarm
        for words in (
            ("inventory", "--source", "medstack", "--cluster", clinic.production.id),
            ("inventory", "--source", "medstack"),
            ("inventory", "--apps", "--source", "medstack"),
            ("map",),
        ):
            _, out, err = run(*words)
            assert "\x1b" not in out + err and "\u202e" not in out + err


def test_clusters_are_listed(run: Run) -> None:
    code, out, _ = run("inventory", "--apps", "--source", "medstack")
    assert code == 0
    assert "Northside Staging" in out and "load-balancer, portal, worker" in out


def test_wrong_words_and_missing_tokens(run: Run, clinic: Northside) -> None:
    code, _, err = run(*LOOK, MEDSTACK_TOKEN_VALUE="")
    assert code == 4
    assert "MEDSTACK_TOKEN_KEY and MEDSTACK_TOKEN_VALUE" in err
    assert "moveday sign-in --source medstack" in err
    code, _, err = run(*LOOK, MEDSTACK_TOKEN_VALUE="planted-wrong-value")
    assert code == 3 and "does not accept the token" in err
    assert "planted" not in err
    code, _, err = run(*LOOK, MEDSTACK_API_URL="https://elsewhere.example/v1")
    assert code == 2 and "does not name a host of MedStack's" in err
    code, _, err = run("inventory", "--source", "compose", "--cluster", "x")
    assert code == 2 and "--cluster" in err
    code, _, err = run("inventory", "--source", "medstack", "--cluster", "elsewhere")
    assert code == 2 and "no cluster" in err
    code, _, err = run("sign-in", "--source", "medstack", MEDSTACK_TOKEN_VALUE="")
    assert code == 4 and "nobody is there to ask" in err
    code, _, err = run("sign-in", "--source", "nowhere")
    assert code == 2 and "no source called" in err
    code, _, err = run("doctor", "--live", "--source", "nowhere")
    assert code == 2 and "no source called" in err
    code, _, err = run("doctor", "--source", "medstack")
    assert code == 2 and "--live" in err
    code, _, err = run("sign-in", "--source", "compose")
    assert code == 4 and "a Compose project" in err
    code, _, err = run("sign-in", "--source", "medstack", "--forget")
    assert code == 2
    clinic.sandbox.faults.set("medstack.server-error", times=-1, status=500)
    code, _, err = run(*LOOK)
    assert code == 3


def test_no_secret_on_any_way_out(run: Run, clinic: Northside, tmp_path: Path) -> None:
    said = []
    for swarm in (False, True):
        clinic.sandbox.switches.swarm = swarm
        for words, wanted in (
            (("sign-in", "--source", "medstack", "--json"), 0),
            (("sign-in", "--source", "medstack"), 0),
            ((*LOOK, "--json"), 0),
            (LOOK, 0),
            (("map", "--json"), 4),
            (("map",), 4),
            (("inventory", "--apps", "--source", "medstack", "--json"), 0),
        ):
            code, out, err = run(*words)
            assert code == wanted, (words, err)
            said += [(f"{words} stdout", out.encode()), (f"{words} stderr", err.encode())]
    code, out, err = run("doctor", "--live", "--source", "medstack", "--json")
    said += [("doctor stdout", out.encode()), ("doctor stderr", err.encode())]
    assert code == 4, "nobody is signed in to Aptible"
    assert b"Northside Clinic" in said[0][1] and b"service-shape" in said[-2][1]
    secrets = clinic.secrets()
    assert len(secrets) == 6
    kept = [*files_below(tmp_path)]
    assert any("looked.json" in name for name, _ in kept)
    assert search(secrets, [*said, *kept]) == []
