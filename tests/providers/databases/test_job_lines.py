"""The runbook's lines of a move by a job, between two real clusters; a person starts it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from providers.databases.postgres import PostgresMover, PostgresProbe
from tests.providers.databases import planted
from tests.providers.databases.clusters import Site
from tests.providers.databases.job_platform import (
    ADDRESS,
    NewSide,
    Platform,
    live_run,
    open_clinic,
    told,
)
from tests.providers.databases.source_jobs import url_of
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.database import WriteCounters
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.lines.accept import ACCEPT
from wizard.runbook.lines.data import MOVE, PREFLIGHT, VERIFY
from wizard.runbook.lines.entrance import ENTRANCE
from wizard.runbook.lines.frozen import FREEZE_PROVEN, QUEUE_DRAINED, STILL_FROZEN, still_frozen
from wizard.runbook.lines.job_gone import JOB_GONE
from wizard.runbook.lines.job_ready import JOB_READY
from wizard.runbook.runner import run_tasks
from wizard.runbook.task import Task
from wizard.runbook.way_back import go_back

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform != "linux", reason="a job's container is Linux"),
]


async def _looked(context: RunContext) -> Evidence:
    return context.proof("looked", "the old side")


BEFORE = (ENTRANCE, JOB_READY, PREFLIGHT)
# The switch looks at the old side once more, after the marker has gone.
SWITCH = Task(id="switch", title="a look", side="dns", check=_looked, do=still_frozen, repeat=True)
FROZEN = (QUEUE_DRAINED, FREEZE_PROVEN, MOVE, VERIFY, STILL_FROZEN, ACCEPT, SWITCH, JOB_GONE)


def in_turn(*tasks: Task) -> list[Task]:
    """One after the other, whatever else they need in the whole runbook."""
    return [replace(task, needs=(tasks[at - 1].id,) if at else ()) for at, task in enumerate(tasks)]


@pytest_asyncio.fixture(loop_scope="session")
async def sides(left: Site, right: Site, tmp_path: Path) -> AsyncIterator[tuple[Platform, NewSide]]:
    platform = Platform(await planted.small(left), tmp_path)
    yield platform, NewSide(await right.fresh(), right)
    await platform.end()


async def test_a_whole_move_of_a_database_that_moveday_never_connects_to(
    sides: tuple[Platform, NewSide], tmp_path: Path
) -> None:
    platform, side = sides
    session = open_clinic(tmp_path / "app", platform, side)
    context = live_run(session)
    await run_tasks(context, in_turn(*BEFORE, *FROZEN))
    await context.resources.aclose()
    done = told(session)
    assert list(done) == [task.id for task in (*BEFORE, *FROZEN)]
    assert ADDRESS in done["entrance"]
    assert done["queue-drained"] == "queues empty: work"
    assert "source and copy hold the same" in done["verify"]
    (container,) = platform.containers
    assert f"{container}: ended; its secrets are gone" in done["job-gone"]
    assert side.entrance is None
    assert platform.ended == [container]
    assert [path.name for path in tmp_path.glob("moveday-*")] == [f"{container}.log"]
    written = tmp_path / "app" / ".moveday" / "runs" / "1" / f"{container}.sh"
    for path in (written, session.journal.path, tmp_path / f"{container}.log"):
        assert "pw-canary" not in path.read_text(), path
    # Nothing of moveday is left in a database that the app lives on, and none of it was counted.
    left = "SELECT to_regnamespace('moveday')"
    assert await side.site.sql(side.connection, left) == [(None,)]
    accepted = WriteCounters.model_validate(context.recall("accepted/portal-db-live"))
    assert await PostgresProbe().changes_since(side.connection, accepted) == 0
    assert context.recall("facts")
    session.journal.close()


async def test_cut_off_amid_the_copy_it_is_heard_again_and_taken_back_whole(
    sides: tuple[Platform, NewSide], left: Site, tmp_path: Path
) -> None:
    platform, side = sides
    session = open_clinic(tmp_path / "app", platform, side)
    context = live_run(session)
    await run_tasks(context, in_turn(*BEFORE, FREEZE_PROVEN))
    lines = in_turn(*BEFORE, FREEZE_PROVEN, MOVE, VERIFY)
    async with await psycopg.AsyncConnection.connect(url_of(platform.database_there)) as holding:
        await holding.execute("LOCK TABLE guarded IN ACCESS EXCLUSIVE MODE")
        going = asyncio.create_task(run_tasks(context, lines))
        async with asyncio.timeout(120):
            while not going.done() and await PostgresMover().owner(side.connection) is None:
                await asyncio.sleep(0.1)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    await context.resources.aclose()
    session.journal.close()

    again = open_clinic(tmp_path / "app", platform, side)
    context = live_run(again)
    await run_tasks(context, lines)
    assert len(platform.containers) == 1
    orders = "SELECT kind, tries FROM moveday.job_orders WHERE kind = 'copy'"
    assert await side.site.sql(side.connection, orders) == [("copy", 1)]
    assert context.recall("void") is None

    # Written to after the proof: seen by the job, whatever else is done already.
    await left.sql(platform.database_there, "INSERT INTO changed (note) VALUES ('late')")
    with pytest.raises(CheckFailedError, match="written to after the freeze"):
        await run_tasks(context, in_turn(*BEFORE, FREEZE_PROVEN, MOVE, VERIFY, STILL_FROZEN))
    await context.resources.aclose()

    back = live_run(again)
    await go_back(back, lines)
    (container,) = platform.containers
    assert side.entrance is None
    assert platform.ended == [container]
    assert not (tmp_path / f"{container}-source").exists()
    async with asyncio.timeout(60):
        while "does nothing any more" not in (tmp_path / f"{container}.log").read_text():
            await asyncio.sleep(0.1)
    again.journal.close()


async def test_nobody_starts_it(sides: tuple[Platform, NewSide], tmp_path: Path) -> None:
    """The request stays open; the next start asks for the same container again."""
    platform, side = sides
    session = open_clinic(tmp_path / "app", platform, side)
    session.front.at_hand, session.front.patience = False, 0.1  # type: ignore[attr-defined]
    asked = session.front.asked  # type: ignore[attr-defined]
    for _ in range(2):
        context = live_run(session)
        with pytest.raises(BlockedError, match="a person's task is open"):
            await run_tasks(context, in_turn(*BEFORE))
        await context.resources.aclose()
    assert asked[0].start == asked[1].start
    assert asked[0].start.image == "postgres:18"
    session.journal.close()


async def test_gone_from_its_platform_it_is_asked_for_again_and_goes_on(
    sides: tuple[Platform, NewSide], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.runbook.lines.far_job.SILENT_WITHIN", 1.0)
    platform, side = sides
    session = open_clinic(tmp_path / "app", platform, side)
    context = live_run(session)
    await run_tasks(context, in_turn(*BEFORE))
    ((container, _),) = platform.containers.items()

    # Nobody is there to start it: the run stops with the request, and nothing is lost.
    await platform.end()
    (tmp_path / f"{container}-target").unlink()
    session.front.at_hand, session.front.patience = False, 0.1  # type: ignore[attr-defined]
    with pytest.raises(BlockedError, match="start the job beside the source again"):
        await run_tasks(context, in_turn(*BEFORE, FREEZE_PROVEN))
    asked = session.front.asked  # type: ignore[attr-defined]
    assert asked[-1].start == asked[0].start
    assert "not heard for 1" in asked[-1].text and container in asked[-1].text

    # With somebody there it goes on by itself; the secret that was gone is kept again.
    session.front.at_hand, session.front.patience = True, 120.0  # type: ignore[attr-defined]
    await run_tasks(context, in_turn(*BEFORE, *FROZEN))
    await context.resources.aclose()
    assert len([each for each in asked if each.start is not None]) == 3
    assert f"{container}: ended" in told(session)["job-gone"]
    session.journal.close()
