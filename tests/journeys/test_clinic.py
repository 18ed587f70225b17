"""The clinic on MedStack moves, by commands: refused, killed, taken back, and then for good.

Its database is reached by containers of its cluster only; a service whose name leads elsewhere can
be neither stopped nor started. No secret of either side is left in anything that was made.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.clinic import APP, ELSEWHERE, MANAGER, WWW, commit_files, lead, quantities
from tests.journeys.sandbox_process import (
    Ended,
    SandboxProcess,
    environ_for,
    moveday,
    passed,
    run_sandbox,
    start,
)
from tests.journeys.secret_search import (
    PEOPLES,
    ProcessWatch,
    files_below,
    search,
    secrets_of_clinic,
)

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.first,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

TTL = 3
GIVEN = ("--value-env", "SESSION_KEY=KEY_OF_SESSIONS")
CUTOVER = ("cutover", "--confirm", APP, "--not-rehearsed", "keys rehearse it", "--wait", "240")
BEFORE = {"portal": 2, "worker": 1, "scheduler": 1}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The smallest clinic."""
    words = ("--scenario", "northside-clinic", "--no-visitors", "--ttl", str(TTL))
    with run_sandbox(tmp_path_factory.mktemp("clinic"), *words, size=1) as running:
        yield running


class Desk:
    """Somebody at a terminal, whose every output is kept, and whose processes are watched."""

    def __init__(self, sandbox: SandboxProcess, app: Path, home: Path) -> None:
        self.sandbox, self.app = sandbox, app
        self.environ = environ_for(sandbox, MOVEDAY_DEBUG="1", HOME=str(home), TMPDIR=str(home))
        for typed in (*PEOPLES, "SANDBOX_SESSION_KEY"):
            del self.environ[typed]
        self.ended: list[tuple[str, Ended]] = []
        self.watch = ProcessWatch()

    def run(self, *words: str, given: bool = False) -> Ended:
        environ = self.environ
        if given:
            key = self.sandbox.environ["SANDBOX_SESSION_KEY"]
            words, environ = (*words, *GIVEN), environ | {"KEY_OF_SESSIONS": key}
        ended = moveday(self.sandbox, self.app, *words, environ=environ)
        self.ended.append((words[0], ended))
        return ended

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        process = start(self.sandbox, self.app, *words, environ=self.environ)
        self.watch.roots.add(process.pid)
        return process

    def wait(self, process: "subprocess.Popen[str]", name: str) -> Ended:
        out, err = process.communicate(timeout=480)
        self.watch.roots.discard(process.pid)
        self.ended.append((name, Ended(process.returncode, out, err)))
        return self.ended[-1][1]

    def until_in_journal(self, *words: str) -> None:
        """Wait until the newest run's lines hold all of `words`."""
        journal, deadline = self.app / ".moveday" / "journal.jsonl", time.monotonic() + 480
        while time.monotonic() < deadline:
            newest = journal.read_text().rpartition('"run-started"')[2]
            if all(word in newest for word in words):
                return
            time.sleep(0.1)
        raise AssertionError(f"never in the journal: {words}")


def of_the_app(sandbox: SandboxProcess) -> dict[str, int]:
    return {name: count for name, count in quantities(sandbox).items() if name in BEFORE}


def test_the_clinic_is_refused_killed_taken_back_and_moved(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = sandbox.checkout()
    desk = Desk(sandbox, app, home)
    secrets = secrets_of_clinic(sandbox)
    assert len(secrets) >= 8
    with desk.watch.watching():
        passed(desk.run("inventory", "--json"))
        passed(desk.run("map", "--json", given=True))
        passed(desk.run("files", "--write", "--yes"))
        commit_files(app)
        passed(desk.run("deploy", "--yes", given=True))
        secrets |= secrets_of_clinic(sandbox)

        # The name leads elsewhere: the old side could not be stopped, so nothing is begun.
        lead(sandbox, WWW, ELSEWHERE, TTL)
        refused = desk.run(*CUTOVER)
        assert refused.code == 4
        assert "dns.source-takes-no-change" in refused.err and MANAGER in refused.err
        assert of_the_app(sandbox) == BEFORE
        lead(sandbox, WWW, MANAGER, TTL)

        # Killed amid the move: the job beside the source works on, and is heard again.
        killed = desk.begin(*CUTOVER)
        desk.until_in_journal("/task/move")
        time.sleep(random.uniform(0.1, 1.0))
        os.kill(killed.pid, signal.SIGKILL)
        desk.wait(killed, "killed cutover")
        assert of_the_app(sandbox) == dict.fromkeys(BEFORE, 0)
        secrets |= secrets_of_clinic(sandbox)
        stopped = desk.run(*CUTOVER)
        assert stopped.code == 4
        assert "accept" in stopped.err.lower()

        # Frozen, and the name is moved under its feet: the way back waits until it leads there.
        lead(sandbox, WWW, ELSEWHERE, TTL)
        back = desk.begin("rollback", "--confirm", APP, "--wait", "240")
        _until_said(back, "trying again")
        assert of_the_app(sandbox) != BEFORE
        lead(sandbox, WWW, MANAGER, TTL)
        passed(desk.wait(back, "rollback"))
        assert of_the_app(sandbox) == BEFORE
        assert not [name for name in quantities(sandbox) if name.startswith("moveday-")]

        moved = passed(desk.run(*CUTOVER, "--accept", "--json"))
        secrets |= secrets_of_clinic(sandbox)
        passed(desk.run("report"))
        passed(desk.run("status"))

    assert of_the_app(sandbox) == dict.fromkeys(BEFORE, 0)
    checks = moved.document["run"]["verdict"]["checks"]
    assert {check["result"] for check in checks} <= {"same", "explained"}
    assert len({check["subject"] for check in checks if check["kind"] == "rows"}) >= 25
    told = (app / ".moveday" / "report.md").read_text()
    assert "Heroku" not in told and "dyno" not in told

    lines = list((app / ".moveday").rglob("*.line"))
    assert lines, "the job's line was written for a person to copy"
    for line in lines:
        assert f"See that the container {line.stem} is removed" in told
    hits = search(secrets, files_below(app)) + search(secrets, files_below(home))
    for name, ended in desk.ended:
        assert "Traceback" not in ended.err, f"{name}\n{ended.err[-3000:]}"
        said = (("stdout", ended.out), ("stderr", ended.err))
        hits += search(secrets, [(f"{name} {where}", text.encode()) for where, text in said])
    hits += search(secrets, desk.watch.artefacts())
    assert sorted(set(hits)) == []


def _until_said(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"it ended without saying “{words}”")
