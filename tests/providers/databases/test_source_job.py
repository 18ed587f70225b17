"""The job beside the source: a real sh with the bundled programs, between two real clusters."""

import asyncio
import sys
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from providers.databases.postgres import PostgresProbe, PostgresVerifier
from providers.databases.postgres.job.jobs import PostgresJobs
from tests.providers.databases import planted
from tests.providers.databases.clusters import Site
from tests.providers.databases.source_jobs import kept, leftovers, run_job, url_of
from wizard.errors import CheckFailedError, MovedayError, OutsideError, UsageError
from wizard.model.database import Connection
from wizard.model.source_job import JobKind, JobOrder, KeptSecret

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform != "linux", reason="a job's container is Linux"),
]
JOBS = PostgresJobs()
NOWHERE = Connection(
    host="localhost", port=1, database="d", user="u", password=SecretStr("no-password")
)


def order_for(kind: JobKind, source: Path, **more: object) -> JobOrder:
    """A job that reads the source's URL from a file."""
    given = {"job": "a1b2c3", "major": 18, "source": KeptSecret(file=str(source)), **more}
    return JobOrder(kind=kind, **given)  # type: ignore[arg-type]


async def test_a_probe_finds_what_the_laptop_would(
    source: Connection, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    order = order_for("probe", kept(tmp_path, source, "url"))
    ran = await run_job(JOBS.script(order), tmp_path)
    assert ran.code == 0, ran.err
    found = await JOBS.read(ran.out, target)
    assert found.facts == await PostgresProbe().facts(source)
    assert list(found.findings) == list(await PostgresProbe().preflight(source, target))
    assert not leftovers(tmp_path)


async def test_a_verification_is_the_verifiers_own(
    source: Connection, right: Site, tmp_path: Path
) -> None:
    target = await planted.small(right)
    ran = await run_job(JOBS.script(order_for("verify", kept(tmp_path, source, "url"))), tmp_path)
    assert ran.code == 0, ran.err
    found = await JOBS.compare(ran.out, target)
    own = await PostgresVerifier().verify(source, target, snapshot=None)
    assert found.verdict.checks == own.checks
    assert found.verdict.passed, found.verdict.failures

    text = order_for("verify", kept(tmp_path, source, "url"), text_sums=True)
    as_text = await JOBS.compare((await run_job(JOBS.script(text), tmp_path)).out, target)
    assert as_text.verdict.passed, as_text.verdict.failures

    await right.sql(target, planted.PLANTED)
    found = await JOBS.compare(ran.out, target)
    own = await PostgresVerifier().verify(source, target, snapshot=None)
    named = {(one.kind, one.subject, one.result) for one in found.verdict.failures}
    assert named == {(one.kind, one.subject, one.result) for one in own.failures}


async def test_a_target_that_is_not_fresh_is_left_alone(
    source: Connection, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    secrets = kept(tmp_path, source, "url"), kept(tmp_path, target, "new")
    order = order_for("copy", secrets[0], target=KeptSecret(file=str(secrets[1])))
    with pytest.raises(UsageError, match="no job has left a report"):
        await JOBS.compare("", target)
    await right.sql(target, "CREATE TABLE theirs (id int)")
    ran = await run_job(JOBS.script(order), tmp_path)
    assert ran.code == 1
    with pytest.raises(CheckFailedError, match="not fresh") as caught:
        await JOBS.compare(ran.out, target)
    assert "theirs" in caught.value.detail

    await right.sql(target, "DROP TABLE theirs")
    assert (await run_job(JOBS.script(order), tmp_path)).code == 0
    other = order.model_copy(update={"job": "another"})
    ran = await run_job(JOBS.script(other), tmp_path)
    with pytest.raises(CheckFailedError, match="another move's copy"):
        await JOBS.compare(ran.out, target)

    # The same job may begin anew: what it left is emptied first.
    await right.sql(target, "DROP TABLE changed CASCADE; CREATE TABLE half (id int)")
    again = await run_job(JOBS.script(order), tmp_path)
    found = await JOBS.compare(again.out, target)
    assert (found.verdict.passed, found.unproven, found.troubles) == (True, True, ())


async def test_what_the_target_refuses_is_judged_by_rules_and_azures_own_stays(
    left: Site, right: Site, folder: Path, tmp_path: Path
) -> None:
    """The type of an extension that only Azure has: its table cannot be made, nor its rows."""
    where = folder / "azure" / "extension"
    where.mkdir(parents=True)
    (where / "azure_storage.control").write_text("default_version = '1.0'\nsuperuser = true\n")
    (where / "azure_storage--1.0.sql").write_text("CREATE TYPE azure_kind AS ENUM ('canary-a');\n")
    source, target = await left.fresh(), await right.fresh()
    await left.sql(
        source,
        f"SET extension_control_path = '{folder}/azure:$system'; CREATE EXTENSION azure_storage;"
        " SET ROLE clinic_owner; CREATE TABLE plain (id int PRIMARY KEY); CREATE TABLE blobs"
        " (id int PRIMARY KEY, kind azure_kind, note text); INSERT INTO plain VALUES (1);"
        " INSERT INTO blobs VALUES (1, 'canary-a', 'canary; SELECT 1'); ANALYZE",
    )
    old, new = kept(tmp_path, source, "url"), kept(tmp_path, target, "new")
    ran = await run_job(
        JOBS.script(order_for("copy", old, target=KeptSecret(file=str(new)))), tmp_path
    )
    assert "canary" not in ran.out + ran.err
    found = await JOBS.compare(ran.out, target)
    assert found.left_out[0].startswith("EXTENSION - azure_storage"), found.left_out
    assert {(one.rule, one.severity) for one in found.fatal} == {("DR30", "fatal")}
    assert any(one.entry == "TABLE DATA public.blobs" for one in found.fatal), found.fatal
    differ = {(one.kind, one.subject) for one in found.verdict.failures}
    assert ("checksum", "public.blobs") in differ
    assert ("checksum", "public.plain") not in differ
    of_azure = [one for one in found.verdict.checks if one.subject == "azure_storage"]
    assert [one.result for one in of_azure] == ["explained"]

    ran = await run_job(JOBS.script(order_for("probe", old)), tmp_path)
    rules = {one.rule: one for one in (await JOBS.read(ran.out, target)).findings}
    assert rules["DB70"].subject == "azure_storage"
    assert not {"DB3", "DB15"} & rules.keys()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://root:pw-canary@db/app", "MySQL"),
        ("mysql+pymysql://root:pw-canary@db/app", "MySQL"),
        ("postgres://u:pw-canary@clinic.mysql.database.azure.com/app", "MySQL"),
        ("postgres://u%40clinic:pw-canary@clinic.postgres.database.azure.com:6432/app", "6432"),
        ("postgres://u:pw-canary@a,b/app", "several hosts"),
        ("pw-canary", "holds no URL"),
        ("\n\n", "is empty"),
        ("postgres://u:pw-canary@localhost:1/app", "could not reach the source"),
    ],
)
async def test_what_is_kept_is_named_and_not_shown(url: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(url)
    ran = await run_job(JOBS.script(order_for("verify", tmp_path / "url")), tmp_path)
    assert ran.code == 1
    assert "canary" not in ran.out + ran.err
    with pytest.raises(MovedayError) as caught:
        await JOBS.compare(ran.out, NOWHERE)
    assert words in f"{caught.value.title} {caught.value.detail}"
    assert caught.value.hint


async def test_user_at_server_and_only_a_password(left: Site, tmp_path: Path) -> None:
    """A user's name with an @ in it, as Azure's Single Server has; host and user said apart."""
    source = await left.fresh()
    await left.sql(source, "CREATE ROLE \"ann@clinic\" LOGIN PASSWORD 'p@ss:w\\rd?&x=1'")
    await left.sql(source, f'GRANT CONNECT ON DATABASE {source.database} TO "ann@clinic"')
    place = f"localhost:{source.port}/{source.database}"
    (tmp_path / "raw").write_text(f"postgres://ann@clinic:p%40ss:w%5Crd%3F%26x%3D1@{place}\r\n")
    (tmp_path / "password").write_text("p@ss:w\\rd?&x=1")
    apart = KeptSecret(
        file=str(tmp_path / "password"),
        host="localhost",
        port=source.port,
        user="ann@clinic",
        database=source.database,
    )
    for given in (KeptSecret(file=str(tmp_path / "raw")), apart):
        order = order_for("probe", tmp_path / "raw").model_copy(update={"source": given})
        ran = await run_job(JOBS.script(order), tmp_path)
        assert (await JOBS.read(ran.out, None)).facts.version == 18, ran.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": KeptSecret()}, "say once where the source's URL is kept"),
        ({"source": KeptSecret(file="postgres://u:pw-canary@h/d")}, "not where the source's URL"),
        ({"source": KeptSecret(variable="pw canary")}, "not where the source's URL"),
        ({"source": KeptSecret(file="/run/x", host="h; rm")}, "signs that a job cannot take"),
        ({"source": KeptSecret(file="/run/x", host="h", user="u", port=6432)}, "pooler"),
        ({"source": KeptSecret(file="/run/x", host="h", user="u", port=3306)}, "MySQL"),
        ({"source": KeptSecret(file="/run/x", host="h")}, "without a user"),
        ({"major": 9}, "no job for PostgreSQL 9"),
        ({"target": KeptSecret(file="/run/x")}, "a copy names source and target"),
    ],
)
async def test_an_unusable_order_is_refused(change: dict[str, object], words: str) -> None:
    order = order_for("probe", Path("/run/secrets/url")).model_copy(update=change)
    with pytest.raises(UsageError) as caught:
        JOBS.script(order)
    assert words in caught.value.title
    assert "canary" not in str(caught.value)


async def test_to_an_older_server(source: Connection, old: Site, tmp_path: Path) -> None:
    """What newer programs set and an older server does not know is no trouble."""
    target = await old.fresh()
    secret, new = kept(tmp_path, source, "url"), kept(tmp_path, target, "new")
    order = order_for("copy", secret, target=KeptSecret(file=str(new)))
    ran = await run_job(JOBS.script(order), tmp_path)
    found = await JOBS.compare("", target)
    # The bundled build of the server has an option of its own for columns.
    assert {(one.rule, one.severity) for one in found.troubles} <= {("DR27", "harmless")}
    assert found.verdict.failures == (), ran.err


async def test_a_job_that_is_broken_off_says_so(left: Site, right: Site, tmp_path: Path) -> None:
    """The source ends the dump's session while it waits: nothing is taken for a copy."""
    source, target = await left.fresh(), await right.fresh()
    await left.sql(source, "SET ROLE clinic_owner; CREATE TABLE held (id int)")
    secret, new = kept(tmp_path, source, "url"), kept(tmp_path, target, "new")
    order = order_for("copy", secret, target=KeptSecret(file=str(new)))
    waiting = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    )
    async with await psycopg.AsyncConnection.connect(url_of(source)) as holding:
        await holding.execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        running = asyncio.create_task(run_job(JOBS.script(order), tmp_path))
        while not running.done() and not await left.sql(source, waiting):
            await asyncio.sleep(0.1)
        ran = await running
    assert ran.code == 1
    with pytest.raises(OutsideError, match="lost the source database"):
        await JOBS.compare(ran.out, target)
    assert not leftovers(tmp_path)
