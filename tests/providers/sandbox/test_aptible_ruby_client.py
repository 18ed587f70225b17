"""Does the official `aptible` client (Ruby, 0.26.6) work against the sandboxed Aptible?

The judge: a program that others wrote, named by MOVEDAY_APTIBLE_CLI or found on PATH. It comes as
a package of its vendor's, from no registry that a build machine may use; so its absence is a
reason to skip even where services are required. Its telemetry goes to a closed port.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from tests.providers.sandbox.aptible_world import World, aptible_world, needs, push

pytestmark = pytest.mark.asyncio(loop_scope="module")
DOMAIN = "www.acme-clinic.test"
_NOWHERE = "http://127.0.0.1:9"


def official_client() -> str:
    """The client's program; skips without it."""
    for candidate in (os.environ.get("MOVEDAY_APTIBLE_CLI"), shutil.which("aptible")):
        if candidate and Path(candidate).exists():
            return candidate
    pytest.skip("the official aptible client is not here (name it in MOVEDAY_APTIBLE_CLI)")


@dataclass
class Judge:
    """The official client with a home of its own, pointed at one environment of the sandbox."""

    program: str
    world: World
    account: dict[str, Any]
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        sandbox, trust = self.world.sandbox, self.world.ground.authority.ca_file
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "APTIBLE_CONFIG_PATH": str(self.home / ".aptible"),
            "APTIBLE_API_ROOT_URL": sandbox.api_url,
            "APTIBLE_AUTH_ROOT_URL": sandbox.auth_url,
            "APTIBLE_ACCESS_TOKEN": sandbox.access_token,
            "SSL_CERT_FILE": str(trust),
            "http_proxy": _NOWHERE,
            "https_proxy": _NOWHERE,
            "no_proxy": "127.0.0.1,localhost",
            # A packaged client does not warn about being built from source.
            "APTIBLE_TOOLBELT": "1",
        }

    async def start(self, *words: str, **extra: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            self.program,
            *words,
            env={**self.environment, **extra},
            cwd=self.home,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str, code: int = 0, **extra: str) -> str:
        """What it prints: standard output, or the error stream when it is to fail."""
        child = await self.start(*words, **extra)
        try:
            output, errors = await asyncio.wait_for(child.communicate(), 240)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        assert child.returncode == code, f"{words}: {output.decode()} {errors.decode()}"
        return output.decode() if code == 0 else errors.decode()

    async def json(self, *words: str) -> Any:
        return json.loads(await self.run(*words, APTIBLE_OUTPUT_FORMAT="json"))

    async def deployed(self, handle: str) -> dict[str, Any]:
        """An app of the client's, deployed from a pushed branch; as the API shows it."""
        here = ("--environment", self.account["handle"])
        await self.run("apps:create", handle, *here)
        path = f"{self.account['handle']}/{handle}"
        await push(self.world, self.world.repository(), path, "deploy-1")
        said = await self.run("deploy", "--app", handle, *here, "--git-commitish", "deploy-1")
        assert "greeting is image" in said
        return await self.world.get(f"/find/app?handle={handle}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    official_client()
    missing = needs("git", "ssh", "ssh-keygen")
    if missing:
        pytest.skip(missing)
    # Operations as long as a second: the client needs that long to sign in to a deprovision.
    async with aptible_world(
        tmp_path_factory.mktemp("ruby"), logs_over_tls=True, running_seconds=1.0
    ) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def judge(world: World) -> Judge:
    return Judge(official_client(), world, await world.environment(), world.folder)


async def test_it_signs_in_and_finds_its_way(judge: Judge) -> None:
    (organization,) = await judge.json("organizations")
    assert organization["id"] == judge.world.sandbox.auth.organization_id
    environments = await judge.json("environment:list")
    assert judge.account["handle"] in [e["handle"] for e in environments]
    words = ["login", "--email", "operator@acme-clinic.test", "--password", "sandbox-password"]
    await judge.run(*words)
    kept = json.loads((judge.home / ".aptible" / "tokens.json").read_text())
    signed_in = {"APTIBLE_ACCESS_TOKEN": kept[judge.world.sandbox.auth_url]}
    listed = await judge.run("environment:list", **signed_in)
    assert judge.account["handle"] in listed.splitlines()
    words[-1] = "wrong"
    assert "invalid_credentials" in await judge.run(*words, code=1)


async def test_an_app_from_its_creation_to_its_end(judge: Judge) -> None:
    app = await judge.deployed("portal")
    assert "portal" in await judge.run("apps")
    await judge.run("config:set", "--app", "portal", "GREETING=x=y z")
    assert (await judge.json("config", "--app", "portal"))[0]["value"] == "x=y z"
    size = ("--container-count", "2", "--container-size", "512")
    await judge.run("apps:scale", "web", "--app", "portal", *size)
    assert judge.world.processes(app) == ["web", "web", "worker"]
    services = await judge.json("services", "--app", "portal")
    web = next(s for s in services if s["service"] == "web")
    assert (web["container_count"], web["container_size"]) == (2, 512)
    said = await judge.run("ssh", "--app", "portal", "sh", "-c", "echo lost >&2; exit 5", code=5)
    assert "lost" in said
    operations = await judge.world.get(f"/apps/{app['id']}/operations?type=deploy")
    deploy = operations["_embedded"]["operations"][0]["id"]
    log = await judge.run("operation:logs", str(deploy))
    assert f"deploy #{deploy} succeeded" in log
    await judge.run("apps:deprovision", "--app", "portal")
    assert judge.world.processes(app) == []
    assert (await judge.world.api.get(f"/apps/{app['id']}")).status_code == 404


async def test_endpoints_with_the_default_domain_and_a_managed_certificate(judge: Judge) -> None:
    app = await judge.deployed("clinic")
    create = ("endpoints:https:create", "web", "--app", "clinic", "--port", "3000")
    assert f"app-{app['id']}.on-aptible.com" in await judge.run(*create, "--default-domain")
    settings = ("--managed-tls", "--managed-tls-domain", DOMAIN, "--force-ssl")
    await judge.run(*create, *settings)
    endpoints = await judge.json("endpoints:list", "--app", "clinic")
    managed = next(e for e in endpoints if e["managed_tls_enabled"])
    assert (managed["managed_tls_status"], managed["force_ssl"]) == ("pending", "true")
    renew = ("endpoints:renew", managed["hostname"], "--app", "clinic")
    assert "failed" in await judge.run(*renew, code=1)
    target = managed["managed_tls_dns_challenge_hostname"]
    judge.world.ground.dns.put(f"_acme-challenge.{DOMAIN}", "CNAME", 5, [target])
    await judge.run(*renew)
    endpoints = await judge.json("endpoints:list", "--app", "clinic")
    assert [e["managed_tls_status"] for e in endpoints if e["managed_tls_enabled"]] == ["ready"]
    await judge.run("endpoints:deprovision", managed["hostname"], "--app", "clinic")
    left = await judge.json("endpoints:list", "--app", "clinic")
    assert [e["default_domain_enabled"] for e in left] == [True]


async def test_a_database_is_reached_through_the_tunnel(judge: Judge) -> None:
    here = ("--environment", judge.account["handle"])
    await judge.run("db:create", "primary", "--type", "postgresql", *here)
    tunnel = await judge.start("db:tunnel", "primary", *here)
    try:
        url = await asyncio.wait_for(_connect_line(tunnel), 120)
        async with await psycopg.AsyncConnection.connect(
            url, hostaddr="127.0.0.1", sslmode="require"
        ) as session:
            await session.execute("create table visits as select generate_series(1, 50000) n")
            found = await (await session.execute("select count(*) from visits")).fetchone()
            assert session.pgconn.ssl_in_use
        assert found == (50000,)
    finally:
        tunnel.send_signal(signal.SIGINT)
        await asyncio.wait_for(tunnel.communicate(), 80)
    await judge.run("db:deprovision", "primary", *here)
    assert "primary deleted at" in await judge.run("backup:orphaned", *here)


async def test_the_tunnel_of_a_missing_database_says_so(judge: Judge) -> None:
    said = await judge.run("db:tunnel", "nothing", code=1)
    assert "Could not find database nothing" in said


async def test_a_site_answers_behind_the_endpoint(judge: Judge) -> None:
    app = await judge.deployed("site")
    await judge.run("endpoints:https:create", "web", "--app", "site", "--default-domain")
    host = f"app-{app['id']}.on-aptible.com"
    port = judge.world.ground.aptible_router.port
    trust = ssl.create_default_context(cafile=judge.world.ground.authority.ca_file)
    async with httpx.AsyncClient(verify=trust) as visitor:
        answer = await visitor.get(
            f"https://127.0.0.1:{port}/",
            headers={"host": host},
            extensions={"sni_hostname": host},
        )
    assert answer.status_code == 200
    assert answer.json()["APTIBLE_PROCESS_TYPE"] == "web"


async def _connect_line(tunnel: asyncio.subprocess.Process) -> str:
    """Wait until the tunnel is open; the URL it told."""
    assert tunnel.stderr is not None
    said = ""
    while not said.endswith("Connected. Ctrl-C to close connection.\n"):
        line = await tunnel.stderr.readline()
        assert line, said
        said += line.decode()
    found = re.search(r"^Connect at (\S+)$", said, re.MULTILINE)
    assert found is not None, said
    return found[1]
