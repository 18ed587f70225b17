"""The source listens where no process of ours can connect; the job runs there and copies it."""

import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from providers.bundled_postgres import programs
from providers.databases.postgres import PostgresMover, PostgresProbe
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.job.jobs import PostgresJobs
from providers.sandbox.authority import Authority
from providers.sandbox.postgres.cluster import Cluster
from tests.journeys.secret_search import ProcessWatch, search
from tests.providers.databases import planted
from tests.providers.databases.clusters import OWNER, PASSWORD, Site
from tests.providers.databases.out_of_reach import Inside, inside
from tests.providers.databases.source_jobs import leftovers, run_job, url_of
from wizard.model.database import Connection
from wizard.model.source_job import JobOrder, KeptSecret

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's"),
]
JOBS = PostgresJobs()


class Hidden:
    """A source inside its network, and how it is reached there."""

    def __init__(self, network: Inside, connection: Connection) -> None:
        self.network = network
        self.connection = connection


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hidden(folder: Path, authority: Authority) -> AsyncIterator[Hidden]:
    cluster = Cluster(folder / "hidden", programs(), 18)
    await cluster.start()
    try:
        async with cluster.connection("postgres") as session:
            literal = PASSWORD.replace("'", "''")
            await session.execute(
                f"CREATE ROLE {OWNER} LOGIN PASSWORD '{literal}'"  # type: ignore[arg-type]
            )
            # What Azure gives to the administrators of its servers.
            await session.execute(f"CREATE ROLE azure_pg_admin ROLE {OWNER}")  # type: ignore[arg-type]
            await session.execute(f"CREATE DATABASE hidden OWNER {OWNER}")  # type: ignore[arg-type]
        async with cluster.connection("hidden") as session:
            await session.execute(planted.SCHEMA.encode())
        async with inside() as network:
            port = await network.serve(folder, "hidden", authority, cluster.socket)
            site = Site(None, authority.ca_file)  # type: ignore[arg-type]
            yield Hidden(network, site.connection("hidden", port))
    finally:
        await cluster.stop()


async def test_no_process_of_ours_can_connect(hidden: Hidden) -> None:
    with pytest.raises(DatabaseTrouble) as caught:
        await PostgresProbe().facts(hidden.connection)
    assert caught.value.kind == "unreachable"
    with socket.socket() as ours, pytest.raises(ConnectionRefusedError):
        ours.connect(("127.0.0.1", hidden.connection.port))


async def test_a_probe_from_there_knows_azures_roles(hidden: Hidden, tmp_path: Path) -> None:
    order = JobOrder(kind="probe", job="c1", major=18, source=KeptSecret(variable="OLD_URL"))
    url = {"OLD_URL": url_of(hidden.connection)}
    ran = await run_job(JOBS.script(order), tmp_path, *hidden.network.prefix, **url)
    rules = {one.rule: one for one in (await JOBS.read(ran.out, None)).findings}
    assert rules["DB71"].subject == "azure_pg_admin"
    assert "NOSUPERUSER" in rules["DB71"].remedy


async def test_the_job_copies_from_there_and_no_secret_is_seen(
    hidden: Hidden, right: Site, authority: Authority, folder: Path, tmp_path: Path
) -> None:
    target = await right.fresh()
    server = right.server
    address = server.socket_dir / f".s.PGSQL.{server.socket_port}"
    port = await hidden.network.serve(folder, "outward", authority, address)
    outward = target.model_copy(update={"port": port})
    order = JobOrder(
        kind="copy",
        job="c0ffee",
        major=18,
        source=KeptSecret(variable="OLD_URL"),
        target=KeptSecret(variable="NEW_URL"),
        target_ca=authority.ca_file.read_text(),
    )
    script = JOBS.script(order)
    watch = ProcessWatch()
    with watch.watching():
        ran = await run_job(
            script,
            tmp_path,
            *hidden.network.prefix,
            watch=watch,
            OLD_URL=url_of(hidden.connection),
            NEW_URL=url_of(outward),
        )
    assert ran.code == 0, ran.err

    secrets = {"password": PASSWORD, "url": url_of(hidden.connection)}
    rows = {"a row": "mrn-canary-81", "another": "canary-note"}
    assert search(secrets, watch.artefacts()) == []
    for seen in ("pg_dump", "environ of a child b'pg_restore"):
        assert any(seen in name for name in watch.seen), seen
    assert search(secrets | rows, [("log", ran.out.encode()), ("talk", ran.err.encode())]) == []
    assert search(secrets, [("program", script.encode())]) == []
    assert not leftovers(tmp_path)

    found = await JOBS.compare(ran.out, target)
    assert (found.troubles, found.unproven) == ((), False)
    assert found.verdict.passed, found.verdict.failures
    assert await PostgresMover().owner(target) == order.move_id

    await right.sql(target, "UPDATE changed SET note = 'other' WHERE id = 7")
    found = await JOBS.compare(ran.out, target)
    assert [(one.kind, one.subject) for one in found.verdict.failures] == [
        ("checksum", "public.changed")
    ]
