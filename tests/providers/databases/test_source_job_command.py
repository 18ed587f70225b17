"""`moveday database job` as a person uses it: generated, run elsewhere, pasted, read."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.providers.databases.clusters import Site
from tests.providers.databases.source_jobs import kept, run_job, url_of

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
    new_url = url_of(target)

    code, program, err = await moveday("probe", "--source-secret", str(old), "--as", "line")
    assert (code, "start it once" in err, program.count("\n")) == (0, True, 1)
    ran = await run_job(program, tmp_path)
    code, out, err = await moveday("read", "-", "--json", paste=f"log\n{ran.out}")
    assert code == 0, err
    assert [table["name"] for table in json.loads(out)["facts"]["tables"]] == ["public.people"]
    code, out, err = await moveday("read", "-", paste=ran.out[:-60])
    assert (code, "is cut" in err) == (2, True)

    code, text, err = await moveday(
        "copy", "--source-secret", str(old), "--target-secret", str(new), "--json"
    )
    assert (code, "not checked" in err) == (0, True)
    log = tmp_path / "copy.txt"
    log.write_text((await run_job(json.loads(text)["text"], tmp_path)).out)
    compare = ("compare", str(log), "--target-env", "NEW")
    code, out, err = await moveday(*compare, NEW=new_url)
    assert (code, "rows" in out) == (0, True), err

    await right.sql(target, "UPDATE people SET name = 'cy' WHERE id = 2")
    code, out, err = await moveday(*compare, "--json", NEW=new_url)
    assert code == 5, err
    differ = [c for c in json.loads(out)["verdict"]["checks"] if c["result"] == "different"]
    assert [(c["kind"], c["subject"]) for c in differ] == [("checksum", "public.people")]

    # With something in the target a new move is blocked, by the report as by preflight.
    await right.sql(target, "DROP SCHEMA moveday CASCADE")
    code, out, err = await moveday("read", "-", "--target-env", "NEW", paste=ran.out, NEW=new_url)
    assert (code, "DB4" in out) == (4, True), err
