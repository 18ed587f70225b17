"""`moveday database` between two servers, without any account or plan, as a person runs it."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from providers.process import shared_temp_folder
from providers.sandbox.authority import Authority
from providers.sandbox.postgres.server import PostgresServer
from tests.providers.databases.source_jobs import run_job

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROWS = """
    SET ROLE oldrole;
    CREATE TABLE people(id serial PRIMARY KEY, name text);
    INSERT INTO people(name) SELECT md5(g::text) FROM generate_series(1, 500) g;
    CREATE INDEX people_name ON people(name)
"""

# What a rehearsal leaves behind, with an index missing.
COPIED = """
    SET ROLE newrole;
    CREATE TABLE people(id serial PRIMARY KEY, name text);
    INSERT INTO people(name) SELECT md5(g::text) FROM generate_series(1, 500) g; ANALYZE people;
    CREATE SCHEMA moveday; CREATE TABLE moveday.marker (move_id text PRIMARY KEY,
        state text NOT NULL, started timestamptz NOT NULL DEFAULT now(), finished timestamptz,
        client_version text);
    INSERT INTO moveday.marker (move_id, state) VALUES ('rehearsal-1', 'finished')
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def environ() -> AsyncIterator[dict[str, str]]:
    """An environment that names an old database with rows and a new empty one."""
    with tempfile.TemporaryDirectory(dir=shared_temp_folder()) as name:
        folder = Path(name)
        folder.chmod(0o755)
        authority = Authority(folder / "authority")
        old = await PostgresServer.start(folder / "old", authority, ["localhost"])
        new = await PostgresServer.start(folder / "new", authority, ["localhost"])
        try:
            await old.create_database("old", "oldrole", "pw-old-canary-1")
            await new.create_database("new", "newrole", "pw-new-canary-2")
            await new.create_database("scratch", "newrole", "pw-new-canary-2")
            await new.create_database("broken", "newrole", "pw-new-canary-2")
            await new.create_database("handed", "newrole", "pw-new-canary-2")
            await new.create_database("job", "newrole", "pw-new-canary-2")
            await new.create_database("served", "newrole", "pw-new-canary-2")
            await old.execute("old", ROWS)
            await new.execute("scratch", COPIED)
            services = folder / "services"
            services.write_text(
                "# two sides\n"
                f"[old]\nhost=localhost\nport={old.port}\ndbname=old\nuser=oldrole\n"
                "sslmode=require\npassword=pw-old-canary-1\n\n"
                f"[new]\nhost=localhost\nport={new.port}\ndbname=new\nuser=newrole\n"
                "sslmode=require\n"
            )
            passwords = folder / "passwords"
            passwords.write_text(f"localhost:{new.port}:*:newrole:pw-new-canary-2\n")
            passwords.chmod(0o600)
            yield {
                **os.environ,
                "PGSERVICEFILE": str(services),
                "PGPASSFILE": str(passwords),
                "OLD": f"postgres://oldrole:pw-old-canary-1@localhost:{old.port}/old?sslmode=require",
                "SCRATCH": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/scratch",
                "HANDED": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/handed",
                "JOB": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/job",
                "SERVED": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/served",
                "BROKEN": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/broken",
                "NEW": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/new?sslmode=require",
            }
        finally:
            await new.stop()
            await old.stop()


BY_VARIABLE = ("--source-env", "OLD", "--target-env", "NEW")
BY_SERVICE = ("--source-service", "old", "--target-service", "new")


async def begin(
    environ: dict[str, str], *words: str, sides: tuple[str, ...] = BY_VARIABLE
) -> asyncio.subprocess.Process:
    """Start one command."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "wizard", "database", *words, *sides),
        env=environ,
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def database(
    environ: dict[str, str], *words: str, sides: tuple[str, ...] = BY_VARIABLE, paste: str = ""
) -> tuple[int, str, str]:
    """Run one command: exit code, stdout, stderr."""
    child = await begin(environ, *words, sides=sides)
    out, err = await asyncio.wait_for(child.communicate(paste.encode()), 360)
    assert b"canary" not in out + err
    return child.returncode or 0, out.decode(), err.decode()


async def test_look_copy_prove_and_refuse_a_second_time(environ: dict[str, str]) -> None:
    code, _, err = await database(environ, "copy")
    assert (code, "say --yes" in err) == (4, True)

    code, out, err = await database(environ, "copy", "--yes", "--json")
    assert code == 0, err
    copied = json.loads(out)
    assert [t["rows"] for t in copied["move"]["tables"]] == [500]
    assert {c["result"] for c in copied["verdict"]["checks"]} <= {"same", "explained"}
    assert copied["findings"][-1]["rule"] == "PC2"
    assert copied["findings"][-1]["detail"] in err

    code, out, err = await database(environ, "verify", sides=BY_SERVICE)
    assert code == 0, err
    assert "checksum" in out

    code, out, err = await database(environ, "verify", "--tier", "sample", "--seed", "7")
    assert (code, "not a complete proof (drawn with --seed 7)" in out) == (0, True), err

    code, _, err = await database(environ, "copy", "--yes")
    assert code == 5
    assert "not fresh" in err
    assert "people" in err

    code, out, err = await database(environ, "preflight", "--json")
    assert code == 4, err
    found = {finding["rule"]: finding for finding in json.loads(out)["findings"]}
    assert (found["DB4"]["severity"], "people" in found["DB4"]["detail"]) == ("block", True)


async def test_repair_and_clean(environ: dict[str, str]) -> None:
    scratch = ("--source-env", "OLD", "--target-env", "SCRATCH")
    code, out, err = await database(environ, "repair", sides=scratch)
    assert (code, "CREATE INDEX people_name" in out) == (4, True), err
    code, out, err = await database(environ, "verify", "--json", sides=scratch)
    assert code == 5, err
    differ = [c["subject"] for c in json.loads(out)["checks"] if c["result"] == "different"]
    assert differ == ["public.people_name"]
    code, out, err = await database(environ, "repair", "--yes", "--json", sides=scratch)
    assert code == 0, err
    assert [r["subject"] for r in json.loads(out)["repaired"]] == ["public.people_name"]
    code, out, err = await database(environ, "repair", "--yes", sides=scratch)
    assert (code, out) == (0, "nothing to repair\n"), err

    target = scratch[2:]
    code, out, err = await database(environ, "clean", sides=target)
    assert (code, "move rehearsal-1" in out) == (4, True), err
    code, _, err = await database(environ, "clean", "--confirm", "old", sides=target)
    assert (code, "no copy of a move is in old" in err) == (2, True)
    code, out, err = await database(environ, "clean", "--confirm", "scratch", sides=target)
    assert code == 0, err
    assert "scratch: emptied" in out
    assert "backups" in out


async def test_restore_a_dump_that_was_handed_over(environ: dict[str, str], tmp_path: Path) -> None:
    """A person has to look at one rule: code 4, said with the words that go on."""
    dump, target = tmp_path / "handed.sql", ("--target-env", "HANDED")
    dump.write_text(
        "SET transaction_timeout = 0;\nCREATE TABLE people (id int, name text);\n"
        "COPY people FROM stdin;\n1\tcanary one\n2\tcanary two\n\\.\nCREATE ROLE reader;\n"
    )
    code, out, err = await database(environ, "restore", "--dump", str(dump), "--yes", sides=target)
    assert code == 4, err
    assert "DR8   review" in out
    assert "2 rows of 1 tables counted in the dump and in the target: the same" in out
    words = ("restore", "--dump", str(dump), "--yes", "--resume", "--accept", "DR8", "--json")
    code, out, err = await database(environ, *words, sides=target)
    assert code == 0, err
    assert json.loads(out)["restored"]["checks"][0]["target"] == "2"


@pytest.mark.skipif(sys.platform != "linux", reason="a job's container is Linux")
async def test_a_job_beside_the_source(environ: dict[str, str], tmp_path: Path) -> None:
    """Generated here, run there by a plain sh, its report pasted, read and compared."""
    target = ("--target-env", "JOB")
    async with await psycopg.AsyncConnection.connect(environ["JOB"], autocommit=True) as there:
        # With something in the target the move is blocked, by the report as by preflight.
        await there.execute("CREATE TABLE theirs (id int)")
        words = ("job", "probe", "--source-env", "OLD_URL")
        code, program, err = await database(environ, *words, sides=())
        assert (code, "start it once" in err) == (0, True)
        ran = await run_job(program, tmp_path, OLD_URL=environ["OLD"])
        read = ("job", "read", "-", "--json")
        code, out, err = await database(environ, *read, sides=target, paste=f"log\n{ran.out}")
        found = json.loads(out)
        assert [table["name"] for table in found["facts"]["tables"]] == ["public.people"]
        assert (code, found["findings"][0]["rule"]) == (4, "DB4"), err

        await there.execute("DROP TABLE theirs")
        words = (
            "job",
            "copy",
            "--source-env",
            "OLD_URL",
            "--target-env",
            "NEW_URL",
            "--as",
            "line",
        )
        code, program, err = await database(environ, *words, sides=())
        assert (code, "is not checked" in err, program.count("\n")) == (0, True, 1)
        kept = {"OLD_URL": environ["OLD"], "NEW_URL": environ["JOB"]}
        log = tmp_path / "copy.txt"
        log.write_text((await run_job(program, tmp_path, **kept)).out)

        await there.execute("UPDATE people SET name = 'other' WHERE id = 2")
        code, out, err = await database(environ, "job", "compare", str(log), "--json", sides=target)
        assert code == 5, err
        differ = [c for c in json.loads(out)["verdict"]["checks"] if c["result"] == "different"]
        assert [(c["kind"], c["subject"]) for c in differ] == [("checksum", "public.people")]
        await there.execute("UPDATE people SET name = md5('2') WHERE id = 2")

    code, out, err = await database(environ, "job", "compare", "--accept", sides=target)
    assert (code, "taken out of the target" in out) == (0, True), err


@pytest.mark.skipif(sys.platform != "linux", reason="a job's container is Linux")
async def test_a_job_that_is_started_once_and_told(environ: dict[str, str], tmp_path: Path) -> None:
    target = ("--target-env", "SERVED")
    words = ("job", "serve", "--source-env", "OLD_URL", "--target-env", "NEW_URL", "--as", "line")
    code, program, err = await database(environ, *words, sides=())
    assert (code, "it waits" in err) == (0, True)
    name = err.split("job ", 1)[1].split(":", 1)[0]
    told = ("--job", name)
    code, _, err = await database(environ, "job", "ask", "copy", *told, "--wait", "1", sides=target)
    assert (code, "is not there" in err) == (3, True)
    kept = {"OLD_URL": environ["OLD"], "NEW_URL": environ["SERVED"]}
    running = asyncio.create_task(run_job(program, tmp_path, **kept))
    try:
        code, out, err = await database(environ, "job", "ask", "verify", *told, sides=target)
        assert code == 0, err
        code, out, err = await database(environ, "job", "compare", "-", sides=target, paste=out)
        assert (code, "the same" in out) == (0, True), err
        code, out, _ = await database(environ, "job", "ask", "end", *told, sides=target)
        assert (code, out) == (0, "ended\n")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    async with await psycopg.AsyncConnection.connect(environ["SERVED"]) as there:
        found = await there.execute("SELECT to_regclass('moveday.jobs') IS NULL")
        assert await found.fetchone() == (True,)


async def test_ways_are_timed_and_bad_input_is_named(environ: dict[str, str]) -> None:
    code, out, err = await database(environ, "routes", "--json", "--seconds", "0.5")
    assert code == 0, err
    found = json.loads(out)
    assert [m["route"]["tunnels"] for m in found["measures"]] == [0]
    assert found["forecasts"][0]["rate"] > 0
    code, _, err = await database(environ, "copy", "--yes", "--ssh-connections", "2")
    assert (code, "--target-ssh NAME" in err) == (2, True)


async def test_a_variable_that_is_not_set_is_named(environ: dict[str, str]) -> None:
    code, _, err = await database({k: v for k, v in environ.items() if k != "NEW"}, "verify")
    assert code == 2
    assert "NEW is not set" in err


async def test_ctrl_c_and_go_on(environ: dict[str, str]) -> None:
    sides = ("--source-env", "OLD", "--target-env", "BROKEN")
    async with await psycopg.AsyncConnection.connect(environ["OLD"], autocommit=True) as old:
        # Slow at the very end: all rows and indexes are there when ctrl-c comes.
        await old.execute("CREATE MATERIALIZED VIEW slow AS SELECT pg_sleep(1)::text AS nap")
    child = await begin(environ, "copy", "--yes", sides=sides)
    async with await psycopg.AsyncConnection.connect(environ["BROKEN"], autocommit=True) as there:
        looking = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'REFRESH%'"
        while child.returncode is None:
            if (found := await (await there.execute(looking)).fetchone()) and found[0]:
                child.send_signal(signal.SIGINT)
                break
            await asyncio.sleep(0.05)
        await asyncio.wait_for(child.communicate(), 240)
        assert child.returncode == 130
        left = await there.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'moveday-copy-%'"
        )
        assert await left.fetchone() == (0,)

    code, _, err = await database(environ, "copy", "--yes", sides=sides)
    assert (code, "go on with that copy (--resume)" in err) == (5, True), err

    code, out, err = await database(environ, "copy", "--yes", "--resume", "--json", sides=sides)
    assert code == 0, err
    copied = json.loads(out)
    assert "nothing has been written" in copied["move"]["resumed"]
    assert "goes on where an earlier try ended" in err
    assert "copying" in copied["move"]["choice"]
    assert [t["rows"] for t in copied["move"]["tables"]] == [500]
