"""Lines break, processes are killed, people press ctrl-c: said quickly; the next run is clean."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from providers.databases.postgres import copy as copying
from providers.databases.postgres.connection import libpq_settings
from providers.databases.postgres.errors import DatabaseTrouble
from tests.providers.databases.clusters import PASSWORD, Line, Site
from wizard.model.database import Connection, MoveProgress

pytestmark = pytest.mark.asyncio(loop_scope="session")
probe, mover, verifier = PostgresProbe(), PostgresMover(), PostgresVerifier()

_QUICK = 60.0
# Bytes a second: a copy takes long enough then to be disturbed, however fast the machine is.
_SLOW = 8_000_000


@pytest_asyncio.fixture(loop_scope="session")
async def slow_source(left: Site) -> AsyncIterator[Connection]:
    """A table large enough to be disturbed while it is copied."""
    connection = await left.fresh()
    await left.sql(
        connection,
        "SET ROLE clinic_owner;"
        " CREATE TABLE big AS SELECT g AS id, repeat(md5(g::text), 30) AS body"
        " FROM generate_series(1, 40000) g; ALTER TABLE big ADD PRIMARY KEY (id);"
        " CREATE TABLE small AS SELECT 1 AS id",
    )
    yield connection
    await left.server.drop_database(connection.database)


async def _our_sessions(site: Site, connection: Connection, move_id: str) -> list[object]:
    rows = await site.sql(
        connection,
        "SELECT application_name FROM pg_stat_activity"
        f" WHERE application_name LIKE 'moveday-{move_id}-%'",
    )
    return [row[0] for row in rows]


async def _all_gone(site: Site, connection: Connection, move_id: str) -> None:
    # A server says goodbye to an ended session in its own time.
    async with asyncio.timeout(60):
        while await _our_sessions(site, connection, move_id):
            await asyncio.sleep(0.05)


async def _copy_expecting_trouble(
    source: Connection, target: Connection, move_id: str, disturb: asyncio.Event, jobs: int = 1
) -> tuple[DatabaseTrouble, float]:
    """Run a copy; once bytes flow `disturb` is set. The trouble, and seconds from there to it."""
    at = 0.0

    def heard(progress: MoveProgress) -> None:
        nonlocal at
        if progress.done_bytes > 0 and not disturb.is_set():
            at = time.monotonic()
            disturb.set()

    async with probe.snapshot(source) as snapshot:
        with pytest.raises(DatabaseTrouble) as caught:
            await mover.copy(
                source,
                target,
                snapshot=snapshot,
                move_id=move_id,
                on_progress=heard,
                jobs=jobs,
                limit=_SLOW,
            )
    assert at, f"no bytes flowed before: {caught.value}"
    return caught.value, time.monotonic() - at


async def _second_try_is_clean(source: Connection, target: Connection, move_id: str) -> None:
    async with probe.snapshot(source) as snapshot:
        await mover.copy(source, target, snapshot=snapshot, move_id=move_id)
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures


@pytest.mark.parametrize("side", ["source", "target"])
async def test_cut_line_is_said_quickly_and_the_next_run_is_complete(
    slow_source: Connection, left: Site, right: Site, side: str
) -> None:
    target = await right.fresh()
    site = left if side == "source" else right
    async with Line(site.server.port) as line:
        through = site.connection(
            (slow_source if side == "source" else target).database, port=line.port
        )
        disturb = asyncio.Event()

        async def cut() -> None:
            await disturb.wait()
            line.cut()

        cutting = asyncio.create_task(cut())
        trouble, seconds = await _copy_expecting_trouble(
            through if side == "source" else slow_source,
            through if side == "target" else target,
            "cut",
            disturb,
        )
        await cutting
    assert (trouble.kind, trouble.side) == ("lost", side)
    assert trouble.exit_code == 3
    assert seconds < _QUICK
    await _all_gone(*((left, slow_source) if side == "target" else (right, target)), "cut")
    await _second_try_is_clean(slow_source, target, "cut")


async def test_stalled_line_is_given_up(slow_source: Connection, left: Site, right: Site) -> None:
    target = await right.fresh()
    async with Line(right.server.port) as line, probe.snapshot(slow_source) as snapshot:

        def heard(progress: MoveProgress) -> None:
            if progress.done_bytes > 0:
                line.stalled.set()

        with pytest.raises(DatabaseTrouble, match="was lost") as caught:
            await copying.copy(
                slow_source,
                right.connection(target.database, port=line.port),
                snapshot=snapshot,
                move_id="stalled",
                on_progress=heard,
                jobs=1,
                limit=_SLOW,
                stalled_after=2,
            )
        assert "no data passed for 2 seconds" in caught.value.detail
        assert _children_running("providers.databases.postgres.worker") == []


async def test_killed_worker(slow_source: Connection, left: Site, right: Site) -> None:
    target = await right.fresh()
    disturb = asyncio.Event()

    async def kill() -> None:
        await disturb.wait()
        workers = _children_running("providers.databases.postgres.worker")
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    killing = asyncio.create_task(kill())
    trouble, seconds = await _copy_expecting_trouble(slow_source, target, "killed", disturb)
    await killing
    assert "ended unexpectedly" in trouble.detail
    assert seconds < _QUICK
    await _all_gone(left, slow_source, "killed")
    await _all_gone(right, target, "killed")
    await _second_try_is_clean(slow_source, target, "killed")


async def test_ended_server_sessions(slow_source: Connection, right: Site) -> None:
    """What a restart of the target does to every session."""
    target = await right.fresh()
    disturb = asyncio.Event()

    async def end() -> None:
        await disturb.wait()
        await right.sql(
            target,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

    ending = asyncio.create_task(end())
    trouble, seconds = await _copy_expecting_trouble(slow_source, target, "ended", disturb)
    await ending
    assert (trouble.kind, trouble.side) == ("lost", "target")
    assert seconds < _QUICK
    await _second_try_is_clean(slow_source, target, "ended")


async def test_dropped_target(slow_source: Connection, right: Site) -> None:
    target = await right.fresh()
    disturb = asyncio.Event()

    async def drop() -> None:
        await disturb.wait()
        await right.server.drop_database(target.database)

    dropping = asyncio.create_task(drop())
    trouble, seconds = await _copy_expecting_trouble(slow_source, target, "dropped", disturb)
    await dropping
    assert (trouble.side, seconds < _QUICK) == ("target", True)
    async with probe.snapshot(slow_source) as snapshot:
        with pytest.raises(DatabaseTrouble) as caught:
            await mover.copy(slow_source, target, snapshot=snapshot, move_id="dropped")
    assert caught.value.kind == "missing"


async def test_cancel_ends_workers_and_server_sessions(
    slow_source: Connection, left: Site, right: Site
) -> None:
    target = await right.fresh()
    flowing = asyncio.Event()

    def heard(progress: MoveProgress) -> None:
        if progress.done_bytes > 0:
            flowing.set()

    async with probe.snapshot(slow_source) as snapshot:
        copying_task = asyncio.create_task(
            mover.copy(
                slow_source,
                target,
                snapshot=snapshot,
                move_id="cancelled",
                on_progress=heard,
                limit=_SLOW,
            )
        )
        await flowing.wait()
        assert await _our_sessions(right, target, "cancelled")
        copying_task.cancel()
        started = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await copying_task
    assert time.monotonic() - started < _QUICK
    assert _children_running("providers.databases.postgres.worker") == []
    await _all_gone(left, slow_source, "cancelled")
    await _all_gone(right, target, "cancelled")
    await _second_try_is_clean(slow_source, target, "cancelled")


async def test_children_hold_no_password(slow_source: Connection, right: Site) -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("this system does not show the environment of processes")
    target = await right.fresh()
    seen: set[bytes] = set()
    texts: list[bytes] = []

    async def watch() -> None:
        while True:
            for pid in _children_running(""):
                for part in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        text = Path(f"/proc/{pid}/{part}").read_bytes()
                        texts.append(text)
                        seen.add(Path(text.split(b"\0")[0].decode()).name.encode())
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    settings = libpq_settings(slow_source, "blocker")
    async with (
        await psycopg.AsyncConnection.connect(**settings) as blocker,
        probe.snapshot(slow_source) as snapshot,
    ):
        # pg_dump is short: it waits for a lock until it has been looked at.
        await blocker.execute("LOCK TABLE small IN ACCESS EXCLUSIVE MODE")
        copying = asyncio.create_task(
            mover.copy(slow_source, target, snapshot=snapshot, move_id="watched")
        )
        async with asyncio.timeout(60):
            while b"pg_dump" not in seen and not copying.done():
                await asyncio.sleep(0.01)
        await blocker.rollback()
        await copying
    watching.cancel()
    assert b"pg_dump" in seen
    assert any(b"postgres.worker" in text for text in texts)
    for text in texts:
        assert PASSWORD.encode() not in text
        assert b"canary" not in text


async def test_error_holds_no_row(left: Site, right: Site) -> None:
    """The source's data break a rule of the target: the words name the rule, not the row."""
    source, target = await left.fresh(), await right.fresh()
    await left.sql(
        source,
        "SET ROLE clinic_owner; CREATE TABLE people (ssn text);"
        " INSERT INTO people VALUES ('ssn-canary-123'), ('ssn-canary-123');"
        " CREATE UNIQUE INDEX people_ssn ON people (ssn) WHERE ssn <> ssn",
    )
    await left.sql(
        source,
        "UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'people_ssn'::regclass",
    )
    async with probe.snapshot(source) as snapshot:
        with pytest.raises(DatabaseTrouble) as caught:
            await mover.copy(source, target, snapshot=snapshot, move_id="rule")
    assert "people_ssn" in str(caught.value)
    assert caught.value.sqlstate == "23505"
    assert "canary" not in str(caught.value)
    assert "canary" not in repr(caught.value.__cause__) + repr(caught.value.__context__)


async def test_lost_snapshot_is_said(slow_source: Connection, left: Site, right: Site) -> None:
    target = await right.fresh()
    async with probe.snapshot(slow_source) as snapshot:
        await left.sql(
            slow_source,
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE application_name LIKE 'moveday-view-%'"
            " AND datname = current_database()",
        )
        with pytest.raises(DatabaseTrouble) as caught:
            await mover.copy(slow_source, target, snapshot=snapshot, move_id="gone")
    assert caught.value.kind == "snapshot"


def _children_running(module: str) -> list[int]:
    """Process ids of descendants of this process whose command holds `module`; no zombies."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(path.name)] = int(fields[1])
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    found = []
    for pid in ours - {os.getpid()}:
        with contextlib.suppress(OSError):
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found
