"""Trouble while users are down, or nearly: nothing half-done, nothing twice, a clear next step."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.journeys.sandbox_process import SandboxProcess, environ_for, moveday, passed, start
from tests.wizard.runbook.session_for_tests import Listener, open_test_session
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.plan_file import read_plan
from wizard.joins.move import open_outside
from wizard.model.routes import BY_RUNNER, ONE_TUNNEL, Route, RouteComparison, RouteMeasure
from wizard.runbook.context import RunContext
from wizard.runbook.lines.ways import choose_way, tell_ways, way
from wizard.runbook.stage import live_stage

pytestmark = pytest.mark.timeout(1200)
CUTOVER = (
    "cutover",
    "--confirm",
    "acme-clinic",
    "--not-rehearsed",
    "the rehearsal is another test's subject",
)
NAMES = ("acme-clinic.test", "www.acme-clinic.test", "rehearsal.acme-clinic.test")


@pytest.fixture(scope="module")
def calm(sandbox: SandboxProcess) -> SandboxProcess:
    """The sandbox with the TTLs lowered long ago, so that no test waits for old copies."""
    panel = sandbox.environ["SANDBOX_PANEL"]
    for record in httpx.get(f"{panel}/records").json()["records"]:
        if record["name"].rstrip(".") in NAMES and record["type"] in ("CNAME", "ALIAS"):
            wanted = {k: record[k] for k in ("name", "type", "values")} | {"ttl": 1}
            httpx.post(f"{panel}/records", json=wanted).raise_for_status()
    return sandbox


@pytest.fixture(scope="module")
def deployed(calm: SandboxProcess) -> Path:
    """A checkout whose new side is built; shared, since each test leaves it as it was."""
    app = calm.checkout("shared")
    passed(moveday(calm, app, "inventory"))
    passed(moveday(calm, app, "deploy", "--yes"))
    return app


def heroku(sandbox: SandboxProcess) -> httpx.Client:
    """The old side, as its own API tells and changes it."""
    headers = {
        "Authorization": f"Bearer {sandbox.environ['HEROKU_API_KEY']}",
        "Accept": "application/vnd.heroku+json; version=3",
    }
    return httpx.Client(base_url=sandbox.environ["HEROKU_HOST"], headers=headers)


def old_side(sandbox: SandboxProcess, app: str = "acme-clinic") -> Mapping[str, Any]:
    """Maintenance and formation."""
    with heroku(sandbox) as client:
        info = client.get(f"/apps/{app}").raise_for_status().json()
        formation = client.get(f"/apps/{app}/formation").raise_for_status().json()
    return {"maintenance": info["maintenance"]} | {p["type"]: p["quantity"] for p in formation}


@contextmanager
def old_database(sandbox: SandboxProcess) -> Iterator["psycopg.Connection[Any]"]:
    """Another client of the old side's database."""
    with heroku(sandbox) as client:
        url = client.get("/apps/acme-clinic/config-vars").raise_for_status().json()["DATABASE_URL"]
    with psycopg.connect(url, sslmode="require", autocommit=True) as session:
        yield session


def databases(sandbox: SandboxProcess) -> set[str]:
    """Handles of the databases that the new side really has."""
    headers = {"Authorization": f"Bearer {sandbox.environ['APTIBLE_ACCESS_TOKEN']}"}
    url = f"{sandbox.environ['APTIBLE_API_ROOT_URL']}/databases"
    found = httpx.get(url, params={"per_page": 500}, headers=headers).raise_for_status().json()
    return {d["handle"] for d in found["_embedded"]["databases"]}


def lines_of(app: Path) -> list[str]:
    """The journal's whole lines so far."""
    journal = app / ".moveday" / "journal.jsonl"
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [line for line in lines if line.endswith("}")]


def start_until(
    sandbox: SandboxProcess, app: Path, words: Sequence[str], kind: str, task: str
) -> "subprocess.Popen[str]":
    """Start a command; return when the journal says `kind` of `task` anew."""
    mark = len(lines_of(app))
    process = start(sandbox, app, *words)
    deadline = time.monotonic() + 240
    while True:
        fresh = lines_of(app)[mark:]
        if any(e["kind"] == kind and e["task"] == task for e in map(json.loads, fresh)):
            return process
        mark += len(fresh)
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.03)


def test_a_deploy_interrupted_and_with_a_failing_hook_makes_everything_once(
    calm: SandboxProcess, app: Path
) -> None:
    git = ["git", "-C", str(app), "-c", "user.name=a", "-c", "user.email=a@example.test"]
    plan = app / "moveday.yaml"
    good = plan.read_text()
    (app / "migrate.py").write_text("raise SystemExit('the hook says: no such column flags')\n")
    subprocess.run([*git, "commit", "-qam", "broken hook"], check=True)
    broken = subprocess.check_output([*git, "rev-parse", "HEAD"], text=True).strip()
    plan.write_text(f"{good}commit: {broken}\n")
    passed(moveday(calm, app, "inventory"))
    mark = len(calm.look("ledger")["entries"])
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        process = start_until(calm, app, ("deploy", "--yes"), "done", "environment")
        time.sleep(0.5)
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=80)
        assert process.returncode == code, err
        assert "Traceback" not in err

    ended = moveday(calm, app, "deploy", "--yes")
    assert ended.code == 3, ended.err
    assert "the hook says: no such column flags" in ended.err
    assert "Traceback" not in ended.err
    plan.write_text(good)
    ended = passed(moveday(calm, app, "deploy", "--yes"))
    assert "deployed as planned" in ended.out
    made = calm.look("ledger")["entries"][mark:]
    handles = [e["handle"] for e in made if e["effect"] in ("environment", "app", "database")]
    assert sorted(handles) == [
        "acme-clinic",
        "acme-clinic",
        "acme-clinic-cache",
        "acme-clinic-db-throwaway",
    ]


def test_a_rehearsal_whose_terminal_is_closed_is_taken_back_all_the_same(
    calm: SandboxProcess, deployed: Path
) -> None:
    before = old_side(calm, "acme-clinic-staging")
    process = start_until(calm, deployed, ("rehearse", "--yes"), "done", "workers-off")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stderr.close()
    os.kill(process.pid, signal.SIGHUP)
    assert process.wait(30) == 129
    assert old_side(calm, "acme-clinic-staging") == before
    assert not any("rehearsal" in handle for handle in databases(calm))
    assert "open:" not in passed(moveday(calm, deployed, "status")).out


def test_a_rehearsal_that_cannot_be_taken_back_is_by_the_next_start(
    calm: SandboxProcess, deployed: Path
) -> None:
    before = old_side(calm, "acme-clinic-staging")
    process = start_until(calm, deployed, ("rehearse", "--yes"), "done", "workers-off")
    calm.fault("heroku.unauthorized", path="/apps/acme-clinic-staging", method="PATCH", times=-1)
    calm.fault("aptible.tunnel-drop", after_bytes=200_000, times=-1)
    _, err = process.communicate(timeout=360)
    calm.clear_faults()
    assert process.returncode == 3, err
    assert "tunnel" in err
    assert "not everything could be taken back" in err
    assert old_side(calm, "acme-clinic-staging") == {**before, "maintenance": True}
    assert "open: rehearsal" in passed(moveday(calm, deployed, "status")).out

    again = start_until(calm, deployed, ("rehearse", "--yes"), "done", "dns-surveyed")
    os.kill(again.pid, signal.SIGINT)
    _, err = again.communicate(timeout=120)
    assert again.returncode == 130, err
    assert "was cut off: taking back" in err
    assert old_side(calm, "acme-clinic-staging") == before
    assert not any("rehearsal" in handle for handle in databases(calm))


def test_a_source_that_changed_is_named_and_nothing_is_left_open(
    calm: SandboxProcess, deployed: Path
) -> None:
    with heroku(calm) as client:
        client.patch("/apps/acme-clinic/config-vars", json={"NEW_FLAG": "on"}).raise_for_status()
        ended = moveday(calm, deployed, *CUTOVER)
        client.patch("/apps/acme-clinic/config-vars", json={"NEW_FLAG": None}).raise_for_status()
    assert ended.code == 4, ended.err
    assert "variable NEW_FLAG is new" in ended.err
    assert "release: v" in ended.err
    assert "open:" not in passed(moveday(calm, deployed, "status")).out
    # What the message says helps.
    passed(moveday(calm, deployed, "inventory"))
    passed(moveday(calm, deployed, "deploy", "--yes"))


def test_a_cutover_through_every_trouble(calm: SandboxProcess, deployed: Path) -> None:
    """One cutover, stopped again and again; each time the same command goes on."""
    before = old_side(calm)
    mark = len(calm.look("ledger")["entries"])
    _interrupted_before_the_freeze(calm, deployed)
    assert old_side(calm) == before
    _disk_full(calm, deployed)
    _replies_lost_and_a_writer_left(calm, deployed)
    _target_touched_by_somebody(calm, deployed)
    _ways_are_tried(calm, deployed)
    _tunnel_dropped(calm, deployed)
    passed(moveday(calm, deployed, "verify-journal"))

    waits = moveday(calm, deployed, *CUTOVER)
    assert waits.code == 4, waits.err
    assert "--accept" in waits.err
    _practice_is_refused(calm, deployed)
    made = calm.look("ledger")["entries"][mark:]
    frozen = [
        (e["effect"], e.get("on", e.get("type"))) for e in made if e.get("app") == "acme-clinic"
    ]
    frozen = [f for f in frozen if f[0] in ("maintenance", "formation")]
    assert sorted(frozen, key=str) == [
        ("formation", "clock"),
        ("formation", "worker"),
        ("maintenance", True),
    ]
    fresh = [e["handle"] for e in made if e["effect"] == "database"]
    assert fresh == ["acme-clinic-db-live"]
    _freeze_ended_by_somebody(calm, deployed)

    passed(moveday(calm, deployed, "rollback", "--confirm", "acme-clinic"))
    assert old_side(calm) == before
    assert "acme-clinic-db-live" not in databases(calm)
    passed(moveday(calm, deployed, "deploy", "--yes"))


def _interrupted_before_the_freeze(sandbox: SandboxProcess, app: Path) -> None:
    process = start_until(sandbox, app, CUTOVER, "done", "fresh-database")
    second = moveday(sandbox, app, "rehearse", "--yes")
    assert second.code == 4
    assert str(process.pid) in second.err
    told = passed(moveday(sandbox, app, "status")).out
    assert "open: live run" in told
    assert str(process.pid) in told
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=80)
    assert process.returncode == 130, err


def _replies_lost_and_a_writer_left(sandbox: SandboxProcess, app: Path) -> None:
    """Each write's reply is lost; a session of somebody else's keeps a transaction open."""
    sandbox.fault("heroku.drop-reply", method="PATCH", times=-1)
    with old_database(sandbox) as other, other.transaction():
        other.execute("UPDATE users SET id = id WHERE false")
        other.execute("SELECT pg_current_xact_id()")
        process = start_until(sandbox, app, CUTOVER, "intent", "freeze-proven")
        assert process.stderr is not None
        told = ""
        for line in process.stderr:
            told += line
            if "not frozen yet" in line:
                break
        else:
            raise AssertionError(told)
        os.kill(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=80)
    sandbox.clear_faults()
    assert process.returncode == 143, told + err
    assert old_side(sandbox)["maintenance"] is True


def _target_touched_by_somebody(sandbox: SandboxProcess, app: Path) -> None:
    """A table in the fresh database that this move did not make: refused by name, then gone."""
    _in_fresh_database(sandbox, app, "CREATE TABLE left_by_somebody (id int)")
    ended = moveday(sandbox, app, *CUTOVER)
    assert ended.code in (4, 5), ended.err
    assert "left_by_somebody" in ended.err
    _in_fresh_database(sandbox, app, "DROP TABLE left_by_somebody")


def _in_fresh_database(sandbox: SandboxProcess, app: Path, sql: str) -> None:
    """Run a statement in acme-clinic-db-live as somebody with a tunnel of their own."""

    async def run() -> None:
        plan, _ = read_plan(app)
        outside = open_outside(plan, app, sandbox.environ, SYSTEM_CLOCK)
        environment = await outside.target.find_environment("acme-clinic")
        assert environment
        found = await outside.target.find_database(environment, "acme-clinic-db-live")
        assert found
        async with (
            outside.target.tunnel(found) as end,
            await psycopg.AsyncConnection.connect(
                host=end.host,
                port=end.port,
                user=end.user,
                password=end.password.get_secret_value(),
                dbname=end.database,
                sslmode="require",
                autocommit=True,
            ) as session,
        ):
            await session.execute(sql.encode())
        await outside.close()

    asyncio.run(run())


def _ways_are_tried(sandbox: SandboxProcess, app: Path) -> None:
    """Real rows through real tunnels; the way that is kept is the one that the move takes."""

    async def run() -> None:
        plan, _ = read_plan(app)
        with tempfile.TemporaryDirectory() as folder:
            front = Listener()
            session = open_test_session(Path(folder), front)
            session.plan = plan
            session.outside = open_outside(plan, app, sandbox.environ, SYSTEM_CLOCK)
            context = RunContext(session, live_stage(session.outside, plan, 1), "run-1")
            source = await session.outside.source.database("DATABASE_URL")

            async def beside(seconds: float) -> RouteMeasure:
                environment = await session.outside.target.find_environment("acme-clinic")
                assert environment
                found = await session.outside.target.find_database(
                    environment, "acme-clinic-db-live"
                )
                assert found
                async with session.outside.target.tunnel(found) as end:
                    timer = session.outside.timer
                    measured = await timer.time_slice(source, end, seconds=seconds, jobs=1)
                return RouteMeasure(route=BY_RUNNER, slice=measured)

            assert await choose_way(context, plan.databases[0], source) == ONE_TUNNEL
            assert front.heard == []  # by itself not for so few rows
            chosen = await choose_way(
                context, plan.databases[0], source, smallest=0, seconds=0.1, jobs=1
            )
            assert way(context, "acme-clinic-db-live") == chosen
            found = RouteComparison.model_validate(context.recall("ways/acme-clinic-db-live"))
            assert [m.route for m in found.measures] == [
                ONE_TUNNEL,
                Route(tunnels=1, compressed=True),
            ]
            assert all(measure.rate > 0 for measure in found.measures), found
            assert "by one sample" in str(front.heard[-1])
            await tell_ways(
                context, plan.databases[0], source, beside, smallest=0, seconds=0.1, jobs=1
            )
            told = str(front.heard[-1])
            assert "the copy goes by the runner" in told
            assert "through this machine by one ssh connection" in told
            assert way(context, "acme-clinic-db-live") == chosen
            session.journal.close()
            await session.outside.close()

    asyncio.run(run())


def _disk_full(sandbox: SandboxProcess, app: Path) -> None:
    """The journal may grow by some lines only: nothing is done that cannot be recorded."""
    kilobytes = (app / ".moveday" / "journal.jsonl").stat().st_size // 1024 + 6
    environ = environ_for(sandbox)
    script = f'ulimit -f {kilobytes}; exec "$0" -m wizard "$@"'
    ended = subprocess.run(
        ["bash", "-c", script, sys.executable, *CUTOVER, "--folder", str(app)],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=360,
        check=False,
    )
    assert ended.returncode == 6, ended.stderr
    assert "no space left" in ended.stderr
    assert "Traceback" not in ended.stderr
    passed(moveday(sandbox, app, "verify-journal"))


def _tunnel_dropped(sandbox: SandboxProcess, app: Path) -> None:
    sandbox.fault("aptible.tunnel-drop", after_bytes=200_000, times=-1)
    ended = moveday(sandbox, app, *CUTOVER)
    sandbox.clear_faults()
    assert ended.code == 3, ended.err
    assert "lost" in ended.err
    assert "Traceback" not in ended.err


def _practice_is_refused(sandbox: SandboxProcess, app: Path) -> None:
    """Neither here nor from another checkout is the app taken off the moved data."""
    for words in (("deploy", "--yes"), ("rehearse", "--yes")):
        refused = moveday(sandbox, app, *words)
        assert refused.code == 4, refused.err
    other = sandbox.checkout(f"{app.name}-other")
    passed(moveday(sandbox, other, "inventory"))
    refused = moveday(sandbox, other, "deploy", "--yes")
    assert refused.code == 4, refused.err
    assert "already lives on acme-clinic-db-live" in refused.err


def _freeze_ended_by_somebody(sandbox: SandboxProcess, app: Path) -> None:
    with heroku(sandbox) as client:
        client.patch("/apps/acme-clinic", json={"maintenance": False}).raise_for_status()
        ended = moveday(sandbox, app, *CUTOVER, "--accept")
        assert ended.code == 5, ended.err
        assert "not frozen any more" in ended.err
        client.patch("/apps/acme-clinic", json={"maintenance": True}).raise_for_status()
    with old_database(sandbox) as other:
        other.execute("TRUNCATE public.cache_entries")
    ended = moveday(sandbox, app, *CUTOVER, "--accept")
    assert ended.code == 5, ended.err
    assert "truncated" in ended.err
