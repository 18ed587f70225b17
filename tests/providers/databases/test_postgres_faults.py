"""Real faults amid a copy: two runs at once, lost lines, restarts, a full disk, short timeouts."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from providers import process
from providers.databases.postgres import PostgresProbe, PostgresVerifier
from providers.databases.postgres import copy as copying
from providers.databases.postgres.claim import claimed
from providers.databases.postgres.connection import libpq_settings
from providers.databases.postgres.errors import DatabaseTrouble
from tests.providers.databases.clusters import Line, Site
from tests.providers.databases.killed_copies import SHAPES
from wizard.errors import BlockedError, OutsideError
from wizard.model.database import Connection, MoveProgress, MoveResult
from wizard.ports.database import Snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")
probe, verifier = PostgresProbe(), PostgresVerifier()
SMALL = SHAPES.replace("(0, 6000)", "(0, 1500)")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shapes(left: Site) -> AsyncIterator[Connection]:
    """A small source with one of each. Tests that write to it take a twin."""
    connection = await left.fresh()
    await left.sql(connection, f"SET ROLE clinic_owner; {SMALL}")
    yield connection
    await left.server.drop_database(connection.database)


async def _copy(
    source: Connection, target: Connection, snapshot: Snapshot, **words: object
) -> MoveResult:
    options = {"move_id": "m", "jobs": 1, "chunk_bytes": 300_000, "reconnect_within": 30.0}
    return await copying.copy(source, target, snapshot=snapshot, **(options | words))  # type: ignore[arg-type]


class LossyLine(Line):
    """Drops every connection each time so many bytes have gone to the server, `times` times."""

    def __init__(self, to_port: int, after: int, times: int = 1) -> None:
        super().__init__(to_port)
        self._each = self._left = after
        self.times = times

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(16384):
                self._left -= len(block)
                if self._left < 0 and self.times:
                    self.times, self._left = self.times - 1, self._each
                    self.drop()
                    return
                writer.write(block)
                await writer.drain()
            writer.close()


async def test_second_run_at_the_same_time_is_refused(shapes: Connection, right: Site) -> None:
    target = await right.fresh()
    blocker = await psycopg.AsyncConnection.connect(
        **libpq_settings(shapes, "a migration"), autocommit=True
    )
    await blocker.execute("BEGIN; LOCK TABLE big IN ACCESS EXCLUSIVE MODE")
    begun = asyncio.Event()

    def heard(progress: MoveProgress) -> None:
        if progress.phase == "schema":
            begun.set()

    async with probe.snapshot(shapes) as snapshot:
        first = asyncio.create_task(_copy(shapes, target, snapshot, on_progress=heard))
        await begun.wait()
        with pytest.raises(BlockedError, match="another run is filling this target") as refused:
            await _copy(shapes, target, snapshot, resume=True, frozen=True)
        assert "is alive" in refused.value.detail
        await blocker.close()
        result = await first
    assert (result.resumed, sum(t.rows for t in result.tables)) == ("", 4452)


async def test_lock_of_a_run_whose_line_is_dead_is_taken_over(right: Site) -> None:
    target = await right.fresh()
    async with Line(right.server.port) as line:
        through = right.connection(target.database, port=line.port)
        async with claimed(through, "first", 0.1):
            line.stalled.set()
            async with claimed(target, "second", 0.1):
                rows = await right.sql(
                    target,
                    "SELECT application_name FROM pg_stat_activity WHERE application_name"
                    " LIKE 'moveday-pulse-%' AND datname = current_database()",
                )
            line.cut()
    assert rows == [("moveday-pulse-second",)]


async def test_line_to_the_target_comes_back_within_the_run(
    shapes: Connection, left: Site, right: Site
) -> None:
    """The view of the source stays open: even a source that lives loses nothing."""
    source, target = await left.twin(shapes.database), await right.fresh()
    async with (
        LossyLine(right.server.port, 900_000) as line,
        probe.snapshot(source) as snapshot,
    ):
        await left.sql(source, "UPDATE big SET body = 'written meanwhile' WHERE id = 1")
        through = right.connection(target.database, port=line.port)
        heard: list[str] = []
        result = await _copy(
            source, through, snapshot, on_progress=lambda told: heard.append(told.stalled)
        )
        assert "connection to the target database was lost: waits up to 30 s" in " ".join(heard)
        assert (line.times, heard[-1]) == (0, "")
        assert "lost once and came back" in result.resumed
        assert "same view of the source" in result.resumed
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    assert {t.name: t.rows for t in result.tables}["public.big"] == 1501


@pytest.mark.long
@pytest.mark.parametrize("lives", [False, True], ids=["still", "lives"])
async def test_line_to_the_source_comes_back_within_the_run(
    shapes: Connection, left: Site, right: Site, lives: bool
) -> None:
    source, target = await left.twin(shapes.database), await right.fresh()
    async with Line(left.server.port) as line:
        through = left.connection(source.database, port=line.port)
        dropped = False

        def heard(progress: MoveProgress) -> None:
            nonlocal dropped
            if progress.tables_done > 1 and not dropped:
                dropped = True
                line.drop()

        async with probe.snapshot(through) as snapshot:
            if lives:
                # Not in the view that is lost, and in the one that would be taken then.
                await left.sql(source, "INSERT INTO nothing_in_it VALUES (1)")
                with pytest.raises(OutsideError, match="void as a proof") as void:
                    await _copy(through, target, snapshot, on_progress=heard)
                assert "begins anew" in void.value.hint
                return
            result = await _copy(through, target, snapshot, on_progress=heard)
            assert "came back" in result.resumed
            verdict = await verifier.verify(through, target, snapshot=snapshot)
    assert dropped
    assert verdict.passed, verdict.failures


@pytest.mark.long
async def test_line_that_stays_away_is_said(shapes: Connection, right: Site) -> None:
    target = await right.fresh()
    async with Line(right.server.port) as line, probe.snapshot(shapes) as snapshot:
        through = right.connection(target.database, port=line.port)

        def heard(progress: MoveProgress) -> None:
            if progress.done_bytes:
                line.cut()

        with pytest.raises(DatabaseTrouble) as caught:
            await _copy(shapes, through, snapshot, on_progress=heard, reconnect_within=0.3)
    assert (caught.value.side, caught.value.exit_code) == ("target", 3)
    assert caught.value.kind in ("lost", "unreachable")


@pytest.mark.long
@pytest.mark.parametrize("crash", [False, True], ids=["maintenance", "crash"])
async def test_target_restarts_amid_the_copy(shapes: Connection, right: Site, crash: bool) -> None:
    target = await right.fresh()
    restarted: list[asyncio.Task[None]] = []

    def heard(progress: MoveProgress) -> None:
        if progress.tables_done > 2 and not restarted:
            restarted.append(asyncio.create_task(right.server.restart(crash=crash)))

    async with probe.snapshot(shapes) as snapshot:
        result = await _copy(shapes, target, snapshot, on_progress=heard)
        await restarted[0]
        assert "came back" in result.resumed
        verdict = await verifier.verify(shapes, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures


@pytest.mark.long
@pytest.mark.parametrize("source_is", ["moved", "crashed", "written to"])
async def test_source_fails_over_amid_the_copy(
    shapes: Connection, left: Site, right: Site, source_is: str
) -> None:
    """The view goes with the server. A frozen source goes on; one that was written to is void."""
    source, target = await left.twin(shapes.database), await right.fresh()
    restarted: list[asyncio.Task[None]] = []
    crash, frozen = source_is == "crashed", source_is != "written to"

    def heard(progress: MoveProgress) -> None:
        if progress.tables_done > 1 and not restarted:
            restarted.append(asyncio.create_task(left.server.restart(crash=crash)))

    async with probe.snapshot(source) as snapshot:
        if not frozen:
            await left.sql(source, "INSERT INTO nothing_in_it VALUES (1)")
            with pytest.raises(OutsideError, match="void as a proof"):
                await _copy(source, target, snapshot, on_progress=heard)
            await restarted[0]
            return
        result = await _copy(source, target, snapshot, on_progress=heard, frozen=True)
        await restarted[0]
        assert "came back" in result.resumed
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    # A crash empties unlogged tables: that the old side has lost rows is found and named.
    lost = {"public.scratch"} if crash else set()
    assert {check.subject for check in verdict.failures} <= lost, verdict.failures


@pytest.mark.long
async def test_short_timeouts_of_the_servers_cut_nothing_off(
    shapes: Connection, left: Site, right: Site
) -> None:
    source, target = await left.twin(shapes.database), await right.fresh()
    nap = "CREATE MATERIALIZED VIEW nap AS SELECT pg_sleep(0.5)::text AS t"
    await left.sql(source, f"SET ROLE clinic_owner; {nap}")
    for site, side in ((left, source), (right, target)):
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            await site.sql(side, f"ALTER DATABASE {side.database} SET {name} = '300ms'")
    async with probe.snapshot(source) as snapshot:
        await _copy(source, target, snapshot)
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of a few MB that the server may write to."""
    place = folder / "small"
    place.mkdir()
    process.give_to_nobody(place)
    owner = place.stat()
    words = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size=10m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}",
    ]
    words += ["tmpfs", str(place)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.long
async def test_full_disk_is_named_and_a_larger_one_goes_on(
    shapes: Connection, right: Site, small_disk: Path
) -> None:
    await right.sql(
        right.connection("postgres"), f"CREATE TABLESPACE small LOCATION '{small_disk}'"
    )
    target = await right.fresh()
    await right.sql(
        right.connection("postgres"), f"ALTER DATABASE {target.database} SET TABLESPACE small"
    )
    async with probe.snapshot(shapes) as snapshot:
        with pytest.raises(DatabaseTrouble, match="disk of the target database is full") as full:
            await _copy(shapes, target, snapshot)
        assert (full.value.kind, full.value.exit_code) == ("disk-full", 3)
        assert "larger disk" in full.value.hint
        subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
        result = await _copy(shapes, target, snapshot, resume=True)
        assert "kept" in result.resumed
        verdict = await verifier.verify(shapes, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    await right.server.drop_database(target.database)
    await right.sql(right.connection("postgres"), "DROP TABLESPACE small")
