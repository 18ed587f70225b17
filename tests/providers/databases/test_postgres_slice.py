"""A slice of the rows is timed, over every line there is, and nothing of it stays."""

import pytest

from providers.databases.postgres import PostgresMover, PostgresSliceTimer
from tests.providers.databases.clusters import Line, Site
from wizard.engine.routes import compare_routes
from wizard.errors import CheckFailedError
from wizard.model.database import Connection
from wizard.model.routes import Route

pytestmark = pytest.mark.asyncio(loop_scope="session")
timer = PostgresSliceTimer()

LEFT_BEHIND = """
    SELECT (SELECT count(*) FROM pg_class WHERE relname = 'moveday_slice'),
           (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'moveday-slice')
"""


async def test_rows_go_over_both_lines_and_none_stays(clinic: Connection, right: Site) -> None:
    target = await right.fresh()
    async with Line(right.server.port) as one, Line(right.server.port) as other:
        lines = target.model_copy(update={"port": one.port, "more_ports": (other.port,)})
        found = await timer.time_slice(clinic, lines, seconds=0.3, jobs=2)
        # A relay's own view: connections it carried (two ends each); the first also the look.
        assert (one.carried, other.carried) == (2, 1)
    assert (found.streams, found.bytes > 250_000, found.seconds > 0) == (2, True, True)
    # What rows take in the files is near what they take on the line, and never the same.
    assert found.stored_bytes is not None
    assert 0.3 < found.bytes / found.stored_bytes < 3
    assert await right.sql(target, LEFT_BEHIND) == [(0, 0)]
    assert await PostgresMover().is_empty(target)


async def test_a_way_that_cannot_be_had_is_named_and_the_next_is_tried(
    clinic: Connection, right: Site
) -> None:
    target, said = await right.fresh(), list[str]()
    async with Line(right.server.port) as line:
        gone = target.model_copy(update={"port": line.port})
    found = await compare_routes(timer, clinic, direct=gone, say=said.append, seconds=0.1)
    assert (found.recommended, said[0][:10]) == (None, "directly: ")
    assert "cannot be reached" in said[0]
    found = await compare_routes(timer, clinic, direct=target, say=said.append, seconds=0.1)
    assert found.recommended == Route()
    assert found.forecasts[0].shortest <= found.forecasts[0].longest
    # Near, not the same: a vacuum in the background may add its maps between the two looks.
    stored = await timer.stored_bytes(clinic)
    assert found.stored_bytes == pytest.approx(stored, rel=0.05) and stored > 1_000_000


async def test_nothing_can_be_timed_without_a_row(left: Site, right: Site) -> None:
    source = await left.fresh()
    await left.sql(source, "CREATE TABLE empty(id int)")
    with pytest.raises(CheckFailedError, match="no row"):
        await timer.time_slice(source, await right.fresh(), seconds=0.1)
