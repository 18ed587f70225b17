"""The job beside the source: a real sh with the bundled programs, between two real clusters."""

from pathlib import Path

import pytest

from providers.databases.postgres import PostgresProbe, PostgresVerifier
from providers.databases.postgres.job.jobs import PostgresJobs
from tests.providers.databases import planted
from tests.providers.databases.clusters import Site
from tests.providers.databases.source_jobs import kept, leftovers, run_job
from wizard.model.database import Connection
from wizard.model.source_job import JobKind, JobOrder, KeptSecret

pytestmark = pytest.mark.asyncio(loop_scope="session")
JOBS = PostgresJobs()


def order_for(kind: JobKind, source: Path, **more: object) -> JobOrder:
    """A job that reads the source's URL from a file."""
    given = {"job": "a1b2c3", "major": 18, "source": KeptSecret(file=str(source)), **more}
    return JobOrder(kind=kind, **given)  # type: ignore[arg-type]


async def small(site: Site) -> Connection:
    """A small database with a place for every difference."""
    connection = await site.fresh()
    await site.sql(connection, planted.SCHEMA)
    return connection


async def test_a_probe_finds_what_the_laptop_would(left: Site, right: Site, tmp_path: Path) -> None:
    source, target = await small(left), await right.fresh()
    order = order_for("probe", kept(tmp_path, source, "url"))
    ran = await run_job(JOBS.script(order), tmp_path)
    assert ran.code == 0, ran.err
    found = await JOBS.read(ran.out, target)
    assert found.facts == await PostgresProbe().facts(source)
    assert list(found.findings) == list(await PostgresProbe().preflight(source, target))
    assert not list(leftovers())


async def test_a_verification_is_the_verifiers_own(left: Site, right: Site, tmp_path: Path) -> None:
    source, target = await small(left), await small(right)
    ran = await run_job(JOBS.script(order_for("verify", kept(tmp_path, source, "url"))), tmp_path)
    assert ran.code == 0, ran.err
    found = await JOBS.compare(ran.out, target)
    own = await PostgresVerifier().verify(source, target, snapshot=None)
    assert found.verdict.checks == own.checks
    assert found.verdict.passed, found.verdict.failures

    await right.sql(target, planted.PLANTED)
    found = await JOBS.compare(ran.out, target)
    own = await PostgresVerifier().verify(source, target, snapshot=None)
    named = {(one.kind, one.subject, one.result) for one in found.verdict.failures}
    assert named == {(one.kind, one.subject, one.result) for one in own.failures}


async def test_a_copy_arrives_whole(left: Site, right: Site, tmp_path: Path) -> None:
    source, target = await small(left), await right.fresh()
    order = order_for(
        "copy",
        kept(tmp_path, source, "url"),
        target=KeptSecret(file=str(kept(tmp_path, target, "new"))),
        target_ca=Path(target.ca_file).read_text(),
    )
    ran = await run_job(JOBS.script(order), tmp_path)
    assert ran.code == 0, ran.err
    found = await JOBS.compare(ran.out, target)
    assert found.troubles == ()
    assert found.verdict.passed, found.verdict.failures
