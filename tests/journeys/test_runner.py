"""A runner carries the data: moveday killed, the runner killed, and the way back, on a sandbox.

That a cutover by runner is killed once and goes on is part of every run, in test_canary.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
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


def at_work(
    sandbox: SandboxProcess, app: Path, phase: str = "copying"
) -> "tuple[subprocess.Popen[str], dict[str, Any]]":
    """A rehearsal whose runner has come to `phase`, and the runner's container."""
    process = start(sandbox, app, *REHEARSE)
    deadline = time.monotonic() + 480
    while process.poll() is None and time.monotonic() < deadline:
        if (found := runners(sandbox)) and says(phase) in log_of(sandbox, found[0]).read_bytes():
            return process, found[0]
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"no runner: {process.communicate()[1][-3000:]}")


def log_of(sandbox: SandboxProcess, container: dict[str, Any]) -> Path:
    """What it told its platform; there from its first word on."""
    logs = Path(sandbox.environ["MOVEDAY_NETWORK"]).parent / "logs"
    return logs / f"{container['owner']}.log"


def says(phase: str) -> bytes:
    """How a phase stands in a line's body."""
    return rf"\"phase\":\"{phase}\"".encode()


def copied(log: Path) -> list[tuple[str, bool, int]]:
    """Of each state with progress, in order: who said it, whether it was held, how many bytes."""
    found = []
    for line in log.read_text().splitlines():
        message = json.loads(line.partition("moveday-runner/1 ")[2] or "{}")
        if message.get("kind") == "state" and message["of"] == 1:
            progress = json.loads(message["body"])["progress"]
            if progress:
                found.append((message["boot"], progress["paused"], progress["done_bytes"]))
    return found


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


def test_a_source_that_only_the_runner_cannot_reach_is_named_before_anything_is_frozen(
    sandbox: SandboxProcess, built: Path
) -> None:
    sandbox.fault("aptible.containers-cut-off", variable="MOVEDAY_SOURCE_URL", times=-1)
    ended = moveday(sandbox, built, *REHEARSE)
    sandbox.clear_faults()
    assert ended.code == 3
    assert "the source database cannot be reached" in ended.err
    journal = (built / ".moveday" / "journal.jsonl").read_text()
    assert "run-1/task/runner-ready" in journal
    assert "run-1/task/freeze-proven" not in journal
    assert sandbox.effects("heroku", "maintenance") == []
    assert runners(sandbox) == []
    assert starts(sandbox) == gone(sandbox) == ["acme-clinic-db-rehearsal-1-runner"]


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
    assert (run["number"], run["outcome"]) == (2, "done")
    assert "amid the move" in run["void"], "what it measured counts for no forecast"
    assert run["conditions"]["path"] == "runner beside the target"
    assert starts(sandbox)[1:] == gone(sandbox)[1:] == ["acme-clinic-db-rehearsal-2-runner"]
    assert run["verdict"]["tier"] == "full"


def test_a_pause_holds_it_and_outlives_its_crash_and_its_platform_starts_it_anew(
    sandbox: SandboxProcess, built: Path
) -> None:
    process, container = at_work(sandbox, built)
    log = log_of(sandbox, container)
    while process.poll() is None and log.read_bytes().count(b"moveday-runner/1") < 4:
        time.sleep(0.1)  # until it has spoken for some seconds, so that it was heard
    passed(moveday(sandbox, built, "pause"))
    heard = until(process, lambda: [c for c in copied(log) if c[1]])
    os.kill(container["pid"], signal.SIGKILL)
    again = until(process, lambda: [c for c in copied(log) if c[1] and c[0] != heard[0][0]])
    time.sleep(5)
    later = [c for c in copied(log) if c[0] == again[0][0]]
    assert len(later) > 1
    assert {(held, size) for _, held, size in later if held} == {again[0][1:]}
    passed(moveday(sandbox, built, "continue"))
    _, err = process.communicate(timeout=480)
    assert process.returncode == 0, err[-3000:]
    assert "started anew over there" in err
    assert gone(sandbox)[-1] == starts(sandbox)[-1]


def until(
    process: "subprocess.Popen[str]", found: Callable[[], list[tuple[str, bool, int]]]
) -> list[tuple[str, bool, int]]:
    """What is found, as long as the command runs."""
    while process.poll() is None:
        if seen := found():
            return seen
        time.sleep(0.2)
    raise AssertionError(process.communicate()[1][-3000:])


def test_the_way_back_removes_a_runner_that_nobody_listens_to(
    sandbox: SandboxProcess, built: Path
) -> None:
    process, _ = at_work(sandbox, built, "waiting")
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
