"""A small Heroku for tests of the client: replays shapes of the Platform API schema over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.sources.heroku import open_source
from providers.sources.heroku.source import HerokuSource
from providers.vault.memory import MemoryVault
from wizard.model.plan import SourceChoice

TOKEN = "HRKU-canary-replay-51d0"
PASSWORD = "p4ss@w/ord:canary#1"
DATABASE = "postgres://u1:p4ss%40w%2Ford%3Acanary%231@db.example.test:5433/d1"
APP_ID = "0a000000-0000-4000-8000-000000000001"
DB_ID = "0d000000-0000-4000-8000-000000000001"
WHEN = "2026-11-01T10:00:00Z"

Answerer = Callable[[Request, Any], Response | None]


def world() -> dict[str, Any]:
    """Path → answer. Values are what GET gives; tests change them."""
    app = {"id": APP_ID, "name": "acme"}
    return {
        "/apps/acme": {
            **app,
            "maintenance": False,
            "archived_at": None,
            "stack": {"id": "s", "name": "heroku-24"},
            "region": {"id": "r", "name": "us"},
            "generation": {"id": "g", "name": "fir"},
            "team": {"id": "t", "name": "acme-team"},
            "acm": True,
            "space": {"id": "sp", "name": "acme-space", "shield": False},
            "some_new_field": {"x": 1},
        },
        f"/apps/{APP_ID}/pipeline-couplings": {
            "app": {"id": APP_ID},
            "pipeline": {"id": "p1"},
            "stage": "production",
        },
        "/pipelines/p1": {"id": "p1", "name": "acme"},
        "/filters/apps": [{"id": "a2", "name": "acme-staging", "maintenance": False}],
        "/pipelines/p1/pipeline-couplings": [
            {"app": {"id": APP_ID}, "pipeline": {"id": "p1"}, "stage": "production"},
            {"app": {"id": "a2"}, "pipeline": {"id": "p1"}, "stage": "staging"},
        ],
        "/apps/acme/formation": [
            _formation("web", 2, "Standard-2X"),
            _formation("worker", 1, "Standard-1X"),
            {"type": "old", "quantity": 0, "size": "Odd-Size", "command": None},
        ],
        "/apps/acme/dynos": [
            {"name": "web.1", "type": "web", "state": "up"},
            {"name": "web.2", "type": "web", "state": "crashed"},
            {"name": "run.1234", "type": "run", "state": "starting"},
        ],
        "/dyno-sizes": [
            {"name": "Standard-2X", "memory": 1, "cost": {"cents": 5000, "unit": "month"}},
            {"name": "Eco", "memory": 0.5, "cost": {"cents": 500, "unit": "month"}},
        ],
        "/apps/acme/config-vars": {
            "DATABASE_URL": DATABASE,
            "HEROKU_POSTGRESQL_PINK_URL": DATABASE,
            "REDIS_URL": "rediss://:redis-canary-77@r.test:6380",
            "SECRET_KEY_BASE": "canary-skb-9a8b7c6d",
            "RAILS_ENV": "production",
            "EMPTY": "",
            "PORT": "5000",
            "HEROKU_APP_NAME": "acme",
            "FROB_TOKEN": "canary-frob-1",
            "HIDDEN": None,
            "MASKED": "••••",
        },
        "/apps/acme/config-vars-settings": [{"key": "MASKED", "value": None, "masked": True}],
        "/apps/acme/addons": [
            _addon(
                DB_ID,
                "postgresql-flat-1",
                "heroku-postgresql",
                "standard-0",
                5000,
                ["DATABASE_URL", "HEROKU_POSTGRESQL_PINK_URL"],
            ),
            _addon("r1", "redis-round-1", "heroku-redis", "mini", 300, ["REDIS_URL"]),
            _addon("s1", "scheduler-slow-1", "scheduler", "standard", 0, []),
        ],
        "/apps/acme/addon-attachments": [
            _attachment("DATABASE", DB_ID, "postgresql-flat-1", ["DATABASE_URL"]),
            _attachment("REDIS", "r1", "redis-round-1", ["REDIS_URL"]),
            _attachment("FROB", "f1", "frob-flat-9", ["FROB_TOKEN"], payer="other-app"),
        ],
        f"/addons/{DB_ID}/addon-attachments": [
            _attachment("DATABASE", DB_ID, "postgresql-flat-1", ["DATABASE_URL"]),
            {
                **_attachment("ACME", DB_ID, "postgresql-flat-1", ["ACME_URL"]),
                "app": {"id": "a3", "name": "acme-reports"},
            },
        ],
        "/addons/r1/addon-attachments": [],
        "/apps/acme/domains": [
            {"hostname": "acme-1a2b.herokuapp.com", "kind": "heroku", "cname": None},
            {
                "hostname": "www.acme.test",
                "kind": "custom",
                "cname": "x.herokudns.com",
                "acm_status": "failing",
                "acm_status_reason": "a CAA record forbids it",
                "sni_endpoint": {"id": "e1", "name": "acme-1"},
            },
            {
                "hostname": "old.acme.test",
                "kind": "custom",
                "cname": "y.herokudns.com",
                "acm_status": None,
                "sni_endpoint": {"id": "e2", "name": "acme-2"},
            },
        ],
        **_around(),
        "/apps/acme/releases": [
            {
                "version": 8,
                "status": "failed",
                "current": False,
                "created_at": WHEN,
                "description": "Deploy bad",
                "slug": {"id": "sl8"},
            },
            {
                "version": 7,
                "status": "succeeded",
                "current": True,
                "created_at": WHEN,
                "description": "Deploy 1234",
                "slug": {"id": "sl7"},
            },
        ],
        "/apps/acme/slugs/sl7": {
            "commit": "c0ffee" * 6 + "c0ff",
            "process_types": {
                "web": "puma -p $PORT",
                "worker": "sidekiq",
                "release": "rake db:migrate",
            },
        },
        f"/client/v11/databases/{DB_ID}": {
            "addon_id": DB_ID,
            "name": "postgresql-flat-1",
            "plan": {"id": "x", "name": "Standard 0"},
            "num_bytes": 61_000_000,
            "num_tables": 12,
            "postgres_version": "16.4",
            "following": None,
            "resource_url": DATABASE,
            "info": [
                {"name": "Connections", "values": ["3/120"]},
                {"name": "Tables", "values": [12]},
                {"name": "Following", "values": []},
                {
                    "name": "Followers",
                    "values": ["postgres://u9:canary-follow-1@f.example.test:5432/d9", "pg-flat-2"],
                    "resolve_db_name": True,
                },
            ],
        },
        "/redis/v0/databases/redis-round-1": {
            "name": "redis-round-1",
            "version": "7.2",
            "info": [],
            "resource_url": "rediss://x",
        },
        "/client/v11/apps/acme/transfers": [
            _transfer(1, "u1", succeeded=True, schedule={"uuid": "z"}),
            _transfer(2, "u2", succeeded=True),
            _transfer(3, "u3", succeeded=False),
            {**_transfer(4, "u4", succeeded=True), "to_type": "pg_restore"},
            {**_transfer(5, "u5", succeeded=True), "from_name": "another-database"},
        ],
    }


def _around() -> dict[str, Any]:
    """What surrounds the app; addresses hold secrets, as they may on the real service."""
    return {
        "/apps/acme/log-drains": [
            {
                "id": "l",
                "url": "https://u:canary-drain-p@logs.example.test:6514/in?t=canary-drain-q",
                "token": "d.canary-drain-t",
                "addon": None,
            },
            {"id": "m", "url": "syslog://x.papertrail.test:1", "token": "t", "addon": {"id": "pt"}},
        ],
        "/apps/acme/telemetry-drains": [
            {"id": "n", "exporter": {"endpoint": "https://otel.test/v1?key=canary-otel-k"}}
        ],
        "/apps/acme/sni-endpoints": [
            {
                "id": "e1",
                "name": "acme-1",
                "certificate_chain": "x",
                "ssl_cert": {
                    "acm": True,
                    "cert_domains": ["www.acme.test"],
                    "issuer": "Let's Encrypt",
                    "expires_at": "2027-01-02T03:04:05Z",
                },
            },
            {
                "id": "e2",
                "name": "acme-2",
                "ssl_cert": {"acm": False, "cert_domains": ["old.acme.test"], "issuer": "CA"},
            },
        ],
        "/apps/acme/buildpack-installations": [
            {
                "ordinal": 1,
                "buildpack": {"name": "heroku/ruby", "url": "urn:buildpack:heroku/ruby"},
            },
            {
                "ordinal": 0,
                "buildpack": {"url": "https://x:canary-pack-1@github.com/acme/pack.git#main"},
            },
        ],
        "/teams/apps/acme/collaborators": [
            {"user": {"email": "acme-team@herokumanager.com"}, "role": "owner"},
            {"user": {"email": "sam@acme.test", "federated": False}, "role": None},
            {"user": {"email": "robin@acme.test"}, "role": "admin"},
        ],
        "/apps/acme/features": [
            {"name": "preboot", "enabled": True, "state": "general"},
            {"name": "http-session-affinity", "enabled": False},
        ],
        "/apps/acme/webhooks": [
            {
                "url": "https://hooks.test/canary-hook-9",
                "include": ["api:release", "api:build"],
                "level": "notify",
            }
        ],
        f"/apps/{APP_ID}/formation/web/monitors": [
            {
                "action_type": "scale",
                "is_active": True,
                "min_quantity": 2,
                "max_quantity": 6,
                "name": "LATENCY_SCALE",
            },
            {"action_type": "alert", "is_active": True},
        ],
        f"/apps/{APP_ID}/github": {"repo": "acme/web", "branch": "main", "auto_deploy": True},
        "/spaces/acme-space/nat": {"sources": ["192.0.2.7", "192.0.2.6"], "state": "enabled"},
        "/addons/f1/addon-attachments": [
            {
                **_attachment("FROB", "f1", "frob-flat-9", ["FROB_TOKEN"], payer="other-app"),
                "namespace": "credential:reader",
            },
            {
                **_attachment("FROB", "f1", "frob-flat-9", ["FROB_TOKEN"], payer="other-app"),
                "app": {"id": "other-app", "name": "other-app"},
            },
        ],
        "/addons/s1/addon-attachments": [],
    }


def _formation(kind: str, quantity: int, size: str) -> dict[str, Any]:
    return {
        "id": kind,
        "type": kind,
        "quantity": quantity,
        "command": f"old {kind}",
        "size": size,
        "dyno_size": {"id": "d", "name": size},
    }


def _addon(id_: str, name: str, service: str, plan: str, cents: int, owns: list[str]) -> Any:
    return {
        "id": id_,
        "name": name,
        "state": "provisioned",
        "addon_service": {"id": "as", "name": service},
        "plan": {"id": "pl", "name": f"{service}:{plan}"},
        "billed_price": {"cents": cents, "contract": False, "unit": "month"},
        "app": {"id": APP_ID, "name": "acme"},
        "config_vars": owns,
        "web_url": f"https://addons.test/{id_}",
    }


def _attachment(
    alias: str, id_: str, name: str, owns: list[str], payer: str = "acme"
) -> dict[str, Any]:
    return {
        "id": f"at-{alias}",
        "name": alias,
        "namespace": None,
        "addon": {
            "id": id_,
            "name": name,
            "app": {"id": payer, "name": payer},
            "plan": {"name": "frobnicator:basic" if payer != "acme" else "x:y"},
        },
        "app": {"id": APP_ID, "name": "acme"},
        "config_vars": owns,
    }


def _transfer(num: int, uuid: str, *, succeeded: bool, schedule: object = None) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "num": num,
        "from_type": "pg_dump",
        "to_type": "gof3r",
        "from_name": "postgresql-flat-1",
        "from_url": DATABASE,
        "succeeded": succeeded,
        "started_at": "2026-11-01 16:22:40 +0000",
        "finished_at": "2026-11-01 16:23:40 +0000",
        "schedule": schedule,
        "warnings": 0,
    }


class Replay:
    """Serves `answers`; `special` may answer first. `requests` notes method, path and headers."""

    def __init__(self) -> None:
        self.answers = world()
        self.special: Answerer = lambda request, body: None
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[Any] = []
        self.url = ""

    async def handle(self, request: Request) -> Response:
        raw = await request.body()
        body: Any = json.loads(raw) if raw else None
        path = request.url.path
        self.requests.append((request.method, path, dict(request.headers)))
        if request.method != "GET":
            self.bodies.append((path, body))
        found = self.special(request, body)
        if found is not None:
            return found
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "unauthorized", "Invalid credentials provided.")
        if request.method == "PATCH" and path == "/apps/acme":
            self.answers[path]["maintenance"] = body["maintenance"]
        elif request.method == "PATCH" and path == "/apps/acme/formation":
            for update in body["updates"]:
                for each in self.answers[path]:
                    if each["type"] == update["type"]:
                        each["quantity"] = update["quantity"]
        elif request.method != "GET" and path != "/filters/apps":
            return problem(404, "not_found", "Not found.")
        if path not in self.answers:
            return problem(404, "not_found", "Couldn't find that app.")
        return JSONResponse(
            self.answers[path], headers={"RateLimit-Remaining": "4321", "Request-Id": "a,b"}
        )


def problem(status: int, id_: str, message: str, **headers: str) -> Response:
    """A refusal as Heroku words it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"id": id_, "message": message, "url": ""}, status, headers=named)


@asynccontextmanager
async def replaying() -> AsyncIterator[Replay]:
    """A running replay server on a random loopback port."""
    replay = Replay()
    route = Route("/{path:path}", replay.handle, methods=["GET", "POST", "PATCH", "DELETE"])
    config = uvicorn.Config(Starlette(routes=[route]), port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    replay.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield replay
    finally:
        server.should_exit = True
        await task


def _no_signals() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def source_of(replay: Replay, app: str = "acme", token: str = TOKEN) -> HerokuSource:
    """The app as a source, on this replay."""
    vault = MemoryVault()
    vault.put("heroku", "api-key", SecretStr(token))
    host = replay.url.replace("127.0.0.1", "localhost")
    source = open_source(
        SourceChoice(kind="heroku", app=app),
        {"HEROKU_HOST": host, "HEROKU_DATA_HOST": "localhost"},
        vault,
    )
    source._poll = 0.01
    return source
