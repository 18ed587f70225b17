"""Trouble while looking and building: every message says what, why and what to do."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import SandboxProcess, environ_for, moveday, passed, start

pytestmark = pytest.mark.timeout(900)


def test_a_bad_token_is_named_and_nothing_is_kept_of_it(sandbox: SandboxProcess, app: Path) -> None:
    environ = environ_for(sandbox, HEROKU_API_KEY="HRKU-not-a-token-at-all")
    ended = moveday(sandbox, app, "inventory", environ=environ)
    assert ended.code in (3, 4), ended.err
    assert "token" in ended.err.lower()
    assert "not-a-token-at-all" not in ended.err + ended.out
    assert "Traceback" not in ended.err


def test_no_token_says_how_to_get_one(sandbox: SandboxProcess, app: Path) -> None:
    environ = {k: v for k, v in environ_for(sandbox).items() if k != "APTIBLE_ACCESS_TOKEN"}
    ended = moveday(sandbox, app, "inventory", environ=environ)
    assert ended.code == 4
    assert "APTIBLE_ACCESS_TOKEN" in ended.err


def test_no_such_app(sandbox: SandboxProcess, app: Path) -> None:
    plan = app / "moveday.yaml"
    plan.write_text(plan.read_text().replace("app: acme-clinic,", "app: no-such-clinic,", 1))
    ended = moveday(sandbox, app, "inventory")
    assert ended.code == 2
    assert "no-such-clinic" in ended.err
    assert "no access" in ended.err


def test_a_rate_limit_is_waited_out_and_a_broken_answer_tried_again(
    sandbox: SandboxProcess, app: Path
) -> None:
    sandbox.fault("heroku.rate-limit", retry_after=1, times=1)
    sandbox.fault("heroku.server-error", status=503, times=2)
    found = passed(moveday(sandbox, app, "inventory", "--json")).document
    assert {p["name"] for p in found["processes"]} >= {"web", "worker", "clock"}
    assert len(found["variables"]) >= 15


def test_deploy_before_inventory_is_blocked(sandbox: SandboxProcess, app: Path) -> None:
    ended = moveday(sandbox, app, "deploy", "--yes")
    assert ended.code == 4
    assert "moveday inventory" in ended.err


def test_a_regulated_app_is_refused_on_a_shared_stack(sandbox: SandboxProcess, app: Path) -> None:
    plan = app / "moveday.yaml"
    plan.write_text(plan.read_text().replace("acme-dedicated", "shared-us-west-1"))
    passed(moveday(sandbox, app, "inventory"))
    ended = moveday(sandbox, app, "deploy", "--yes")
    assert ended.code == 4
    assert "dedicated" in ended.err
    assert sandbox.effects("aptible", "environment") == []


def test_a_second_process_is_refused_with_the_holders_name(
    sandbox: SandboxProcess, app: Path
) -> None:
    sandbox.fault("heroku.rate-limit", retry_after=4, times=1)
    first = start(sandbox, app, "inventory")
    try:
        deadline = time.monotonic() + 80
        while not (app / ".moveday" / "journal.jsonl").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = moveday(sandbox, app, "inventory")
        assert second.code == 4
        assert str(first.pid) in second.err
    finally:
        first.communicate(timeout=240)
    assert first.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_at_once_with_the_right_code(
    sandbox: SandboxProcess, app: Path, number: signal.Signals, code: int
) -> None:
    sandbox.fault("heroku.rate-limit", retry_after=50, times=1)
    process = start(sandbox, app, "inventory")
    deadline = time.monotonic() + 80
    while not (app / ".moveday" / "journal.jsonl").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(process.pid, number)
    _, err = process.communicate(timeout=40)
    sandbox.clear_faults()
    assert process.returncode == code, err
    assert "Traceback" not in err
    passed(moveday(sandbox, app, "verify-journal"))


def test_a_provision_that_fails_leaves_nothing_behind(sandbox: SandboxProcess, app: Path) -> None:
    passed(moveday(sandbox, app, "inventory"))
    sandbox.fault("aptible.provision-fails", handle="acme-clinic-db-throwaway", times=1)
    ended = moveday(sandbox, app, "deploy", "--yes")
    assert ended.code == 3, ended.err
    assert "acme-clinic-db-throwaway" in ended.err


def test_every_write_lost_on_its_way_back_still_happens_once(
    sandbox: SandboxProcess, app: Path
) -> None:
    """Each write is committed, and the connection dropped before the reply."""
    passed(moveday(sandbox, app, "inventory"))
    sandbox.fault("aptible.drop-reply", times=-1)
    try:
        for _ in range(8):
            ended = moveday(sandbox, app, "deploy", "--yes")
            assert ended.code == 3, ended.err
            # A session needs the certificate that only this reply brings.
            if "ssh_portal_connections" in ended.err:
                break
    finally:
        sandbox.clear_faults()
    passed(moveday(sandbox, app, "deploy", "--yes"))
    made = [e for e in sandbox.look("ledger")["entries"] if e["system"] == "aptible"]
    kinds = ("environment", "app", "database")
    handles = sorted((e["effect"], e["handle"]) for e in made if e["effect"] in kinds)
    assert handles == sorted(set(handles))
    assert len(handles) == 4


def test_what_is_there_is_adopted_by_the_next_checkout(sandbox: SandboxProcess, app: Path) -> None:
    passed(moveday(sandbox, app, "inventory"))
    before = len(sandbox.look("ledger")["entries"])
    ended = passed(moveday(sandbox, app, "deploy", "--yes"))
    assert ended.err.count("already so") >= 8
    made = sandbox.look("ledger")["entries"][before:]
    assert [e for e in made if e["effect"] in ("environment", "app", "database", "endpoint")] == []
