"""`moveday database` between two servers, without any account or plan, as a person runs it."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.process import shared_temp_folder
from providers.sandbox.authority import Authority
from providers.sandbox.postgres.server import PostgresServer

ROWS = """
    SET ROLE oldrole;
    CREATE TABLE people(id serial PRIMARY KEY, name text);
    INSERT INTO people(name) SELECT md5(g::text) FROM generate_series(1, 500) g;
    CREATE INDEX people_name ON people(name)
"""


@pytest.fixture
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
            await old.execute("old", ROWS)
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
                "NEW": f"postgres://newrole:pw-new-canary-2@localhost:{new.port}/new?sslmode=require",
            }
        finally:
            await new.stop()
            await old.stop()


BY_VARIABLE = ("--source-env", "OLD", "--target-env", "NEW")
BY_SERVICE = ("--source-service", "old", "--target-service", "new")


async def database(
    environ: dict[str, str], *words: str, sides: tuple[str, ...] = BY_VARIABLE
) -> tuple[int, str, str]:
    """Run one command: exit code, stdout, stderr."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "wizard", "database", *words, *sides),
        env=environ,
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(child.communicate(), 90)
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

    code, out, err = await database(environ, "verify", sides=BY_SERVICE)
    assert code == 0, err
    assert "checksum" in out

    code, _, err = await database(environ, "copy", "--yes")
    assert code == 5
    assert "not fresh" in err
    assert "people" in err


async def test_a_variable_that_is_not_set_is_named(environ: dict[str, str]) -> None:
    code, _, err = await database({k: v for k, v in environ.items() if k != "NEW"}, "verify")
    assert code == 2
    assert "NEW is not set" in err
