"""A sandboxed Aptible on real parts, and a small app to deploy, for tests."""

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.aptible.sandbox import AptibleSandbox
from providers.sandbox.aptible.switches import Switches
from providers.sandbox.authority import Authority
from providers.sandbox.dns.world import DnsWorld
from providers.sandbox.faults import Faults
from providers.sandbox.ground import Ground
from providers.sandbox.ledger import Ledger
from providers.sandbox.postgres.server import PostgresServer
from providers.sandbox.router import Router
from providers.sandbox.temp_folder import TempFolder

Json = dict[str, Any]
SENSITIVE = {"Prefer": "no_sensitive_extras=false"}
PLAIN = {"Prefer": "no_sensitive_extras=true"}
QUICK = {"queued_seconds": 0.02, "running_seconds": 0.02}

WEB = """
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
WORKER = "import time\nwhile True:\n    time.sleep(1)\n"
MIGRATE = """
import os, sys
print("greeting is", os.environ.get("GREETING", "missing"))
sys.exit(3 if os.environ.get("GREETING") == "broken" else 0)
"""
FILES = {
    "Dockerfile": "FROM python:3.12\\nENV PORT=3000 GREETING=image\\nEXPOSE 3000\\n".replace(
        "\\n", "\n"
    ),
    "Procfile": "web: exec python web.py\nworker: exec python worker.py\n",
    ".aptible.yml": "before_deploy:\n  - python migrate.py\n",
    "web.py": WEB,
    "worker.py": WORKER,
    "migrate.py": MIGRATE,
}


@dataclass
class World:
    """The sandbox with a signed-in client for each of its hosts."""

    ground: Ground
    sandbox: AptibleSandbox
    api: httpx.AsyncClient
    folder: Path
    environments: int = 0

    async def post(self, path: str, body: Json, status: int = 201) -> Json:
        answer = await self.api.post(path, json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def get(self, path: str, *, secrets: bool = False) -> Json:
        answer = await self.api.get(path, headers=SENSITIVE if secrets else PLAIN)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def operate(self, path: str, **body: Any) -> Json:
        """Create an operation and wait for its end."""
        operation = await self.post(f"{path}/operations", body)
        return await self.ended(operation["id"])

    async def ended(self, operation_id: int) -> Json:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            operation = await self.get(f"/operations/{operation_id}")
            if operation["status"] in ("succeeded", "failed"):
                return operation
            await asyncio.sleep(0.02)
        raise AssertionError(f"operation {operation_id} did not end")

    async def log(self, operation: Json) -> str:
        """The two steps to a log; the second without the token."""
        first = await self.api.get(operation["_links"]["logs"]["href"])
        assert first.status_code == 200, first.text
        async with httpx.AsyncClient() as stranger:
            second = await stranger.get(first.text)
        assert second.status_code == 200
        return second.text

    async def environment(self) -> Json:
        """A new one, named `env-N`."""
        self.environments += 1
        handle = f"env-{self.environments}"
        stack = next(s for s in self.sandbox.state.stacks.values() if not s.dedicated)
        organization = self.sandbox.auth.organization_id
        body = {"handle": handle, "organization_id": organization, "stack_id": stack.id}
        return await self.post("/accounts", {**body, "type": "development"})

    async def app(self, account: Json, handle: str = "acme-clinic") -> Json:
        return await self.post(f"/accounts/{account['id']}/apps", {"handle": handle})

    async def database(self, account: Json, handle: str, type_: str = "postgresql") -> Json:
        path = f"/accounts/{account['id']}/databases"
        database = await self.post(path, {"handle": handle, "type": type_})
        operation = await self.operate(
            f"/databases/{database['id']}", type="provision", container_size=1024, disk_size=10
        )
        assert operation["status"] == "succeeded"
        return await self.get(f"/databases/{database['id']}", secrets=True)

    def repository(self, changed: Mapping[str, str | None] | None = None) -> Path:
        """A checkout of the app; `changed` by file name, None leaves one out."""
        folder = Path(tempfile.mkdtemp(prefix="checkout-", dir=self.folder))
        for file, text in {**FILES, **(changed or {})}.items():
            if text is not None:
                (folder / file).write_text(text)
        return folder

    async def deployed(
        self, account: Json, changed: Mapping[str, str | None] | None = None
    ) -> Json:
        """An app that was pushed and deployed."""
        app = await self.app(account)
        path = f"{account['handle']}/{app['handle']}"
        commit = await push(self, self.repository(changed), path, "deploy-1")
        operation = await self.operate(f"/apps/{app['id']}", type="deploy", git_ref=commit)
        assert operation["status"] == "succeeded", await self.log(operation)
        return await self.get(f"/apps/{app['id']}")

    async def service(self, app: Json, process_type: str) -> Json:
        found = await self.get(f"/apps/{app['id']}/services")
        services = found["_embedded"]["services"]
        return next(dict(s) for s in services if s["process_type"] == process_type)

    def processes(self, app: Json) -> list[str]:
        """Process types of the containers that really run."""
        running = self.ground.supervisor.running(f"aptible-app-{app['id']}")
        return sorted(container.process_type for container in running)


@contextlib.asynccontextmanager
async def aptible_world(tmp_path: Path, **switches: Any) -> AsyncIterator[World]:
    """Everything an Aptible needs, started and ended."""
    temp = TempFolder()
    async with contextlib.AsyncExitStack() as ending:
        ending.callback(temp.remove)
        authority, faults = Authority(temp.path / "ca"), Faults()
        postgres = await PostgresServer.start(
            temp.path / "pg", authority, ["*.aptible.in", "localhost"]
        )
        ending.push_async_callback(postgres.stop)
        router, dns = Router(authority), DnsWorld(faults)
        await router.start()
        ending.push_async_callback(router.stop)
        await dns.start()
        ending.push_async_callback(dns.stop)
        supervisor = Supervisor(temp.path / "logs")
        ending.push_async_callback(supervisor.stop_everything)
        ground = Ground(
            temp.path,
            authority,
            faults,
            Ledger(),
            postgres,
            postgres,
            supervisor,
            router,
            router,
            dns,
        )
        sandbox = AptibleSandbox(ground, Switches(**{**QUICK, **switches}))
        await sandbox.start()
        ending.push_async_callback(sandbox.stop)
        bearer = {"Authorization": f"Bearer {sandbox.access_token}"}
        api = await ending.enter_async_context(
            httpx.AsyncClient(base_url=sandbox.api_url, headers=bearer, timeout=30)
        )
        yield World(ground, sandbox, api, tmp_path)


def git_environment(world: World, token: str | None = None) -> dict[str, str]:
    """What git needs to push as the official action does."""
    known = world.folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{world.sandbox.ssh_port} {world.sandbox.host_key}\n")
    options = (
        f"-p {world.sandbox.ssh_port} -o SendEnv=ACCESS_TOKEN -o PubkeyAuthentication=no "
        f"-o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes -F /dev/null"
    )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(world.folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_SSH_COMMAND": f"ssh {options}",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@acme-clinic.test",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@acme-clinic.test",
        "ACCESS_TOKEN": world.sandbox.access_token if token is None else token,
    }


async def run(words: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    """Run a program to its end; both streams."""
    child = await asyncio.create_subprocess_exec(
        *words,
        cwd=cwd,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(child.communicate(), 240)
    return child.returncode or 0, output.decode()


async def commit_all(world: World, folder: Path) -> str:
    """Commit everything; the commit id."""
    env = git_environment(world)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "One"]):
        code, output = await run(["git", *words], folder, env)
        assert code == 0, output
    _, commit = await run(["git", "rev-parse", "HEAD"], folder, env)
    return commit.strip()


async def push(world: World, folder: Path, path: str, branch: str) -> str:
    """Commit all of `folder` and push it to `environment/app`; the commit id."""
    commit = await commit_all(world, folder)
    code, output = await try_push(world, folder, path, branch)
    assert code == 0, output
    return commit


async def try_push(
    world: World, folder: Path, path: str, branch: str, token: str | None = None
) -> tuple[int, str]:
    """Push HEAD to a branch: exit code and what git printed."""
    remote = f"root@127.0.0.1:{path}.git"
    words = ["git", "push", remote, f"HEAD:refs/heads/{branch}"]
    return await run(words, folder, git_environment(world, token))


def needs(*programs: str) -> str:
    """Why a test cannot run here; empty when it can."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing and os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
        raise RuntimeError(f"needed but not installed: {', '.join(missing)}")
    return f"not installed: {', '.join(missing)}" if missing else ""
