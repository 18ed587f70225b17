"""A runner carries the data: moveday killed, the runner killed, and the way back, on a sandbox.

That a cutover by runner is killed once and goes on is part of every run, in test_canary.
"""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.sandbox_process import SandboxProcess, moveday, passed, start
from tests.journeys.test_killed import cut_over_killed

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]
REHEARSE = ("rehearse", "--yes", "--json")


@pytest.fixture(scope="module")
def built(sandbox: SandboxProcess) -> Path:
    app = sandbox.checkout("by-runner")
    plan, known = app / "moveday.yaml", "handle: acme-clinic-db,"
    text = plan.read_text()
    plan.write_text(text.replace(known, f"{known} route: runner, limit: 200kB/s,"))
    passed(moveday(sandbox, app, "inventory"))
    passed(moveday(sandbox, app, "deploy", "--yes"))
    return app


def at_work(sandbox: SandboxProcess, app: Path) -> "tuple[subprocess.Popen[str], dict[str, Any]]":
    """A rehearsal whose runner has just begun, and the runner's container."""
    process = start(sandbox, app, *REHEARSE)
    deadline = time.monotonic() + 480
    while process.poll() is None and time.monotonic() < deadline:
        if found := runners(sandbox):
            return process, found[0]
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"no runner: {process.communicate()[1][-3000:]}")


def runners(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    """Their containers that run now."""
    everybody: list[dict[str, Any]] = sandbox.look("containers")["containers"]
    return [c for c in everybody if c["process_type"] == "runner"]


def starts(sandbox: SandboxProcess) -> list[str]:
    return [
        e["app"]
        for e in sandbox.effects("aptible", "containers")
        if e["service"] == "runner" and e["count"]
    ]


def gone(sandbox: SandboxProcess) -> list[str]:
    ended = [e["app"] for e in sandbox.effects("aptible", "app-gone")]
    return [name for name in ended if name.endswith("-runner")]


def test_a_killed_rehearsal_finds_its_runner_at_work_and_goes_on(
    sandbox: SandboxProcess, built: Path
) -> None:
    process, container = at_work(sandbox, built)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert [c["pid"] for c in runners(sandbox)] == [container["pid"]]
    ended = passed(moveday(sandbox, built, *REHEARSE))
    run = ended.document["run"]
    assert "its runner went on" in ended.err
    assert (run["number"], run["outcome"]) == (1, "done")
    assert "amid the move" in run["void"], "what it measured counts for no forecast"
    assert run["conditions"]["path"] == "runner beside the target"
    assert starts(sandbox) == gone(sandbox) == ["acme-clinic-db-rehearsal-1-runner"]
    assert run["verdict"]["tier"] == "full"


def test_a_runner_that_crashes_is_started_anew_by_its_platform(
    sandbox: SandboxProcess, built: Path
) -> None:
    process, container = at_work(sandbox, built)
    log = Path(sandbox.environ["MOVEDAY_NETWORK"]).parent / "logs" / f"{container['owner']}.log"
    while process.poll() is None and log.read_bytes().count(b"moveday-runner/1") < 4:
        time.sleep(0.1)  # until it has spoken for some seconds, so that it was heard
    os.kill(container["pid"], signal.SIGKILL)
    _, err = process.communicate(timeout=480)
    assert process.returncode == 0, err[-3000:]
    assert "started anew over there" in err
    assert gone(sandbox)[-1] == starts(sandbox)[-1]


def test_the_way_back_removes_a_runner_that_nobody_listens_to(
    sandbox: SandboxProcess, built: Path
) -> None:
    process, _ = at_work(sandbox, built)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    refused = moveday(sandbox, built, "undo")
    assert refused.code == 4
    passed(moveday(sandbox, built, "rollback", "--confirm", "acme-clinic"))
    assert gone(sandbox)[-1] == starts(sandbox)[-1]
    assert runners(sandbox) == []
    listed = moveday(sandbox, built, "undo", "--json").document
    assert [item for item in listed["items"] if item["kind"] == "runner"] == []


@pytest.mark.timeout(1200)
def test_a_cutover_killed_ten_times_makes_one_runner(sandbox: SandboxProcess, built: Path) -> None:
    cut_over_killed(sandbox, built)
    live = "acme-clinic-db-live-runner"
    assert [name for name in starts(sandbox) if name == live] == [live]
    assert [name for name in gone(sandbox) if name == live] == [live]
    assert runners(sandbox) == []
