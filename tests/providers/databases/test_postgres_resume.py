"""A copy that was killed or cut goes on where it ended, once it is proven that it may."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio

from providers import process
from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from providers.databases.postgres import copy as copying
from providers.databases.postgres.catalog import Table
from providers.databases.postgres.connection import libpq_settings
from providers.databases.postgres.effort import decide
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.progress import Progress
from tests.providers.databases.clusters import Line, Site
from tests.providers.databases.killed_copies import SHAPES, words_of
from wizard.errors import CheckFailedError
from wizard.model.database import Connection, MoveProgress, MoveResult

pytestmark = pytest.mark.asyncio(loop_scope="session")
probe, mover, verifier = PostgresProbe(), PostgresMover(), PostgresVerifier()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shapes(left: Site) -> AsyncIterator[Connection]:
    """A small source with one of each that is journalled. Tests that write to it say so."""
    connection = await left.fresh()
    await left.sql(connection, f"SET ROLE clinic_owner; {SHAPES}")
    yield connection
    await left.server.drop_database(connection.database)


class CutLine(Line):
    """Cut for good once so many bytes have gone to the server."""

    def __init__(self, to_port: int, after: int) -> None:
        super().__init__(to_port)
        self._left = after

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(16384):
                self._left -= len(block)
                if self._left < 0:
                    self.cut()
                    return
                writer.write(block)
                await writer.drain()
            writer.close()


async def _go_on(source: Connection, target: Connection, *, frozen: bool = False) -> MoveResult:
    async with probe.snapshot(source) as snapshot:
        result = await copying.copy(
            source,
            target,
            snapshot=snapshot,
            move_id="m",
            jobs=1,
            resume=True,
            frozen=frozen,
            chunk_bytes=1_500_000,
        )
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    return result


async def _cut(source: Connection, target: Connection, right: Site, after: int) -> None:
    async with CutLine(right.server.port, after) as line, probe.snapshot(source) as snapshot:
        through = right.connection(target.database, port=line.port)
        with pytest.raises(DatabaseTrouble) as caught:
            await copying.copy(
                source,
                through,
                snapshot=snapshot,
                move_id="m",
                jobs=1,
                resume=True,
                frozen=True,
                chunk_bytes=1_500_000,
            )
    assert caught.value.side == "target"
    assert caught.value.kind in ("lost", "unreachable")


async def test_thirty_kills_lose_and_double_nothing(shapes: Connection, right: Site) -> None:
    target = await right.fresh()
    order = {"source": words_of(shapes), "target": words_of(target), "kills": 30, "seed": 6}
    done = await process.run(
        [sys.executable, "-m", "tests.providers.databases.killed_copies"],
        env=process.environment(),
        stdin=json.dumps(order).encode(),
        deadline=220,
    )
    assert done.code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["kills"], found["ended_with"]) == (30, 0), (found, done.stderr)
    assert len(found["hits"]) > 2, found


async def test_cut_line_goes_on_where_it_ended(shapes: Connection, left: Site, right: Site) -> None:
    target = await right.fresh()
    for after in (60_000, 3_000_000, 3_000_000):
        await _cut(shapes, target, right, after)
    before = await right.sql(target, "SELECT step FROM moveday.steps WHERE step LIKE 'copy %'")
    assert before, await right.sql(target, "SELECT step, rows FROM moveday.steps")
    # Somebody else's transaction on the same server: only the freeze speaks for this source now.
    await left.sql(shapes, "SELECT txid_current()")
    result = await _go_on(shapes, target, frozen=True)
    assert "proven frozen" in result.resumed
    rows = {table.name: table.rows for table in result.tables}
    assert (rows["public.big"], rows["public.small_b"]) == (6001, 900)


async def test_live_source_begins_anew_and_says_so(
    shapes: Connection, left: Site, right: Site
) -> None:
    source, target = await left.twin(shapes.database), await right.fresh()
    await _cut(source, target, right, 4_000_000)
    await left.sql(source, "UPDATE big SET body = 'changed meanwhile' WHERE id = 1")
    result = await _go_on(source, target)
    assert result.resumed == ""
    assert "begun anew: the source lives" in result.note


@pytest.mark.parametrize(
    ("elsewhere", "why"),
    [
        ("SELECT 1", "nothing has been written in the source's cluster since"),
        # Another database's transaction, or autovacuum's: this one's own counters still tell.
        ("SELECT txid_current()", "by the source's counters, sequences and files nothing has been"),
    ],
)
async def test_unwritten_source_needs_no_freeze(
    shapes: Connection, left: Site, right: Site, elsewhere: str, why: str
) -> None:
    target = await right.fresh()
    await _cut(shapes, target, right, 4_000_000)
    await left.sql(shapes, elsewhere)
    result = await _go_on(shapes, target)
    assert why in result.resumed or "by the source's counters" in result.resumed


async def test_crash_that_emptied_an_unlogged_table(shapes: Connection, right: Site) -> None:
    target = await right.fresh()
    await _go_on(shapes, target)
    await right.sql(target, "TRUNCATE scratch")
    with pytest.raises(CheckFailedError, match="emptied an unlogged table") as refused:
        await _go_on(shapes, target, frozen=True)
    assert "public.scratch held 50 rows" in refused.value.detail
    # Before triggers are there it is simply filled again.
    await right.sql(
        target,
        "DELETE FROM moveday.steps WHERE step !~ '^(view|schema|ranges|copy|index|key|large)';"
        " DROP TRIGGER bark ON small_b; DROP MATERIALIZED VIEW sums;"
        " ALTER TABLE second DROP CONSTRAINT second_parent_fkey;"
        " ALTER TABLE small_b DROP CONSTRAINT small_b_a_fkey;"
        " ALTER TABLE big DROP CONSTRAINT big_parent_fkey; CREATE MATERIALIZED VIEW sums AS"
        " SELECT parent, count(*) AS n FROM big GROUP BY 1 WITH NO DATA;"
        " ALTER MATERIALIZED VIEW sums OWNER TO clinic_owner",
    )
    result = await _go_on(shapes, target, frozen=True)
    assert {t.name: t.rows for t in result.tables}["public.scratch"] == 50


async def test_what_others_wrote_is_refused(shapes: Connection, right: Site) -> None:
    target = await right.fresh()
    await _cut(shapes, target, right, 5_000_000)
    await right.sql(target, "INSERT INTO nothing_in_it VALUES (1)")
    with pytest.raises(CheckFailedError, match="somebody else has changed the target") as refused:
        await _go_on(shapes, target, frozen=True)
    assert "public.nothing_in_it holds 1 rows" in refused.value.detail


@pytest.mark.parametrize(
    ("round_trip", "room", "jobs", "expected"),
    [
        (0.0003, (90, 90), None, (2, 2, False, "2 processors here")),
        (0.04, (90, 90), None, (4, 4, True, "several streams fill a long line")),
        (0.0003, (90, 90), 6, (6, 6, False, "6 asked for")),
        (0.04, (5, 90), None, (2, 4, True, "the source has no more connections free")),
        (0.0003, (90, 3), None, (1, 1, False, "the target has no more connections free")),
        (0.0003, (2, 2), None, (1, 1, False, "no more connections free")),
    ],
)
async def test_number_of_workers_has_a_reason(
    round_trip: float,
    room: tuple[int, int],
    jobs: int | None,
    expected: tuple[int, int, bool, str],
) -> None:
    effort = decide(2, round_trip, room, jobs)
    assert (effort.copiers, effort.builders, effort.far) == expected[:3]
    assert expected[3] in effort.words


async def test_blocking_session_is_named_and_the_pace_told(
    shapes: Connection, left: Site, right: Site
) -> None:
    target = await right.fresh()
    heard: list[MoveProgress] = []
    blocker = await psycopg.AsyncConnection.connect(
        **libpq_settings(shapes, "web.1 of the clinic"), autocommit=True
    )
    await blocker.execute("BEGIN; LOCK TABLE big IN ACCESS EXCLUSIVE MODE")
    freed = asyncio.Event()

    def hear(progress: MoveProgress) -> None:
        heard.append(progress)
        if progress.stalled:
            freed.set()

    async def free() -> None:
        await freed.wait()
        await blocker.close()

    freeing = asyncio.create_task(free())
    async with probe.snapshot(shapes) as snapshot:
        await copying.copy(
            shapes, target, snapshot=snapshot, move_id="m", on_progress=hear, stall_period=0.2
        )
    await freeing
    named = next(progress.stalled for progress in heard if progress.stalled)
    assert "of clinic_owner “web.1 of the clinic” holds at the source" in named
    assert heard[-1].stalled == ""
    assert all("copying" in progress.choice for progress in heard if progress.tables_total)


async def test_pace_is_a_range() -> None:
    class Still:
        now = 0.0

        def elapsed(self) -> float:
            return self.now

    heard: list[MoveProgress] = []
    clock = Still()
    progress = Progress(heard.append, clock)  # type: ignore[arg-type]
    progress.expect([Table(1, "t", 10_000, 1, ("a",), True)])
    for clock.now, done in ((0.0, 0), (1.0, 100), (3.0, 300), (12.0, 3_000), (20.0, 7_000)):
        progress.table(1).bytes = done
        progress.report(urgent=True)
    assert [p.left is None for p in heard] == [True, True, False, False, False]
    late, mean = 4_000 / 8, 6_900 / 19
    assert heard[-1].rate == late
    assert heard[-1].left == (3_000 / late, 3_000 / mean)
