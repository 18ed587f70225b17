"""Pushing to the sandboxed Aptible with git, and commands and logs over its SSH portal."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any

import asyncssh
import pytest
import pytest_asyncio

from providers.sandbox.ssh.git_receive import GitReceiver
from tests.providers.sandbox.aptible_world import (
    World,
    aptible_world,
    commit_all,
    needs,
    push,
    try_push,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(needs("git", "ssh")), reason=needs("git", "ssh")),
]
Json = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with aptible_world(tmp_path_factory.mktemp("git")) as made:
        yield made


async def test_another_branch_is_only_stored(world: World) -> None:
    account = await world.environment()
    app = await world.app(account)
    commit = await push(world, world.repository(), f"{account['handle']}/acme-clinic", "deploy-1")
    assert world.ground.ledger.count("aptible", "git-push", branch="deploy-1", commit=commit) == 1
    assert world.processes(app) == []
    assert (await world.get(f"/apps/{app['id']}/operations"))["total_count"] == 0


async def test_main_deploys_before_the_push_is_taken(world: World) -> None:
    account = await world.environment()
    app = await world.app(account)
    folder = world.repository()
    await commit_all(world, folder)
    code, output = await try_push(world, folder, f"{account['handle']}/acme-clinic", "main")
    assert code == 0, output
    assert "remote: greeting is image" in output
    assert world.processes(app) == ["web", "worker"]


async def test_a_failing_deploy_refuses_the_push(world: World) -> None:
    account = await world.environment()
    app = await world.app(account)
    folder = world.repository({"migrate.py": "raise SystemExit(4)"})
    await commit_all(world, folder)
    path = f"{account['handle']}/acme-clinic"
    code, output = await try_push(world, folder, path, "main")
    assert code != 0
    assert "remote rejected" in output
    assert world.sandbox.repositories.refs(app["id"]) == {}
    assert world.processes(app) == []


async def test_a_push_needs_a_good_token_and_an_app(world: World) -> None:
    account = await world.environment()
    await world.app(account)
    folder = world.repository()
    await commit_all(world, folder)
    path = f"{account['handle']}/acme-clinic"
    for target, token in ((path, "a.b.c"), (path, ""), (f"{account['handle']}/nobody", None)):
        code, output = await try_push(world, folder, target, "main", token)
        assert code != 0
        assert "App not found or not accessible" in output


async def test_without_a_git_program_dulwich_takes_the_push(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await world.environment()
    app = await world.app(account)
    folder = world.repository()
    commit = await commit_all(world, folder)
    with_git = shutil.which
    monkeypatch.setattr(
        "providers.sandbox.ssh.git_receive.shutil.which",
        lambda name: None if name == "git" else with_git(name),
    )
    assert "receive_pack" in " ".join(GitReceiver._command("x"))
    code, output = await try_push(world, folder, f"{account['handle']}/acme-clinic", "deploy-1")
    assert code == 0, output
    assert world.sandbox.repositories.refs(app["id"]) == {"refs/heads/deploy-1": commit}


async def test_a_registered_key_pushes_as_git(world: World) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        await _connect(world, "git", [key])
    auth = world.sandbox.auth
    await world.api.post(
        f"{auth.url}/users/{auth.user_id}/ssh_keys",
        json={"name": "x", "ssh_public_key": key.export_public_key().decode()},
        headers={"Authorization": f"Bearer {auth.issue('elevated').text}"},
    )
    async with await _connect(world, "git", [key]) as ssh:
        answer = await ssh.run("git-receive-pack 'nobody/nothing.git'")
    assert answer.stderr == "App not found or not accessible\n"


async def test_a_command_runs_in_a_throw_away_container(world: World) -> None:
    app = await world.deployed(await world.environment())
    command = 'cat; echo " $GREETING $APTIBLE_LAYER"; echo beware >&2; exit 7'
    operation = await world.post(
        f"/apps/{app['id']}/operations", {"type": "execute", "command": command}
    )
    async with await _portal(world, operation) as ssh:
        answer = await ssh.run(input="from outside")
    assert answer.stdout == "from outside image app\n"
    assert answer.stderr == "beware\n"
    assert answer.exit_status == 7
    assert world.processes(app) == ["web", "worker"]


async def test_the_portal_streams_an_operation_to_its_end(world: World) -> None:
    app = await world.deployed(await world.environment())
    path = f"/apps/{app['id']}/operations"
    operation = await world.post(path, {"type": "deploy", "git_ref": "deploy-1"})
    async with await _portal(world, operation) as ssh:
        answer = await asyncio.wait_for(ssh.run(), 120)
    assert "greeting is image" in str(answer.stdout)
    assert answer.exit_status == 0
    operation = await world.post(path, {"type": "deploy", "git_ref": "nowhere"})
    async with await _portal(world, operation) as ssh:
        answer = await asyncio.wait_for(ssh.run(), 120)
    assert answer.exit_status == 1


async def test_a_deprovision_can_be_followed_when_it_is_gone(world: World) -> None:
    """The official client signs in first; its SSH session may begin after the operation's end."""
    app = await world.deployed(await world.environment())
    path = f"/apps/{app['id']}/operations"
    # What waits for a deploy leaves the time to sign in.
    await world.post(path, {"type": "deploy", "git_ref": "deploy-1"})
    operation = await world.post(path, {"type": "deprovision"})
    ssh = await _portal(world, operation)
    for _ in range(100):
        if (await world.api.get(f"/operations/{operation['id']}")).status_code == 404:
            break
        await asyncio.sleep(0.05)
    async with ssh:
        answer = await asyncio.wait_for(ssh.run(), 120)
    assert f"deprovision #{operation['id']} succeeded" in str(answer.stdout)
    assert answer.exit_status == 0


async def _portal(world: World, operation: Json) -> asyncssh.SSHClientConnection:
    key = asyncssh.generate_private_key("ssh-ed25519")
    body = {"ssh_public_key": key.export_public_key().decode()}
    made = await world.post(f"/operations/{operation['id']}/ssh_portal_connections", body)
    certificate = asyncssh.import_certificate(made["ssh_certificate_body"])
    return await _connect(world, made["ssh_user"], [(key, certificate)])


async def _connect(world: World, user: str, credentials: list[Any]) -> asyncssh.SSHClientConnection:
    host_key = asyncssh.import_public_key(world.sandbox.host_key)
    return await asyncssh.connect(
        "127.0.0.1",
        world.sandbox.ssh_port,
        username=user,
        client_keys=credentials,
        known_hosts=([host_key], [], []),
        config=None,
        agent_path=None,
        env={"ACCESS_TOKEN": world.sandbox.access_token},
    )
