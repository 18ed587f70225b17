"""The Heroku source against the sandbox's Heroku: real dynos, a real database, real faults."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from providers.sources.heroku import HerokuSource, open_source
from providers.vault.memory import MemoryVault
from tests.providers.sandbox.heroku_world import COMMIT, PEM, HerokuWorld, heroku_world
from wizard.model.database import Connection
from wizard.model.plan import SourceChoice
from wizard.safety.consent import Level, grant

MAY = grant(Level.USERS_NOTICE, "acme-clinic", "tester", datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[HerokuWorld]:
    async with heroku_world(tmp_path, worker=1) as built:
        built.heroku.switches.backup_seconds = 0.3
        yield built


@pytest.fixture
async def source(world: HerokuWorld) -> AsyncIterator[HerokuSource]:
    vault = MemoryVault()
    vault.put("heroku", "api-key", SecretStr(world.heroku.token))
    environ = {"HEROKU_HOST": world.heroku.url, "HEROKU_DATA_HOST": "localhost"}
    opened = open_source(SourceChoice(kind="heroku", app="acme-clinic"), environ, vault)
    opened._poll = 0.2
    yield opened
    await opened.close()


async def version(connection: Connection) -> str:
    async with await psycopg.AsyncConnection.connect(
        host=connection.host,
        port=connection.port,
        dbname=connection.database,
        user=connection.user,
        password=connection.password.get_secret_value(),
        sslmode=connection.tls,
    ) as link:
        row = await (await link.execute("SELECT count(*)::text FROM patients")).fetchone()
        return str(row[0]) if row else ""


async def test_everything_is_found(world: HerokuWorld, source: HerokuSource) -> None:
    found = await source.read_inventory(lambda value: f"{len(value)}")
    assert found.release is not None
    assert (found.release.version, found.release.commit) == (4, COMMIT)
    worker = found.process("worker")
    assert worker is not None
    assert (worker.command, worker.quantity, worker.memory_mb) == ("exec python worker.py", 1, 512)
    variables = {v.name: v for v in found.variables}
    assert variables["DATABASE_URL"].owner == "postgresql-curved-12345"
    assert variables["EMPTY"].empty
    assert [d.variable for d in found.databases] == ["DATABASE_URL", "REDIS_URL"]
    assert found.databases[0].version[:1].isdigit()
    assert {d.hostname for d in found.domains} == {
        "www.acme-clinic.test",
        "acme-clinic-0123456789ab.herokuapp.com",
    }
    assert [s.app for s in found.siblings] == ["acme-clinic-staging"]
    assert found.gaps == ()
    config = await source.read_config()
    assert config["SIGNING_KEY"].get_secret_value() == PEM
    assert config["TRAILING"].get_secret_value() == "line\n"
    assert await version(await source.database("DATABASE_URL")) == "5000"


async def test_each_effect_comes_once_though_answers_are_lost(
    world: HerokuWorld, source: HerokuSource
) -> None:
    def count(effect: str) -> int:
        return [entry["effect"] for entry in world.ground.ledger.entries].count(effect)

    world.ground.faults.set("heroku.drop-reply")
    await source.set_maintenance(True, MAY)
    world.ground.faults.set("heroku.drop-reply")
    await source.scale({"worker": 0}, MAY)
    assert (await source.maintenance(), (await source.formation())["worker"]) == (True, 0)
    assert (count("maintenance"), count("formation")) == (1, 1)
    world.ground.faults.set("heroku.drop-reply")
    name = await source.capture_backup("DATABASE_URL", MAY)
    assert await source.backups("DATABASE_URL") == (name,)
    assert count("backup-started") == 1


async def test_a_backup_that_a_killed_start_began_is_waited_for_not_repeated(
    world: HerokuWorld, source: HerokuSource
) -> None:
    def begun() -> int:
        return [entry["effect"] for entry in world.ground.ledger.entries].count("backup-started")

    before, known = begun(), await source.backups("DATABASE_URL", unfinished=True)
    first = asyncio.create_task(source.capture_backup("DATABASE_URL", MAY, known=known))
    while begun() == before:
        await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.wait({first})
    # What a start after a kill does: while it is still under way, and once it has finished.
    name = await source.capture_backup("DATABASE_URL", MAY, known=known)
    assert name not in known
    assert await source.capture_backup("DATABASE_URL", MAY, known=known) == name
    assert begun() == before + 1


async def test_a_masked_variable_and_a_lent_database_are_seen(
    world: HerokuWorld, source: HerokuSource
) -> None:
    world.ground.faults.set("heroku.masked-variable", variable="SIGNING_KEY", times=-1)
    world.ground.faults.set("heroku.shared-database", app="acme-clinic-staging", times=-1)
    found = await source.read_inventory(None)
    assert [v.name for v in found.variables if v.masked] == ["SIGNING_KEY"]
    assert [gap.subject for gap in found.gaps] == ["value of SIGNING_KEY"]
    shared = {a.service: a.shared_with for a in found.addons if a.shared_with}
    assert shared == {"heroku-postgresql": ("acme-clinic-staging",)}
    assert "SIGNING_KEY" not in await source.read_config()
