"""The job that is started once and waits: told and heard through the target, killed, doubled."""

import asyncio
import sys
from pathlib import Path

import psycopg
import pytest

from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from tests.providers.databases import planted
from tests.providers.databases.clusters import Line, Site
from tests.providers.databases.serving_jobs import END, JOBS, serving
from tests.providers.databases.source_jobs import url_of
from wizard.errors import OutsideError, UsageError
from wizard.model.database import Connection
from wizard.model.source_job import JobOrder, KeptSecret

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform != "linux", reason="a job's container is Linux"),
]
WAITING = "SELECT count(*) FROM changed WHERE note LIKE 'row 1%' -- it's 10\\gset"
REFUSED = "SELECT count(*) FROM nobody_made_it"


async def test_it_does_all_that_a_move_asks_and_ends_when_told(
    source: Connection, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    async with serving(source, target, tmp_path, WAITING, REFUSED, "SELECT 'x'") as job:
        container = await job.start()
        await job.heard(until=lambda heard: heard.there)
        probe = await JOBS.read(await job.ask("probe"), target)
        assert probe.facts == await PostgresProbe().facts(source)
        assert list(probe.findings) == list(await PostgresProbe().preflight(source, target))

        looks = [await JOBS.look(await job.ask("look")) for _ in range(2)]
        own = await PostgresProbe().write_counters(source)
        # Autovacuum and other databases of the server move the horizon: each look has its own.
        assert all(look.counts_as(own) and look.horizon for look in [*looks, own])

        counted = await job.ask("count")
        assert await JOBS.counted(counted, [WAITING]) == (
            await PostgresProbe().count(source, WAITING),
        )
        with pytest.raises(UsageError, match="one whole number"):
            await JOBS.counted(counted, ["SELECT 'x'"])
        with pytest.raises(UsageError, match="refuses a counting query"):
            await JOBS.counted(counted, [REFUSED])

        copied = await JOBS.compare(await job.ask("copy"), target)
        assert (copied.verdict.passed, copied.troubles) == (True, ()), copied.verdict.failures
        assert await PostgresMover().owner(target) == job.order.move
        verified = await JOBS.compare(await job.ask("verify"), target)
        assert verified.verdict.passed
        left_over = (await PostgresVerifier().verify(source, target, snapshot=None)).failures
        assert left_over == ()

        assert await job.ask("end") == "ended"
        ended = await job.heard(until=lambda heard: bool(heard.ended))
        assert not ended.there
        # Its platform sees a container that works; started anew, it works no more either.
        assert container.child.returncode is None
        await container.kill()
        again = await job.start()
        async with asyncio.timeout(END):
            while "does nothing any more" not in again.log.read_text():
                await asyncio.sleep(0.1)
        assert again.child.returncode is None
        assert "canary" not in job.logs()
        await JOBS.serving.forget(target, job.job)
        assert await JOBS.serving.hear(target, job.job) is None
        assert await PostgresMover().owner(target) == job.order.move


async def test_killed_amid_a_copy_it_begins_anew_and_a_second_one_stands_back(
    left: Site, right: Site, tmp_path: Path
) -> None:
    source, target = await planted.small(left), await right.fresh()
    async with serving(source, target, tmp_path) as job:
        first = await job.start()
        await job.heard(until=lambda heard: heard.there)
        async with await psycopg.AsyncConnection.connect(url_of(source)) as holding:
            await holding.execute("LOCK TABLE guarded IN ACCESS EXCLUSIVE MODE")
            await job.heard("copy", "c1", until=lambda heard: heard.tries == 1)
            async with asyncio.timeout(END):
                while await PostgresMover().owner(target) is None:
                    await asyncio.sleep(0.1)
            # Two of the same: only one is at work, and the other does not touch the copy.
            second = await job.start()
            async with asyncio.timeout(END):
                while "stands back" not in second.log.read_text():
                    await asyncio.sleep(0.1)
            await right.sql(target, "CREATE TABLE half_a_copy (id int)")
            await first.kill()
            taken = await job.heard("copy", "c1", until=lambda heard: heard.tries == 2)
            assert (taken.boots, taken.answer) == (2, "")
        heard = await job.heard("copy", "c1", until=lambda heard: bool(heard.answer))
        assert (await JOBS.compare(heard.answer, target)).verdict.passed
        # Its answer stands: whoever comes back later reads it, and nothing is done twice.
        assert (await job.heard("copy", "c1", until=lambda heard: True)).tries == 2


async def test_a_target_that_goes_away_and_an_order_that_is_lost(
    source: Connection, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    async with Line(target.port) as line:
        through = target.model_copy(update={"port": line.port})
        async with serving(source, through, tmp_path) as job:
            await job.start()
            await job.heard(until=lambda heard: heard.there)
            line.drop()
            await JOBS.look(await job.ask("look"))
            await job.heard(until=lambda heard: heard.there)
            assert job.logs().count("waits for its orders") == 1
            async with await psycopg.AsyncConnection.connect(url_of(target)) as holding:
                # It cannot begin while this is held; meanwhile its order is lost.
                await holding.execute("LOCK TABLE moveday.job_orders IN SHARE ROW EXCLUSIVE MODE")
                asked = asyncio.create_task(job.ask("look"))
                await asyncio.sleep(0.5)
                await holding.execute("DELETE FROM moveday.job_orders")
            await JOBS.look(await asked)
            await right.sql(target, "DROP SCHEMA moveday CASCADE")
            assert await JOBS.serving.hear(target, job.job, "look", "m") is None
            # Nothing waits for it: it makes nothing in a database that may be an app's by now.
            async with asyncio.timeout(END):
                while "nothing in the target waits" not in job.logs():
                    await asyncio.sleep(0.1)
            assert await PostgresMover().is_empty(target)


async def test_what_is_wrong_with_the_source_is_its_answer(right: Site, tmp_path: Path) -> None:
    target = await right.fresh()
    nowhere = target.model_copy(update={"port": 1})
    async with serving(nowhere, target, tmp_path) as job:
        await job.start()
        with pytest.raises(OutsideError, match="could not reach the source"):
            await JOBS.look(await job.ask("look"))
    (tmp_path / "old").write_text("mysql://root:pw-canary@db/app")
    async with serving(nowhere, target, tmp_path) as job:
        (tmp_path / "old").write_text("mysql://root:pw-canary@db/app")
        await job.start()
        with pytest.raises(UsageError, match="MySQL"):
            await JOBS.counted(await job.ask("count"), [])
        await right.sql(target, "CREATE TABLE theirs (id int)")
        with pytest.raises(UsageError, match="MySQL"):
            await JOBS.compare(await job.ask("copy"), target)
        assert "canary" not in job.logs()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": None}, "a copy names source and target"),
        ({"queries": ("SELECT 1; DELETE FROM jobs",)}, "must be one statement"),
        ({"move": 'clinic"'}, "signs that a job cannot take"),
    ],
)
async def test_an_unusable_order_is_refused(change: dict[str, object], words: str) -> None:
    kept_at = KeptSecret(file="/run/secrets/url")
    order = JobOrder(kind="serve", job="a1", major=16, source=kept_at, target=kept_at)
    with pytest.raises(UsageError, match=words):
        JOBS.script(order.model_copy(update=change))
