"""Apps on the sandboxed Aptible: configuration, deploys with hooks, scaling, faults."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.providers.sandbox.aptible_world import (
    PLAIN,
    SENSITIVE,
    World,
    aptible_world,
    needs,
    push,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(needs("git", "ssh")), reason=needs("git", "ssh")),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with aptible_world(tmp_path_factory.mktemp("apps")) as made:
        yield made


async def test_configuration_is_merged_and_an_empty_value_removes(world: World) -> None:
    app = await world.app(await world.environment())
    assert "current_configuration" not in app["_links"]
    path = f"/apps/{app['id']}"
    pem = "-----BEGIN KEY-----\nabc=\n-----END KEY-----\n"
    await world.operate(path, type="configure", env={"A": "1", "B": "x=y", "PEM": pem})
    await world.operate(path, type="configure", env={"A": "", "C": "3"})
    href = (await world.get(path))["_links"]["current_configuration"]["href"]
    assert (await world.api.get(href, headers=SENSITIVE)).json()["env"] == {
        "B": "x=y",
        "C": "3",
        "PEM": pem,
    }
    assert "env" not in (await world.api.get(href, headers=PLAIN)).json()
    operations = await world.get(f"{path}/operations")
    assert "env" not in operations["_embedded"]["operations"][0]


async def test_a_deploy_creates_services_runs_the_hook_and_starts_containers(world: World) -> None:
    account = await world.environment()
    app = await world.app(account)
    await world.operate(f"/apps/{app['id']}", type="configure", env={"GREETING": "config"})
    commit = await push(world, world.repository(), f"{account['handle']}/acme-clinic", "deploy-1")
    assert world.processes(app) == []
    operation = await world.operate(f"/apps/{app['id']}", type="deploy", git_ref="deploy-1")
    log = await world.log(operation)
    assert operation["status"] == "succeeded", log
    assert "greeting is config" in log
    assert world.processes(app) == ["web", "worker"]
    web = await world.service(app, "web")
    assert (web["container_count"], web["container_memory_limit_mb"]) == (1, 1024)
    env = await _environment(world, app)
    assert env["GREETING"] == "config"
    assert env["APTIBLE_GIT_REF"] == commit
    assert env["APTIBLE_PROCESS_TYPE"] == "web"
    assert "DATABASE_URL" not in env
    seen = (await world.api.get(f"/apps/{app['id']}", headers=SENSITIVE)).json()
    assert seen["status"] == "provisioned"
    assert seen["_embedded"]["current_image"]["git_ref"] == commit
    assert seen["_embedded"]["last_deploy_operation"]["id"] == operation["id"]


async def test_a_failing_hook_fails_the_deploy_and_nothing_changes(world: World) -> None:
    app = await world.deployed(await world.environment())
    path = f"/apps/{app['id']}"
    before = world.ground.supervisor.running(f"aptible-app-{app['id']}")
    operation = await world.operate(
        path, type="deploy", git_ref="deploy-1", env={"GREETING": "broken"}
    )
    assert operation["status"] == "failed"
    assert "before_deploy exited with 3" in await world.log(operation)
    assert world.ground.supervisor.running(f"aptible-app-{app['id']}") == before
    assert "current_configuration" not in (await world.get(path))["_links"]


async def test_configure_restarts_without_running_the_hook(world: World) -> None:
    app = await world.deployed(await world.environment())
    hooks = world.ground.ledger.count("aptible", "hook")
    done = await world.operate(f"/apps/{app['id']}", type="configure", env={"GREETING": "broken"})
    assert done["status"] == "succeeded"
    assert (await _environment(world, app))["GREETING"] == "broken"
    assert world.ground.ledger.count("aptible", "hook") == hooks


async def test_a_deploy_needs_a_pushed_commit_and_a_dockerfile(world: World) -> None:
    account = await world.environment()
    app = await world.app(account)
    path = f"/apps/{app['id']}"
    missing = await world.operate(path, type="deploy", git_ref="f" * 40)
    assert missing["status"] == "failed"
    assert "was it pushed" in await world.log(missing)
    await push(
        world, world.repository({"Dockerfile": None}), f"{account['handle']}/acme-clinic", "bare"
    )
    bare = await world.operate(path, type="deploy", git_ref="bare")
    assert "No Dockerfile" in await world.log(bare)
    assert (await world.get(path))["status"] == "pending"


async def test_without_a_procfile_there_is_one_service_cmd(world: World) -> None:
    dockerfile = 'FROM python\nENV PORT=3000\nEXPOSE 3000\nCMD ["python", "web.py"]\n'
    changed = {"Procfile": None, "Dockerfile": dockerfile}
    app = await world.deployed(await world.environment(), changed)
    assert world.processes(app) == ["cmd"]
    assert (await world.service(app, "cmd"))["command"] is None


async def test_a_release_line_becomes_a_looping_service(world: World) -> None:
    procfile = "web: exec python web.py\nrelease: echo migrated\n"
    app = await world.deployed(await world.environment(), {"Procfile": procfile})
    assert world.processes(app) == ["release", "web"]
    running = world.ground.supervisor.running(f"aptible-app-{app['id']}")
    release = next(c for c in running if c.process_type == "release")
    for _ in range(100):
        if release.restarts:
            break
        await asyncio.sleep(0.1)
    assert release.restarts > 0


async def test_scaling_to_zero_stops_and_back_starts(world: World) -> None:
    app = await world.deployed(await world.environment())
    worker = await world.service(app, "worker")
    path = f"/services/{worker['id']}"
    assert (await world.operate(path, type="scale", container_count=0))["status"] == "succeeded"
    assert world.processes(app) == ["web"]
    await world.operate(path, type="scale", container_count=2, container_size=2048)
    assert world.processes(app) == ["web", "worker", "worker"]
    assert (await world.get(path))["container_memory_limit_mb"] == 2048


async def test_deprovision_ends_in_404_and_leaves_nothing_running(world: World) -> None:
    app = await world.deployed(await world.environment())
    operation = await world.post(f"/apps/{app['id']}/operations", {"type": "deprovision"})
    for _ in range(200):
        answer = await world.api.get(f"/operations/{operation['id']}")
        if answer.status_code == 404:
            break
        await asyncio.sleep(0.05)
    assert answer.status_code == 404
    assert answer.json() == {"code": 404, "error": "not_found", "message": "Not Found"}
    assert (await world.api.get(f"/apps/{app['id']}")).status_code == 404
    assert world.processes(app) == []


async def test_look_ups_by_handle(world: World) -> None:
    first, second = await world.environment(), await world.environment()
    await world.app(first, "clinic")
    wanted = await world.app(second, "clinic")
    assert (await world.get(f"/find/account?handle={second['handle']}"))["id"] == second["id"]
    both = await world.api.get("/find/app?handle=clinic")
    assert both.json()["error"] == "multiple_resources_found"
    found = await world.get(f"/find/app?handle=clinic&environment={second['handle']}")
    assert found["id"] == wanted["id"]
    assert (await world.api.get("/find/app?handle=nobody")).status_code == 404


async def test_faults_hit_as_asked(world: World) -> None:
    faults = world.ground.faults
    faults.set("aptible.rate-limit", retry_after=7)
    limited = await world.api.get("/accounts")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    faults.set("aptible.server-error", status=503)
    assert (await world.api.get("/accounts")).status_code == 503
    faults.set("aptible.unauthorized")
    assert (await world.api.get("/accounts")).json()["error"] == "invalid_token"
    faults.set("aptible.endless-reply")
    with pytest.raises((httpx.ReadTimeout, TimeoutError)):
        await asyncio.wait_for(world.api.get("/accounts"), 0.5)
    assert (await world.api.get("/accounts")).status_code == 200


async def test_a_dropped_reply_is_committed_once(world: World) -> None:
    account = await world.environment()
    world.ground.faults.set("aptible.drop-reply")
    with pytest.raises(httpx.RemoteProtocolError):
        await world.app(account, "dropped")
    assert world.ground.ledger.count("aptible", "app", handle="dropped") == 1
    again = await world.api.post(f"/accounts/{account['id']}/apps", json={"handle": "dropped"})
    assert again.status_code == 422
    assert again.json()["message"] == "Handle has already been taken"


async def test_an_operation_fails_on_demand(world: World) -> None:
    app = await world.app(await world.environment())
    world.ground.faults.set("aptible.operation-fails", type="configure")
    path = f"/apps/{app['id']}"
    failed = await world.operate(path, type="configure", env={"A": "1"})
    assert failed["status"] == "failed"
    assert "current_configuration" not in (await world.get(path))["_links"]
    unknown = await world.api.post(f"{path}/operations", json={"type": "dance"})
    assert unknown.status_code == 422


async def _environment(world: World, app: dict[str, object]) -> dict[str, str]:
    running = world.ground.supervisor.running(f"aptible-app-{app['id']}")
    port = next(c.port for c in running if c.process_type == "web")
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/")
    return dict(answer.json())
