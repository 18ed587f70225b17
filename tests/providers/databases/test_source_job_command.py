"""`moveday database job` as a person uses it: generated, run elsewhere, pasted, read."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from providers.databases.postgres.job.jobs import PostgresJobs
from tests.providers.databases.clusters import Site
from tests.providers.databases.source_jobs import kept, run_job, url_of
from wizard.model.source_job import JobOrder, KeptSecret

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def moveday(*words: str, paste: str = "", **environ: str) -> tuple[int, str, str]:
    """One `moveday database job` command: exit code, stdout, stderr."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wizard", "database", "job", *words),
        env={**os.environ, **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(child.communicate(paste.encode()), 360)
    assert b"canary" not in out + err
    return child.returncode or 0, out.decode(), err.decode()


async def test_from_the_first_look_to_the_verdict(left: Site, right: Site, tmp_path: Path) -> None:
    source, target = await left.fresh(), await right.fresh()
    await left.sql(
        source,
        "SET ROLE clinic_owner; CREATE TABLE people (id serial PRIMARY KEY, name text);"
        " INSERT INTO people (name) VALUES ('ann'), ('bo'); ANALYZE",
    )
    old, new = kept(tmp_path, source, "old"), kept(tmp_path, target, "new")
    reached = {"NEW": url_of(target)}

    # With something in the target the move is blocked, by the report as by preflight.
    await right.sql(target, "CREATE TABLE theirs (id int)")
    probe = JobOrder(kind="probe", job="f00", major=18, source=KeptSecret(file=str(old)))
    ran = await run_job(PostgresJobs().script(probe), tmp_path)
    words = ("read", "-", "--json", "--target-env", "NEW")
    code, out, err = await moveday(*words, paste=f"log\n{ran.out}", **reached)
    found = json.loads(out)
    assert [table["name"] for table in found["facts"]["tables"]] == ["public.people"]
    assert (code, found["findings"][0]["rule"]) == (4, "DB4"), err

    await right.sql(target, "DROP TABLE theirs")
    kept_in = ("--source-secret", str(old), "--target-secret", str(new))
    code, program, err = await moveday("copy", *kept_in, "--as", "line")
    assert (code, "is not checked" in err, program.count("\n")) == (0, True, 1)
    log = tmp_path / "copy.txt"
    log.write_text((await run_job(program, tmp_path)).out)

    await right.sql(target, "UPDATE people SET name = 'cy' WHERE id = 2")
    code, out, err = await moveday("compare", str(log), "--json", "--target-env", "NEW", **reached)
    assert code == 5, err
    differ = [c for c in json.loads(out)["verdict"]["checks"] if c["result"] == "different"]
    assert [(c["kind"], c["subject"]) for c in differ] == [("checksum", "public.people")]

    await right.sql(target, "UPDATE people SET name = 'bo' WHERE id = 2")
    code, out, err = await moveday("compare", "--accept", "--target-env", "NEW", **reached)
    assert (code, "taken out of the target" in out) == (0, True), err
    assert not await right.sql(target, "SELECT FROM pg_namespace WHERE nspname = 'moveday'")
