"""Databases on the sandboxed Aptible, and the tunnel to them, with two SSH clients."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncssh
import psycopg
import pytest
import pytest_asyncio
import redis.asyncio as redis

from tests.providers.sandbox.aptible_world import World, aptible_world, needs

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with aptible_world(tmp_path_factory.mktemp("databases")) as made:
        yield made


async def test_a_provisioned_database_is_a_real_one_with_a_role_of_its_own(world: World) -> None:
    database = await world.database(await world.environment(), "primary")
    url = urlsplit(database["connection_url"])
    assert url.scheme == "postgresql"
    assert url.hostname == f"db-shared-us-west-1-{database['id']}.aptible.in"
    with pytest.raises(psycopg.OperationalError):
        await _ask(database["connection_url"], url.port or 0, sslmode="disable")
    role, superuser, version = await _ask(
        database["connection_url"],
        url.port or 0,
        "select current_user::text, rolsuper, current_setting('server_version_num') "
        "from pg_roles where rolname = current_user",
    )
    assert str(role).startswith("aptible")
    assert superuser is False
    assert int(str(version)) > 140000
    await _ask(database["connection_url"], url.port or 0, "create extension pg_trgm", fetch=False)


async def test_secrets_are_left_out_on_demand(world: World) -> None:
    database = await world.database(await world.environment(), "primary")
    plain = await world.get(f"/databases/{database['id']}")
    assert "connection_url" not in plain
    assert "passphrase" not in plain
    assert "_embedded" not in plain
    assert database["_embedded"]["database_credentials"][0]["default"] is True
    credentials = await world.get(f"/databases/{database['id']}/database_credentials")
    assert "connection_url" not in credentials["_embedded"]["database_credentials"][0]


async def test_a_database_that_cannot_be_provisioned(world: World) -> None:
    account = await world.environment()
    world.ground.faults.set("aptible.provision-fails", handle="unlucky")
    body = {"handle": "unlucky", "type": "postgresql"}
    database = await world.post(f"/accounts/{account['id']}/databases", body)
    path = f"/databases/{database['id']}"
    operation = await world.operate(path, type="provision")
    assert operation["status"] == "failed"
    assert (await world.get(path))["status"] == "provision_failed"
    await world.post(f"{path}/operations", {"type": "deprovision"})
    await _gone(world, path)


async def test_deprovisioning_leaves_a_backup_that_keeps_the_environment(world: World) -> None:
    account = await world.environment()
    database = await world.database(account, "primary")
    await world.operate(f"/databases/{database['id']}", type="backup")
    await world.post(f"/databases/{database['id']}/operations", {"type": "deprovision"})
    await _gone(world, f"/databases/{database['id']}")
    names = await world.ground.target_postgres.execute(
        "postgres", "select datname from pg_database"
    )
    assert (f"db_{database['id']}",) not in names
    refused = await world.api.delete(f"/accounts/{account['id']}")
    assert refused.status_code == 422
    assert "backups" in refused.json()["message"]
    found = await world.get(f"/accounts/{account['id']}/backups?orphaned=true")
    backups = found["_embedded"]["backups"]
    assert sorted(b["manual"] for b in backups) == [False, True]
    # The official client lists such backups with what their database was.
    gone = await world.get(f"{backups[0]['_links']['database']['href']}?with_deleted=true")
    assert (gone["handle"], gone["type"]) == ("primary", "postgresql")
    assert gone["deleted_at"] is not None
    for backup in backups:
        done = await world.operate(f"/backups/{backup['id']}", type="purge")
        assert done["status"] == "succeeded"
    assert (await world.api.delete(f"/accounts/{account['id']}")).status_code == 204


async def test_redis_has_a_plain_and_an_encrypted_credential(world: World) -> None:
    database = await world.database(await world.environment(), "cache", "redis")
    path = f"/databases/{database['id']}/database_credentials"
    found = (await world.get(path, secrets=True))["_embedded"]["database_credentials"]
    assert [(c["type"], c["default"]) for c in found] == [("redis", True), ("redis+ssl", False)]
    for credential in found:
        url = urlsplit(credential["connection_url"])
        encrypted: dict[str, Any] = {}
        if url.scheme == "rediss":
            authority = world.ground.authority.ca_file
            encrypted = {"ssl": True, "ssl_ca_certs": str(authority)}
        client = redis.Redis(host="localhost", port=url.port, password=url.password, **encrypted)
        async with client:
            await client.set("asked-by", url.scheme)
            assert await client.get("asked-by") == url.scheme.encode()


async def test_a_tunnel_with_asyncssh(world: World) -> None:
    database = await world.database(await world.environment(), "primary")
    async with _tunnel(world, database) as (ssh, connection):
        listener = await ssh.forward_local_port_to_path(
            "127.0.0.1", 0, connection["ssh_port_forward_socket"]
        )
        many = [_ask(database["connection_url"], listener.get_port()) for _ in range(4)]
        assert await asyncio.gather(*many) == [(1,)] * 4


async def test_a_tunnel_that_drops(world: World) -> None:
    database = await world.database(await world.environment(), "primary")
    async with _tunnel(world, database) as (ssh, connection):
        listener = await ssh.forward_local_port_to_path(
            "127.0.0.1", 0, connection["ssh_port_forward_socket"]
        )
        world.ground.faults.set("aptible.tunnel-drop", after_bytes=200000)
        with pytest.raises(psycopg.OperationalError):
            await _ask(
                database["connection_url"],
                listener.get_port(),
                "select string_agg(md5(g::text), '') from generate_series(1, 100000) g",
            )
        await asyncio.wait_for(ssh.wait_closed(), 20)


async def test_no_tunnel_without_the_token_or_with_a_foreign_certificate(world: World) -> None:
    database = await world.database(await world.environment(), "primary")
    with pytest.raises(AssertionError, match="not ready"):
        async with _tunnel(world, database, token="a.b.c"):
            pass
    key, connection = await _sign_in(world, database)
    stranger = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    foreign = asyncssh.generate_private_key("ssh-ed25519").generate_user_certificate(
        key, "x", principals=[connection["ssh_user"]]
    )
    for credentials in ([stranger], [(key, foreign)]):
        with pytest.raises(asyncssh.PermissionDenied):
            await _connect(world, connection["ssh_user"], credentials)


@pytest.mark.skipif(bool(needs("ssh")), reason=needs("ssh"))
async def test_a_tunnel_with_the_system_ssh(world: World, tmp_path: Path) -> None:
    database = await world.database(await world.environment(), "primary")
    key, connection = await _sign_in(world, database)
    stack = next(s for s in (await world.get("/stacks"))["_embedded"]["stacks"])
    key.write_private_key(tmp_path / "id_rsa")
    (tmp_path / "id_rsa").chmod(0o600)
    (tmp_path / "id_rsa-cert.pub").write_text(connection["ssh_certificate_body"])
    host, port = stack["ssh_portal_host"], stack["ssh_portal_port"]
    (tmp_path / "known_hosts").write_text(f"[{host}]:{port} {stack['ssh_host_rsa_public_key']}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        local = int(probe.getsockname()[1])
    child = await asyncio.create_subprocess_exec(
        *f"ssh {connection['ssh_user']}@{host} -p {port} -i {tmp_path}/id_rsa -T".split(),
        *f"-o IdentitiesOnly=yes -o UserKnownHostsFile={tmp_path}/known_hosts".split(),
        *["-o", "StrictHostKeyChecking=yes", "-o", "SendEnv=ACCESS_TOKEN", "-F", "/dev/null"],
        *f"-L {local}:{connection['ssh_port_forward_socket']}".split(),
        *["-o", "ExitOnForwardFailure=yes"],
        env={"PATH": os.environ["PATH"], "ACCESS_TOKEN": world.sandbox.access_token},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert child.stdout is not None and child.stderr is not None
        ready = await asyncio.wait_for(child.stdout.readline(), 40)
        assert ready, await child.stderr.read()
        assert await _ask(database["connection_url"], local) == (1,)
    finally:
        child.terminate()
        await child.wait()


async def _gone(world: World, path: str) -> None:
    for _ in range(200):
        if (await world.api.get(path)).status_code == 404:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} is still there")


async def _ask(
    url: str,
    port: int,
    query: str = "select 1",
    *,
    sslmode: str = "require",
    fetch: bool = True,
) -> tuple[object, ...]:
    """Ask the database over a loopback port, whatever host its URL names."""
    parts = urlsplit(url)
    session = await psycopg.AsyncConnection.connect(
        hostaddr="127.0.0.1",
        host=parts.hostname,
        port=port,
        user=parts.username,
        password=parts.password,
        dbname=parts.path[1:],
        sslmode=sslmode,
        autocommit=True,
        connect_timeout=10,
    )
    async with session:
        answer = await session.execute(query.encode())
        return tuple(await answer.fetchone() or ()) if fetch else ()


async def _sign_in(world: World, database: Json) -> tuple[asyncssh.SSHKey, Json]:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    credentials = await world.get(f"/databases/{database['id']}/database_credentials")
    href = credentials["_embedded"]["database_credentials"][0]["_links"]["operations"]["href"]
    answer = await world.api.post(href, json={"type": "tunnel", "status": "succeeded"})
    assert answer.json()["status"] == "succeeded"
    href = answer.json()["_links"]["ssh_portal_connections"]["href"]
    body = {"ssh_public_key": key.export_public_key().decode()}
    answer = await world.api.post(href, json=body)
    assert answer.status_code == 201
    return key, dict(answer.json())


async def _connect(
    world: World, user: str, credentials: list[Any], token: str | None = None
) -> asyncssh.SSHClientConnection:
    host_key = asyncssh.import_public_key(world.sandbox.host_key)
    return await asyncssh.connect(
        "127.0.0.1",
        world.sandbox.ssh_port,
        username=user,
        client_keys=credentials,
        known_hosts=([host_key], [], []),
        config=None,
        agent_path=None,
        env={"ACCESS_TOKEN": token or world.sandbox.access_token},
    )


@contextlib.asynccontextmanager
async def _tunnel(
    world: World, database: Json, token: str | None = None
) -> AsyncIterator[tuple[asyncssh.SSHClientConnection, Json]]:
    key, connection = await _sign_in(world, database)
    certificate = asyncssh.import_certificate(connection["ssh_certificate_body"])
    ssh = await _connect(world, connection["ssh_user"], [(key, certificate)], token)
    async with ssh:
        session = await ssh.create_process(stdin=asyncssh.DEVNULL)
        line = await asyncio.wait_for(session.stdout.readline(), 40)
        assert line, "the tunnel is not ready"
        yield ssh, connection
