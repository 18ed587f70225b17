"""A small Heroku account on real parts, for the tests of the sandboxed Heroku."""

import contextlib
import secrets
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.authority import Authority
from providers.sandbox.faults import Faults
from providers.sandbox.ground import Ground
from providers.sandbox.heroku.server import HerokuSandbox
from providers.sandbox.ledger import Ledger
from providers.sandbox.postgres.server import PostgresServer
from providers.sandbox.router import Router
from providers.sandbox.scenarios.seed import (
    AddOnSeed,
    AppSeed,
    CollaboratorSeed,
    DomainSeed,
    DrainSeed,
    HerokuSeed,
    PostgresSeed,
    ReleaseSeed,
)

ACCEPT = "application/vnd.heroku+json; version=3"
SDK = "application/vnd.heroku+json; version=3.sdk"
COMMIT = "3f1c2d4e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d"
OLD_COMMIT = "00112233445566778899aabbccddeeff00112233"
PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n"

WEB = """
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"dyno": os.environ["DYNO"], "greeting": os.environ.get("GREETING"),
                           "redis": os.environ.get("REDIS_URL", ""), "headers": seen}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

address = ("127.0.0.1", int(os.environ["PORT"]))
http.server.ThreadingHTTPServer(address, Handler).serve_forever()
"""

WORKER = """
import os, signal, sys, time, psycopg

signal.signal(signal.SIGTERM, lambda *args: sys.exit(0))
with psycopg.connect(os.environ["DATABASE_URL"] + "?sslmode=require", autocommit=True) as link:
    while True:
        link.execute("INSERT INTO work (dyno) VALUES (%s)", (os.environ["DYNO"],))
        time.sleep(0.1)
"""

RELEASE = """
import os, sys, psycopg

with psycopg.connect(os.environ["DATABASE_URL"] + "?sslmode=require", autocommit=True) as link:
    link.execute("INSERT INTO migrations (greeting) VALUES (%s)", (os.environ.get("GREETING"),))
sys.exit(1 if os.environ.get("GREETING") == "broken" else 0)
"""

TABLES = """
CREATE TABLE work (id bigserial PRIMARY KEY, dyno text, at timestamptz DEFAULT now());
CREATE TABLE migrations (id bigserial PRIMARY KEY, greeting text);
CREATE TABLE patients AS SELECT g AS id, md5(g::text) AS name FROM generate_series(1, 5000) g;
GRANT ALL ON ALL TABLES IN SCHEMA public TO clinic_owner;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clinic_owner;
"""


@dataclass
class HerokuWorld:
    """The sandbox, what it stands on, and a client with the full token."""

    ground: Ground
    heroku: HerokuSandbox
    client: httpx.AsyncClient

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the production database."""
        return await self.ground.source_postgres.execute("clinic", sql)

    async def visit(self, host: str, path: str = "/") -> httpx.Response:
        """What a visitor of `host` gets through the router, with the certificate checked."""
        context = ssl.create_default_context(cafile=str(self.ground.authority.ca_file))
        port = self.ground.source_router.port
        async with httpx.AsyncClient(verify=context) as visitor:
            return await visitor.get(
                f"https://127.0.0.1:{port}{path}",
                headers={"Host": host},
                extensions={"sni_hostname": host},
            )


@contextlib.asynccontextmanager
async def heroku_world(folder: Path, **formation: int) -> AsyncIterator[HerokuWorld]:
    """Start everything; `formation` says how many of each process type production runs."""
    authority = Authority(folder / "ca")
    postgres = await PostgresServer.start(folder / "pg", authority, ["localhost"])
    router = Router(authority)
    await router.start()
    ground = Ground(
        folder=folder,
        authority=authority,
        faults=Faults(),
        ledger=Ledger(),
        source_postgres=postgres,
        target_postgres=postgres,
        supervisor=Supervisor(folder / "logs"),
        source_router=router,
        aptible_router=router,
        dns=cast(Any, None),
    )
    heroku = HerokuSandbox(ground, await _seed(folder, postgres, formation))
    try:
        await heroku.start()
        headers = {"Authorization": f"Bearer {heroku.token}", "Accept": ACCEPT}
        async with httpx.AsyncClient(base_url=heroku.url, headers=headers) as client:
            yield HerokuWorld(ground, heroku, client)
    finally:
        await heroku.stop()
        await router.stop()
        await postgres.stop()


async def _seed(folder: Path, postgres: PostgresServer, formation: dict[str, int]) -> HerokuSeed:
    trees = {commit: folder / "trees" / commit for commit in (OLD_COMMIT, COMMIT)}
    for tree in trees.values():
        tree.mkdir(parents=True)
        for name, text in (("web", WEB), ("worker", WORKER), ("release", RELEASE)):
            (tree / f"{name}.py").write_text(text)
    add_ons = {}
    for database in ("clinic", "clinic_staging"):
        password = secrets.token_hex(16)
        await postgres.create_database(database, f"{database}_owner", password)
        url = f"postgres://{database}_owner:{password}@localhost:{postgres.port}/{database}"
        seed = PostgresSeed(database, f"{database}_owner", password, url)
        add_ons[database] = ({"DATABASE_URL": url}, seed)
    await postgres.execute("clinic", TABLES)
    commands = {"web": "exec python web.py", "worker": "exec python worker.py"}
    production = AppSeed(
        name="acme-clinic",
        default_host="acme-clinic-0123456789ab.herokuapp.com",
        stage="production",
        config={
            "GREETING": "hello",
            "EMPTY": "",
            "EQUALS": "a=b=c",
            "TRAILING": "line\n",
            "SIGNING_KEY": PEM,
        },
        formation={
            kind: (formation.get(kind, 0), "Standard-1X") for kind in ("web", "worker", "clock")
        },
        process_types={**commands, "clock": "exec python worker.py"},
        commit=COMMIT,
        checkouts=trees,
        releases=[
            ReleaseSeed(1, "Initial release"),
            ReleaseSeed(2, f"Deploy {OLD_COMMIT[:8]}", OLD_COMMIT),
            ReleaseSeed(3, "Set GREETING config vars"),
            ReleaseSeed(4, f"Deploy {COMMIT[:8]}", COMMIT),
        ],
        add_ons=[
            AddOnSeed(
                "postgresql-curved-12345",
                "heroku-postgresql",
                "standard-0",
                "DATABASE",
                *add_ons["clinic"],
                5000,
            ),
            AddOnSeed("redis-round-54321", "heroku-redis", "mini", "REDIS", price_cents=300),
            AddOnSeed("frobnicator-flat-99999", "frobnicator", "test", "FROBNICATOR"),
        ],
        domains=[DomainSeed("www.acme-clinic.test", "narrow-otter-1.herokudns.com")],
        collaborators=[CollaboratorSeed("nurse@acme-clinic.test")],
        drains=[DrainSeed("https://logs.example.test/drain", "d.0123")],
        features={"runtime-dyno-metadata": True},
        release_phase="exec python release.py",
    )
    staging = AppSeed(
        name="acme-clinic-staging",
        default_host="acme-clinic-staging-aaaabbbbcccc.herokuapp.com",
        stage="staging",
        config={"GREETING": "hello staging"},
        formation={"web": (0, "Basic")},
        process_types=commands,
        commit=COMMIT,
        checkouts=trees,
        releases=[ReleaseSeed(1, f"Deploy {COMMIT[:8]}", COMMIT)],
        add_ons=[
            AddOnSeed(
                "postgresql-staging-1",
                "heroku-postgresql",
                "essential-0",
                "DATABASE",
                *add_ons["clinic_staging"],
                500,
            )
        ],
    )
    return HerokuSeed("owner@acme-clinic.test", "acme", [production, staging])
