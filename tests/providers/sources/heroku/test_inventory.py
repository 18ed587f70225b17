"""What the inventory of a Heroku app holds, on a server that replays documented shapes."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.sources.heroku import list_apps
from providers.sources.heroku.source import HerokuSource
from providers.vault.memory import MemoryVault
from tests.providers.sources.heroku.replay import DB_ID, PASSWORD, TOKEN, Replay, problem
from wizard.ports.source import Source


def fingerprint(value: str) -> str:
    return hashlib.blake2b(value.encode(), key=b"test").hexdigest()


async def test_inventory(heroku: Replay, source: HerokuSource) -> None:
    lines: list[str] = []
    kept: Source = source
    found = await kept.read_inventory(fingerprint, lines.append)
    assert (found.app, found.region, found.stack, found.maintenance) == (
        "acme",
        "us",
        "heroku-24",
        False,
    )
    assert found.release is not None
    assert (found.release.version, found.release.commit[:6]) == (7, "c0ffee")
    shown = {p.name: (p.command, p.quantity, p.size, p.memory_mb) for p in found.processes}
    assert shown == {
        "web": ("puma -p $PORT", 2, "Standard-2X", 1024),
        "worker": ("sidekiq", 1, "Standard-1X", 512),
        "old": ("", 0, "Odd-Size", None),
        "release": ("rake db:migrate", 0, "", None),
    }
    web = found.process("web")
    assert web is not None
    assert web.where == "GET /apps/acme/formation"
    by_name = {v.name: v for v in found.variables}
    assert {n: (v.origin, v.owner) for n, v in by_name.items()} == {
        "DATABASE_URL": ("addon", "postgresql-flat-1"),
        "HEROKU_POSTGRESQL_PINK_URL": ("addon", "postgresql-flat-1"),
        "REDIS_URL": ("addon", "redis-round-1"),
        "FROB_TOKEN": ("addon", "frob-flat-9"),
        "SECRET_KEY_BASE": ("user", ""),
        "RAILS_ENV": ("user", ""),
        "EMPTY": ("user", ""),
        "PORT": ("platform", ""),
        "HEROKU_APP_NAME": ("platform", ""),
        "HIDDEN": ("user", ""),
        "MASKED": ("user", ""),
    }
    assert by_name["DATABASE_URL"].scheme == "postgres"
    assert by_name["EMPTY"].empty
    assert by_name["HIDDEN"].masked
    assert by_name["MASKED"].masked
    assert by_name["MASKED"].fingerprint is None
    assert by_name["RAILS_ENV"].fingerprint == fingerprint("production")
    database, redis = found.databases
    assert (database.id, database.variable, database.version) == (DB_ID, "DATABASE_URL", "16.4")
    assert (database.size_bytes, database.tables, database.connections) == (61_000_000, 12, "3/120")
    assert (redis.engine, redis.variable, redis.version) == ("redis", "REDIS_URL", "7.2")
    addons = {a.service: a for a in found.addons}
    assert addons["heroku-postgresql"].shared_with == ("acme-reports",)
    assert addons["heroku-postgresql"].monthly_cents == 5000
    assert addons["frobnicator"].billed_to == "other-app"
    assert [(d.hostname, d.kind, d.target) for d in found.domains][2] == (
        "www.acme.test",
        "custom",
        "x.herokudns.com",
    )
    assert [(s.app, s.stage) for s in found.siblings] == [("acme-staging", "staging")]
    gaps = {gap.subject: gap.reason for gap in found.gaps}
    assert set(gaps) == {
        "scheduler-slow-1",
        "database access",
        "private key of the certificate acme-2",
        "value of HIDDEN",
        "value of MASKED",
    }
    assert gaps["scheduler-slow-1"].endswith("https://addons.test/s1")
    assert "11 config variables" in lines
    assert source.api.rate_remaining == 4321
    text = found.model_dump_json() + repr(lines)
    for secret in ("canary", PASSWORD, TOKEN):
        assert secret not in text


async def test_what_surrounds_the_app(source: HerokuSource) -> None:
    found = await source.read_inventory(None)
    assert (found.pipeline, found.team, found.space) == ("acme", "acme-team", "acme-space")
    assert found.outbound_ips == ("192.0.2.6", "192.0.2.7")
    uses = [(u.addon, u.alias, u.owner_app, u.user_app, u.credential) for u in found.attachments]
    assert uses == [
        ("frob-flat-9", "FROB", "other-app", "acme", "reader"),
        ("frob-flat-9", "FROB", "other-app", "other-app", ""),
        ("postgresql-flat-1", "DATABASE", "acme", "acme", ""),
        ("postgresql-flat-1", "ACME", "acme", "acme-reports", ""),
    ]
    shared = {a.name: a.shared_with for a in found.addons if a.shared_with}
    assert shared == {"frob-flat-9": ("other-app",), "postgresql-flat-1": ("acme-reports",)}
    prices = {p.name: p.monthly_cents for p in found.processes}
    assert prices == {"web": 10_000, "worker": None, "old": None, "release": None}
    domains = {d.hostname: d for d in found.domains}
    www = domains["www.acme.test"]
    assert (www.certificate_state, www.certificate_reason) == ("failing", "a CAA record forbids it")
    assert "uploaded" in domains["old.acme.test"].certificate
    assert found.automatic_certificates is True
    certificates = [(c.name, c.hostnames, c.managed) for c in found.certificates]
    assert certificates == [
        ("acme-1", ("www.acme.test",), True),
        ("acme-2", ("old.acme.test",), False),
    ]
    assert found.certificates[0].expires == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [(b.ordinal, b.name) for b in found.buildpacks] == [
        (0, "https://github.com/acme/pack.git#main"),
        (1, "heroku/ruby"),
    ]
    assert [(d.host, d.scheme, d.addon) for d in found.drains] == [
        ("logs.example.test", "https", ""),
        ("otel.test", "https", ""),
        ("x.papertrail.test", "syslog", "pt"),
    ]
    assert [(c.email, c.role) for c in found.collaborators] == [
        ("robin@acme.test", "admin"),
        ("sam@acme.test", ""),
    ]
    features = {f.name: f.enabled for f in found.features}
    assert features == {"http-session-affinity": False, "preboot": True}
    scaling = [(a.process, a.minimum, a.maximum, a.active) for a in found.autoscalers]
    assert scaling == [("web", 2, 6, True)]
    deploys = [(a.repository, a.branch, a.active) for a in found.auto_deploys]
    assert deploys == [("acme/web", "main", True)]
    assert [(w.host, w.events) for w in found.webhooks] == [
        ("hooks.test", ("api:build", "api:release"))
    ]
    database, redis = found.databases
    assert database.followers == ("a follower without a variable", "pg-flat-2")
    assert (database.memory_mb, redis.memory_mb) == (4096, 25)
    assert source.api.calls <= 35


async def test_postgres_advanced_has_an_api_of_its_own(
    heroku: Replay, source: HerokuSource
) -> None:
    heroku.answers["/apps/acme/addons"][0]["plan"]["name"] = "heroku-postgresql:advanced-beta"
    heroku.answers[f"/data/postgres/v1/{DB_ID}/info"] = {
        "version": "17.2",
        "quotas": [{"type": "storage", "current_gb": 2.5}, {"type": "other"}],
        "plan_limits": [{"name": "table-limit", "current": 31, "limit": 100}],
        "pools": [{"connections_used": 4, "expected_connection_limit": 60, "endpoints": []}],
    }
    database = (await source.read_inventory(None)).databases[0]
    assert (database.version, database.size_bytes) == ("17.2", 2_684_354_560)
    assert (database.tables, database.connections, database.memory_mb) == (31, "4/60", None)


async def test_a_private_app_is_not_asked_for_a_team_or_a_space(
    heroku: Replay, source: HerokuSource
) -> None:
    heroku.answers["/apps/acme"] |= {"team": None, "space": None, "generation": None}
    heroku.answers["/apps/acme/collaborators"] = [{"user": {"email": "robin@acme.test"}}]
    found = await source.read_inventory(None)
    assert [person.email for person in found.collaborators] == ["robin@acme.test"]
    assert (found.team, found.space, found.outbound_ips) == ("", "", ())
    asked = {path for _, path, _ in heroku.requests}
    assert not any("telemetry" in path or "/nat" in path or "/teams" in path for path in asked)


async def test_hosts_beside_heroku_may_fail_in_any_way(
    heroku: Replay, source: HerokuSource
) -> None:
    def special(request: Request, body: Any) -> Response | None:
        if request.url.path.endswith("/github"):
            return problem(401, "unauthorized", "not for you")
        if request.url.path.endswith("/monitors"):
            return problem(403, "forbidden", "no")
        return None

    heroku.special = special
    found = await source.read_inventory(None)
    reasons = {gap.subject: gap.reason for gap in found.gaps}
    assert "GitHub host does not take this token" in reasons["auto-deploys"]
    assert "may not do this" in reasons["autoscalers"]
    heroku.special = lambda request, body: (
        problem(404, "not_found", "")
        if request.url.path.endswith(("/github", "/monitors"))
        else None
    )
    found = await source.read_inventory(None)
    assert not {"auto-deploys", "autoscalers"} & {gap.subject for gap in found.gaps}
    assert (found.autoscalers, found.auto_deploys) == ((), ())


async def test_a_repository_that_does_not_tell_is_a_gap(
    heroku: Replay, source: HerokuSource
) -> None:
    for path in list(heroku.answers):
        if path.endswith("/github"):
            heroku.answers[path] = {"repo": {"name": "acme/web"}, "branch": "main"}
    found = await source.read_inventory(None)
    assert found.auto_deploys == ()
    assert any("acme/web" in g.reason for g in found.gaps if g.subject == "auto-deploys")


async def test_masked_ones_that_heroku_does_not_name(heroku: Replay, source: HerokuSource) -> None:
    heroku.special = lambda request, body: (
        problem(406, "not_acceptable", "")
        if request.url.path.endswith("config-vars-settings")
        else None
    )
    found = await source.read_inventory(None)
    masked = [v.name for v in found.variables if v.masked]
    assert masked == ["HIDDEN"]
    assert "masked variables" in {gap.subject for gap in found.gaps}


async def test_the_hourly_budget_is_spared(heroku: Replay, source: HerokuSource) -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    source.api._sleep = note
    await source.maintenance()
    assert pauses == []
    source.api.rate_remaining = 120
    await source.maintenance()
    assert pauses == [0.8]


async def test_what_is_strange_in_one_entry_costs_only_that(
    heroku: Replay, source: HerokuSource
) -> None:
    answers = heroku.answers
    answers["/apps/acme/domains"][1]["cname"] = {"canary-odd": 1}
    answers["/apps/acme/formation"].append({"type": "ghost", "quantity": "canary-many"})
    answers["/apps/acme/config-vars"]["NUMBER"] = 5
    answers["/apps/acme"]["maintenance"] = None
    answers["/apps/acme/webhooks"] = "canary-no-list"
    found = await source.read_inventory(None)
    reasons = {gap.subject: gap.reason for gap in found.gaps}
    assert "www.acme.test: cname" in reasons["domains"]
    assert [d.target for d in found.domains if d.hostname == "www.acme.test"] == [None]
    assert "ghost: quantity (left out)" in reasons["processes"]
    assert found.process("ghost") is None
    assert "not text" in reasons["value of NUMBER"]
    assert {"maintenance", "webhooks"} <= set(reasons)
    assert "canary" not in found.model_dump_json()


async def test_what_fails_becomes_a_gap(heroku: Replay, source: HerokuSource) -> None:
    broken = {"/apps/acme/addons", "/apps/acme/domains", "/apps/acme/slugs/sl7"}

    def special(request: Request, body: Any) -> Response | None:
        return problem(500, "", "boom") if request.url.path in broken else None

    heroku.special = special
    heroku.answers["/apps/acme/formation"] = [{"quantity": "canary-of-a-shape"}]
    found = await source.read_inventory(None)
    subjects = {gap.subject for gap in found.gaps}
    assert {"add-ons", "domains", "deployed code", "processes"} <= subjects
    origins = {v.name: v.origin for v in found.variables}
    assert origins["DATABASE_URL"] == "addon"
    assert "canary-of-a-shape" not in found.model_dump_json()
    assert found.release is not None
    assert found.release.commit == ""


async def test_long_lists_are_paged(heroku: Replay, source: HerokuSource) -> None:
    every = [{"hostname": f"h{n}.test", "kind": "custom"} for n in range(5)]

    def special(request: Request, body: Any) -> Response | None:
        if request.url.path != "/apps/acme/domains":
            return None
        wanted = request.headers.get("range", "")
        start = int(wanted.split("]h")[1][:1]) if wanted else 0
        page, rest = every[start : start + 2], every[start + 2 :]
        if not rest:
            return JSONResponse(page)
        return JSONResponse(page, 206, headers={"Next-Range": f"hostname ]h{start + 2}..; max=2"})

    heroku.special = special
    found = await source.read_inventory(None)
    assert [d.hostname for d in found.domains] == [f"h{n}.test" for n in range(5)]


async def test_a_list_that_never_ends_is_left(heroku: Replay, source: HerokuSource) -> None:
    def special(request: Request, body: Any) -> Response | None:
        if request.url.path != "/apps/acme/domains":
            return None
        return JSONResponse([], 206, headers={"Next-Range": "id ]x..; max=2"})

    heroku.special = special
    found = await source.read_inventory(None)
    assert "domains" in {gap.subject for gap in found.gaps}


async def test_three_hundred_apps_are_one_call(heroku: Replay) -> None:
    apps: list[dict[str, Any]] = [
        {"id": f"i{n}", "name": f"app-{n:03d}", "team": {"name": "t"} if n % 2 else None}
        for n in range(300)
    ]
    apps[7]["archived_at"] = "2026-01-01T00:00:00Z"
    apps[8]["region"] = "strange"
    del apps[9]["name"]
    heroku.answers["/apps"] = list(reversed(apps))
    vault = MemoryVault()
    vault.put("heroku", "api-key", SecretStr(TOKEN))
    host = heroku.url.replace("127.0.0.1", "localhost")
    seen = await list_apps({"HEROKU_HOST": host, "HEROKU_DATA_HOST": "localhost"}, vault)
    assert len(seen.apps) == 298
    assert [app.name for app in seen.apps][:2] == ["app-000", "app-001"]
    assert [app.team for app in seen.apps][:2] == ["", "t"]
    assert sorted(seen.unknown) == ["app-008: region", "entry 291: name (left out)"]
    assert (seen.calls, seen.calls_left) == (1, 4321)
    (asked,) = [headers for _, path, headers in heroku.requests if path == "/apps"]
    assert asked["range"] == "id ..; max=1000"
