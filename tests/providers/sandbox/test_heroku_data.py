"""Does the data host tell the truth about the database, and are its backups real archives?"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.providers.sandbox.heroku_world import HerokuWorld, heroku_world

DATABASE = "/client/v11/databases/postgresql-curved-12345"
TRANSFERS = "/client/v11/apps/acme-clinic/transfers"
ODD_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[HerokuWorld]:
    async with heroku_world(tmp_path) as built:
        built.heroku.switches.backup_seconds = 0.6
        yield built


async def finished(world: HerokuWorld, uuid: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            transfer = (await world.client.get(f"{TRANSFERS}/{uuid}")).json()
            if transfer["finished_at"]:
                return dict(transfer)
            assert transfer["succeeded"] is None
            await asyncio.sleep(0.1)


async def test_facts_come_from_the_running_database(world: HerokuWorld) -> None:
    facts = (await world.client.get(DATABASE)).json()
    by_id = (await world.client.get(f"/client/v11/databases/{facts['addon_id']}")).json()
    assert by_id["name"] == facts["name"] == "postgresql-curved-12345"
    size = (await world.rows("SELECT pg_database_size('clinic')"))[0][0]
    assert facts["num_bytes"] == size
    assert facts["num_tables"] == 3
    config = (await world.client.get("/apps/acme-clinic/config-vars")).json()
    assert facts["resource_url"] == config["DATABASE_URL"]
    assert isinstance(facts["plan"], dict)
    info = {entry["name"]: entry["values"] for entry in facts["info"]}
    assert info["Status"] == ["Available"]
    assert info["PG Version"][0].startswith("18")
    assert info["Continuous Protection"] == ["On"]
    staging = (await world.client.get("/client/v11/databases/postgresql-staging-1")).json()
    assert staging["plan"] == "Essential 0"
    assert (await world.client.get("/client/v11/databases/nothing")).status_code == 404
    wait = (await world.client.get(f"{DATABASE}/wait_status")).json()
    assert wait == {"message": "available", "waiting?": False}
    redis = (await world.client.get("/redis/v0/databases/redis-round-54321")).json()
    assert redis["resource_url"] == config["REDIS_URL"]


async def test_a_backup_is_an_archive_behind_a_link_that_expires(world: HerokuWorld) -> None:
    started = await world.client.post(f"{DATABASE}/backups")
    assert started.status_code == 201
    assert started.json()["succeeded"] is None
    assert started.json()["started_at"] is None
    assert (started.json()["from_type"], started.json()["to_type"]) == ("pg_dump", "gof3r")
    done = await finished(world, started.json()["uuid"])
    assert done["succeeded"] is True
    assert ODD_TIME.match(done["finished_at"])
    assert "logs" not in done
    verbose = await world.client.get(f"{TRANSFERS}/{done['num']}", params={"verbose": "true"})
    assert verbose.json()["logs"][-1]["message"] == "backup finished"
    link = (await world.client.post(f"{TRANSFERS}/{done['num']}/actions/public-url")).json()
    async with httpx.AsyncClient() as stranger:
        archive = await stranger.get(link["url"])
        assert archive.content.startswith(b"PGDMP")
        assert len(archive.content) == done["processed_bytes"]
        assert int(archive.headers["Content-Length"]) == done["processed_bytes"]
        tail = await stranger.get(link["url"], headers={"Range": "bytes=100-"})
        assert (tail.status_code, tail.content) == (206, archive.content[100:])
        forged = await stranger.get(link["url"].replace("X-Expires=1", "X-Expires=2"))
        assert forged.status_code == 403
    world.heroku.switches.link_seconds = -1
    stale = (await world.client.post(f"{TRANSFERS}/{done['num']}/actions/public-url")).json()
    async with httpx.AsyncClient() as stranger:
        expired = await stranger.get(stale["url"])
    assert (expired.status_code, b"<Code>AccessDenied" in expired.content) == (403, True)


async def test_a_failed_backup_says_so_and_old_ones_are_pushed_out(world: HerokuWorld) -> None:
    world.ground.faults.set("heroku.backup-fails")
    first = (await world.client.post(f"{DATABASE}/backups")).json()
    failed = await finished(world, first["uuid"])
    assert failed["succeeded"] is False
    refused = await world.client.post(f"{TRANSFERS}/{failed['num']}/actions/public-url")
    assert refused.status_code == 404
    world.heroku.switches.keep_backups = 1
    for _ in range(2):
        more = (await world.client.post(f"{DATABASE}/backups")).json()
        assert (await finished(world, more["uuid"]))["succeeded"] is True
    await world.heroku.settled()
    left = (await world.client.get(TRANSFERS)).json()
    assert [(entry["num"], entry["succeeded"]) for entry in left] == [(1, False), (3, True)]
    assert world.ground.ledger.count("heroku", "backup-pushed-out") == 1


async def test_a_running_backup_can_be_canceled(world: HerokuWorld) -> None:
    world.heroku.switches.backup_seconds = 30
    running = (await world.client.post(f"{DATABASE}/backups")).json()
    await asyncio.sleep(0.5)
    canceled = await world.client.post(f"{TRANSFERS}/{running['uuid']}/actions/cancel")
    assert canceled.json()["canceled_at"]
    await asyncio.wait_for(world.heroku.settled(), 12)
    after = (await world.client.get(f"{TRANSFERS}/{running['uuid']}")).json()
    assert after["succeeded"] is False
