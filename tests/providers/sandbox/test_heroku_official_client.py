"""Does the official `heroku` client (npm package `heroku`) work against the sandboxed Heroku?

The judge: a program that others wrote. Each call takes a second or more, so calls are grouped.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.providers.sandbox.heroku_world import COMMIT, PEM, HerokuWorld, heroku_world
from tests.providers.sandbox.official_client import Judge, judge_of, official_client

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOST = "www.acme-clinic.test"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HerokuWorld]:
    official_client()
    async with heroku_world(tmp_path_factory.mktemp("heroku"), web=2, worker=1) as built:
        built.heroku.switches.backup_seconds = 0.5
        built.heroku.page_size = 2
        yield built


@pytest.fixture
def judge(world: HerokuWorld, tmp_path: Path) -> Judge:
    return judge_of(tmp_path / "home", world.heroku.environment("acme-clinic"))


def rows_of(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines() if line.strip()]


async def test_the_app_is_shown(world: HerokuWorld, judge: Judge) -> None:
    apps, info, ps, scale, releases = await judge.together(
        "apps", "apps:info", "ps", "ps:scale", "releases -n 4 --json"
    )
    assert apps.split("\n\n")[1].split() == ["acme-clinic", "acme-clinic-staging"]
    assert "Pipeline:       acme - production" in info
    assert "Web URL:        https://acme-clinic-0123456789ab.herokuapp.com/" in info
    assert "Owner:          owner@acme-clinic.test" in info
    assert "Stack:          heroku-24" in info
    assert "heroku-postgresql:standard-0" in info
    assert "=== web (Standard-1X): exec python web.py (2)" in ps
    assert "web.1: up" in ps
    assert "web.2: up" in ps
    assert "worker.1: up" in ps
    assert scale.split() == [
        "clock=0:Standard-1X",
        "release=0:Standard-1X",
        "web=2:Standard-1X",
        "worker=1:Standard-1X",
    ]
    newest = json.loads(releases)[0]
    assert (newest["version"], newest["current"]) == (4, True)
    assert newest["description"] == f"Deploy {COMMIT[:8]}"


async def test_what_hangs_on_the_app_is_shown(world: HerokuWorld, judge: Judge) -> None:
    config, key, trailing = await judge.together(
        "config --json", "config:get SIGNING_KEY", "config:get TRAILING"
    )
    assert json.loads(config)["EQUALS"] == "a=b=c"
    assert json.loads(config)["EMPTY"] == ""
    assert key == PEM + "\n"
    assert trailing == "line\n\n"
    addons, domains, buildpacks, drains = await judge.together(
        "addons", "domains", "buildpacks", "drains"
    )
    listed = {row[1] for row in rows_of(addons) if row[0].startswith(("heroku-", "frob"))}
    assert listed == {
        "(postgresql-curved-12345)",
        "(redis-round-54321)",
        "(frobnicator-flat-99999)",
    }
    assert "as DATABASE" in addons
    assert "$50/month" in addons
    assert "acme-clinic-0123456789ab.herokuapp.com" in domains
    assert [HOST, "CNAME", "narrow-otter-1.herokudns.com"] in [r[:3] for r in rows_of(domains)]
    assert "heroku/python" in buildpacks
    assert "https://logs.example.test/drain (d.0123)" in drains
    access, features, releases, pipeline = await judge.together(
        "access", "features", "releases", "pipelines:info acme"
    )
    people = {row[0]: row[1] for row in rows_of(access) if "@" in row[0]}
    assert people == {
        "owner@acme-clinic.test": "owner",
        "nurse@acme-clinic.test": "collaborator",
    }
    assert "[+] runtime-dyno-metadata" in features
    assert "[ ] preboot" in features
    assert "acme-clinic Releases - Current: v4" in releases
    stages = {row[0]: row[-1] for row in rows_of(pipeline) if row[0].startswith("acme-clinic")}
    assert stages == {"acme-clinic": "production", "acme-clinic-staging": "staging"}


async def test_the_database_is_shown_and_backed_up(world: HerokuWorld, judge: Judge) -> None:
    info, redis, none = await judge.together("pg:info", "redis:info", "pg:backups")
    assert "=== DATABASE_URL" in info
    assert "Status:                Available" in info
    assert "PG Version:            18" in info
    assert "Add-on:                postgresql-curved-12345" in info
    assert "(REDIS_URL)" in redis
    assert "No backups. Capture one" in none
    _, listed, link = await judge.together(
        "pg:backups:capture", "pg:backups", "pg:backups:url b001"
    )
    row = next(row for row in rows_of(listed) if row[0] == "b001")
    assert "Completed" in row
    assert row[-1] == "postgresql-curved-12345"
    async with httpx.AsyncClient() as stranger:
        archive = await stranger.get(link.strip())
    assert archive.content.startswith(b"PGDMP")


async def test_scaling_and_maintenance_reach_the_visitor(world: HerokuWorld, judge: Judge) -> None:
    await judge.run("maintenance:on")
    page = await world.visit(HOST)
    assert (page.status_code, "maintenance-mode.html" in page.text) == (503, True)
    told, _ = await judge.together("maintenance", "ps:scale worker=0 web-1")
    assert told.strip() == "on"
    await world.heroku.settled()
    scale, ps, *_ = await judge.together(
        "ps:scale", "ps", "ps:scale worker=1 web+1", "maintenance:off"
    )
    assert scale.split()[2:] == ["web=1:Standard-1X", "worker=0:Standard-1X"]
    assert "worker.1" not in ps
    await world.heroku.settled()
    visits = [(await world.visit(HOST)).json()["dyno"] for _ in range(12)]
    assert set(visits) == {"web.1", "web.2"}
    await judge.run("config:set", "GREETING=moved")
    await world.heroku.settled()
    assert (await world.visit(HOST)).json()["greeting"] == "moved"


async def test_refusals_are_told(world: HerokuWorld, judge: Judge) -> None:
    told = await judge.run("apps:info", "--app", "nobody", code=2)
    assert "Couldn't find that app." in told
    judge.environment["HEROKU_API_KEY"] = world.heroku.read_only_token
    told = await judge.run("config", code=2)
    assert "Error ID: forbidden" in told
    judge.environment["HEROKU_API_KEY"] = "HRKU-nobody"
    told = await judge.run("apps:info", code=1)
    assert "The token provided to HEROKU_API_KEY is invalid." in told
