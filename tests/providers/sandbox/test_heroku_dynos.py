"""Do formation, config and maintenance move real processes, and what does a visitor see of it?"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from tests.providers.sandbox.heroku_world import COMMIT, HerokuWorld, heroku_world

APP = "/apps/acme-clinic"
HOST = "www.acme-clinic.test"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[HerokuWorld]:
    async with heroku_world(tmp_path, web=2, worker=1) as built:
        yield built


async def eventually(happened: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await happened():
            await asyncio.sleep(0.1)


async def dyno_names(world: HerokuWorld) -> list[str]:
    reply = await world.client.get(f"{APP}/dynos")
    return sorted(dyno["name"] for dyno in reply.json() if dyno["state"] == "up")


async def test_visitors_reach_web_dynos_through_the_router(world: HerokuWorld) -> None:
    assert await dyno_names(world) == ["web.1", "web.2", "worker.1"]
    answers = [await world.visit(HOST) for _ in range(12)]
    assert {answer.json()["dyno"] for answer in answers} == {"web.1", "web.2"}
    seen = answers[0].json()["headers"]
    assert seen["x-forwarded-proto"] == "https"
    assert seen["x-forwarded-port"] == "443"
    assert seen["x-forwarded-for"]
    assert seen["x-request-id"]
    assert "heroku-router" in seen["via"]
    assert answers[0].headers["via"] == "1.1 heroku-router"
    assert answers[0].headers["server"] == "Heroku"
    default = await world.visit("acme-clinic-0123456789ab.herokuapp.com")
    assert default.json()["greeting"] == "hello"
    hosts = {line.host for line in world.ground.source_router.log}
    assert hosts == {HOST, "acme-clinic-0123456789ab.herokuapp.com"}


async def test_maintenance_shows_a_page_while_dynos_go_on(world: HerokuWorld) -> None:
    await world.client.patch(APP, json={"maintenance": True})
    page = await world.visit(HOST)
    assert page.status_code == 503
    assert "herokucdn.com/error-pages/maintenance-mode.html" in page.text
    assert page.headers["server"] == "Heroku"
    before = (await world.rows("SELECT count(*) FROM work"))[0][0]

    async def more() -> bool:
        return bool((await world.rows("SELECT count(*) FROM work"))[0][0] > before)

    await eventually(more)
    await world.client.patch(APP, json={"maintenance": False})
    assert (await world.visit(HOST)).status_code == 200


async def test_scaling_starts_and_ends_processes(world: HerokuWorld) -> None:
    updates = {"updates": [{"type": "worker", "quantity": 0}, {"type": "web", "quantity": "-1"}]}
    reply = await world.client.patch(f"{APP}/formation", json=updates)
    assert {entry["type"]: entry["quantity"] for entry in reply.json()} == {"worker": 0, "web": 1}
    await world.heroku.settled()
    assert await dyno_names(world) == ["web.1"]
    before = await world.rows("SELECT count(*) FROM work")
    await asyncio.sleep(0.5)
    assert await world.rows("SELECT count(*) FROM work") == before
    one = await world.client.patch(f"{APP}/formation/worker", json={"quantity": 2})
    assert one.json()["quantity"] == 2
    await world.heroku.settled()
    assert await dyno_names(world) == ["web.1", "worker.1", "worker.2"]

    async def both_wrote() -> bool:
        rows = await world.rows("SELECT DISTINCT dyno FROM work ORDER BY 1")
        return rows == [("worker.1",), ("worker.2",)]

    await eventually(both_wrote)
    for wrong in ({"quantity": -1}, {"quantity": "many"}, {"dyno_size": "huge"}):
        refused = await world.client.patch(f"{APP}/formation/worker", json=wrong)
        assert (refused.status_code, refused.json()["id"]) == (422, "invalid_params")
    unknown = await world.client.patch(f"{APP}/formation/nothing", json={"quantity": 1})
    assert unknown.status_code == 404


async def test_no_web_dyno_gives_the_error_page(world: HerokuWorld) -> None:
    await world.client.patch(f"{APP}/formation/web", json={"quantity": 0})
    await world.heroku.settled()
    page = await world.visit(HOST)
    assert page.status_code == 503
    assert "error-pages/application-error.html" in page.text


async def test_config_makes_a_release_that_runs_its_phase_first(world: HerokuWorld) -> None:
    config = f"{APP}/config-vars"
    reply = await world.client.patch(config, json={"GREETING": "good day", "EMPTY": None})
    assert reply.json()["GREETING"] == "good day"
    assert "EMPTY" not in reply.json()
    await world.heroku.settled()
    assert await world.rows("SELECT greeting FROM migrations") == [("good day",)]
    assert (await world.visit(HOST)).json()["greeting"] == "good day"
    old = await world.client.get(f"{APP}/releases/4/config-vars")
    assert old.json()["GREETING"] == "hello"
    current = (await world.client.get(f"{APP}/releases/current")).json()
    assert (current["version"], current["status"]) == (5, "succeeded")
    slug = (await world.client.get(f"{APP}/slugs/{current['slug']['id']}")).json()
    assert slug["commit"] == COMMIT
    assert slug["process_types"]["release"] == "exec python release.py"
    await world.client.patch(config, json={"GREETING": "broken"})
    await world.heroku.settled()
    releases = (await world.client.get(f"{APP}/releases")).json()
    status = {release["version"]: release["status"] for release in releases}
    assert (status[5], status[6]) == ("succeeded", "failed")
    assert (await world.visit(HOST)).json()["greeting"] == "good day"
    owned = await world.client.patch(config, json={"DATABASE_URL": "postgres://elsewhere"})
    assert owned.status_code == 422


async def test_a_stopped_dyno_comes_back(world: HerokuWorld) -> None:
    async def ids() -> dict[str, str]:
        return {d["name"]: d["id"] for d in (await world.client.get(f"{APP}/dynos")).json()}

    before = await ids()
    reply: httpx.Response = await world.client.post(f"{APP}/dynos/web.1/actions/stop")
    assert reply.status_code == 202
    await world.heroku.settled()
    after = await ids()
    assert sorted(after) == sorted(before)
    assert after["web.1"] != before["web.1"]
    assert after["web.2"] == before["web.2"]


async def test_a_one_off_dyno_runs_through_a_freeze_until_it_ends(
    world: HerokuWorld, tmp_path: Path
) -> None:
    end = tmp_path / "end"
    command = f"sh -c 'while [ ! -e {end} ]; do sleep 0.1; done'"
    made = await world.client.post(f"{APP}/dynos", json={"command": command})
    assert made.status_code == 201
    name = made.json()["name"]
    assert name.startswith("run.")
    await world.client.patch(f"{APP}/formation/worker", json={"quantity": 0})
    await world.heroku.settled()
    assert name in await dyno_names(world)
    end.touch()

    async def gone() -> bool:
        return name not in await dyno_names(world)

    await eventually(gone)
    lasting = {"command": "sleep 600"}
    other = (await world.client.post(f"{APP}/dynos", json=lasting)).json()["name"]
    await world.client.post(f"{APP}/dynos/{other}/actions/stop")
    await world.heroku.settled()
    assert await dyno_names(world) == ["web.1", "web.2"]


async def test_a_crashed_worker_is_shown_and_started_again(world: HerokuWorld) -> None:
    worker = next(c for c in world.ground.supervisor.containers() if c.process_type == "worker")
    killed = worker.pid
    os.kill(killed, signal.SIGKILL)

    async def state_is(wanted: str) -> bool:
        reply = await world.client.get(f"{APP}/dynos/worker.1")
        return bool(reply.json()["state"] == wanted)

    await eventually(lambda: state_is("crashed"))
    await eventually(lambda: state_is("up"))
    again = next(c for c in world.ground.supervisor.containers() if c.process_type == "worker")
    assert again.pid != killed
