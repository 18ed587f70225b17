"""No secret leaves memory: the whole journey with debug logging, a kill and a resume, searched."""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import (
    Ended,
    SandboxProcess,
    environ_for,
    moveday,
    passed,
    start,
)
from tests.journeys.secret_search import (
    PEOPLES,
    ProcessWatch,
    files_below,
    fresh_aptible_token,
    search,
    secrets_of,
    spellings,
)
from tests.providers.vault.secret_service import secret_service

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

COMMANDS = (
    ("inventory", "--json"),
    ("map", "--json"),
    ("deploy", "--plan", "--json"),
    ("deploy", "--yes"),
    ("rehearse", "--yes", "--json"),
    ("forecast",),
    ("cutover", "--confirm", "acme-clinic", "--accept"),
    ("report",),
    ("doctor", "--live"),
    ("status",),
    ("verify-journal",),
)

SIGN_IN = (
    ("sign-in", "--aptible-token-env", "T", "--json"),
    ("sign-in", "--forget", "--json"),
)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """The judge itself: each spelling planted in a file is found."""
    secret = "p@ss:w/rd?#é" + "x" * 12
    for number, form in enumerate(spellings(secret)):
        (tmp_path / str(number)).write_bytes(b"before" + form + b"after")
    hits = search({"it": secret}, files_below(tmp_path))
    assert len(hits) == number + 1


def test_no_secret_in_any_artefact(sandbox: SandboxProcess, app: Path, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    environ = environ_for(sandbox, MOVEDAY_DEBUG="1", HOME=str(home), TMPDIR=str(temporary))
    for typed in PEOPLES:
        del environ[typed]
    ended: list[tuple[str, Ended]] = []
    watch = ProcessWatch()
    signed_in = fresh_aptible_token(sandbox)
    with watch.watching():
        with secret_service(tmp_path / "keyring") as keyring:
            bus = "DBUS_SESSION_BUS_ADDRESS"
            mine = environ | {bus: keyring.environ[bus], "T": signed_in}
            for words in SIGN_IN:
                ended.append((" ".join(words), moveday(sandbox, app, *words, environ=mine)))
                passed(ended[-1][1])
            assert '"revoked": "revoked"' in ended[-1][1].out
        for words in COMMANDS:
            if words[0] == "cutover":
                _go_by_runner(app)
                killed = start(sandbox, app, *words, environ=environ)
                watch.roots.add(killed.pid)
                _kill_in_the_middle(killed, app)
                out, err = killed.communicate()
                watch.roots.discard(killed.pid)
                ended.append(("killed cutover", Ended(killed.returncode, out, err)))
            process = start(sandbox, app, *words, environ=environ)
            watch.roots.add(process.pid)
            out, err = process.communicate(timeout=480)
            watch.roots.discard(process.pid)
            ended.append((" ".join(words), Ended(process.returncode, out, err)))
            passed(ended[-1][1])
        bad = environ | {"HEROKU_API_KEY": "HRKU-0123456789-canary-bad"}
        moveday(sandbox, app, "inventory", environ=bad)
    secrets = secrets_of(sandbox) | {"bad token": "HRKU-0123456789-canary-bad"}
    secrets["token that was signed in with"] = signed_in
    assert len(secrets) >= 20
    assert (app / ".moveday" / "debug.log").stat().st_size > 10_000

    assert {"report.html", "report.md", "report.json"} <= {
        path.name for path in (app / ".moveday").iterdir()
    }
    hits = search(secrets, files_below(app))
    hits += search(secrets, files_below(home))
    hits += search(secrets, files_below(temporary))
    for name, command in ended:
        outputs = [
            (f"{name} stdout", command.out.encode()),
            (f"{name} stderr", command.err.encode()),
        ]
        hits += search(secrets, outputs)
    hits += search(secrets, watch.artefacts())
    hits += search(secrets, _log_of_the_one_runner(sandbox))
    assert sorted(set(hits)) == []


def _go_by_runner(app: Path) -> None:
    """Slowly, so that it is killed amid the move."""
    plan = app / "moveday.yaml"
    text, known = plan.read_text(), "handle: acme-clinic-db,"
    assert known in text
    plan.write_text(text.replace(known, f"{known} route: runner, limit: 400kB/s,"))


def _log_of_the_one_runner(sandbox: SandboxProcess) -> Iterator[tuple[str, bytes]]:
    """What it told its platform; it was started once, found again, and is gone."""
    handle = "acme-clinic-db-live-runner"
    started = [
        e for e in sandbox.effects("aptible", "containers") if e["app"] == handle and e["count"]
    ]
    assert len(started) == 1
    (gone,) = [e for e in sandbox.effects("aptible", "app-gone") if e["app"] == handle]
    logs = Path(sandbox.environ["MOVEDAY_NETWORK"]).parent / "logs"
    content = (logs / f"aptible-app-{gone['id']}.log").read_bytes()
    assert b'"kind": "verdict"' in content
    yield "the runner's log", content


def _kill_in_the_middle(process: "object", app: Path) -> None:
    """Kill -9 once the data is on its way."""
    journal = app / ".moveday" / "journal.jsonl"
    deadline = time.monotonic() + 480
    while time.monotonic() < deadline:
        text = journal.read_text() if journal.exists() else ""
        if '"intent"' in text and "/task/move" in text.rpartition("run-started")[2]:
            break
        time.sleep(0.05)
    time.sleep(random.uniform(0.1, 1.0))
    os.kill(process.pid, signal.SIGKILL)  # type: ignore[attr-defined]
