"""kill -9 at random points of the cutover: it goes on, nothing happens twice, nothing is lost."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import Ended, SandboxProcess, moveday, passed, start

pytestmark = pytest.mark.timeout(1200)
KILLS = 10
CUTOVER = ("cutover", "--confirm", "acme-clinic", "--accept")


def test_a_cutover_killed_ten_times_still_moves_once(sandbox: SandboxProcess, app: Path) -> None:
    passed(moveday(sandbox, app, "inventory"))
    passed(moveday(sandbox, app, "deploy", "--yes"))
    cut_over_killed(sandbox, app)


def cut_over_killed(sandbox: SandboxProcess, app: Path) -> None:
    """Kill it ten times, see it end well, and read what really took effect."""
    mark = len(sandbox.look("ledger")["entries"])
    chance = random.Random(20_260)
    kills, over = 0, False
    not_rehearsed = ("--not-rehearsed", "the rehearsal is another test's subject")
    while kills < KILLS:
        process = start(sandbox, app, *CUTOVER, *not_rehearsed)
        try:
            process.wait(chance.uniform(1.5, 9.0))
        except Exception:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
            process.communicate()
            continue
        out, err = process.communicate()
        ended_well(Ended(process.returncode, out, err))
        over = True
        break
    if not over:
        ended_well(moveday(sandbox, app, *CUTOVER, *not_rehearsed))
    passed(moveday(sandbox, app, "verify-journal"))

    made = sandbox.look("ledger")["entries"][mark:]
    maintenance = [e for e in made if e["effect"] == "maintenance" and e["app"] == "acme-clinic"]
    assert [e["on"] for e in maintenance] == [True]
    fresh = [e["handle"] for e in made if e["effect"] == "database"]
    assert fresh == ["acme-clinic-db-live"]
    domains = sorted(e["domain"] for e in made if e["effect"] == "endpoint")
    assert domains == ["acme-clinic.test", "www.acme-clinic.test"]
    to_zero = [
        (e["type"], e["quantity"])
        for e in made
        if e["effect"] == "formation" and e["app"] == "acme-clinic"
    ]
    assert sorted(to_zero) == [("clock", 0), ("worker", 0)]


def ended_well(ended: Ended) -> None:
    """The one before may have been killed between its last deed and its end: nothing is left."""
    if "the cutover is done already" not in ended.err:
        passed(ended)


def test_nothing_of_the_tool_is_left_running(sandbox: SandboxProcess) -> None:
    deadline = time.monotonic() + 80
    while left := left_running():
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def left_running() -> list[bytes]:
    """Command lines of the tool's children that have lost their parent."""
    left = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes()
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        ours = b"tunnel_child" in arguments or b"postgres.worker" in arguments
        # Other tests may be at work beside this one: what is left behind has lost its parent.
        if ours and state != "Z" and parent == "1":
            left.append(arguments)
    return left
