"""What the Heroku source tells and does, on a server that replays Heroku's documented shapes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.sources import load, names
from providers.sources.heroku import open_source
from providers.sources.heroku.hosts import data_url, platform_url
from providers.sources.heroku.source import HerokuSource
from providers.vault.memory import MemoryVault
from tests.providers.sources.heroku.replay import (
    DB_ID,
    PASSWORD,
    TOKEN,
    Replay,
    problem,
    source_of,
)
from wizard.errors import (
    BlockedError,
    CheckFailedError,
    ConsentMissing,
    OutsideError,
    UnknownOutcome,
    UsageError,
)
from wizard.model.plan import SourceChoice
from wizard.safety.consent import Level, grant
from wizard.safety.redact import REDACTOR

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MAY = grant(Level.USERS_NOTICE, "acme", "tester", NOW)
TOO_LITTLE = grant(Level.CHANGE_NEW_SIDE, "acme", "tester", NOW)


def test_it_is_found_by_name() -> None:
    assert "heroku" in names()
    assert load("heroku").open_source is open_source
    with pytest.raises(UsageError, match="no source called"):
        load("../heroku")


async def test_rate_limit_and_trouble_pass(heroku: Replay, source: HerokuSource) -> None:
    waiting = [problem(429, "rate_limit", "slow", Retry_After="0"), problem(503, "", "")]

    def special(request: Request, body: Any) -> Response | None:
        return waiting.pop() if waiting and request.url.path == "/apps/acme" else None

    heroku.special = special
    assert await source.maintenance() is False
    assert waiting == []


async def test_no_such_app(heroku: Replay) -> None:
    source = source_of(heroku, app="nobody")
    with pytest.raises(UsageError, match="no app “nobody”"):
        await source.read_inventory(None)
    await source.close()


async def test_bad_token(heroku: Replay) -> None:
    source = source_of(heroku, token="HRKU-canary-expired-1")
    with pytest.raises(OutsideError, match="does not accept the token") as caught:
        await source.read_inventory(None)
    assert "authorizations:create" in caught.value.hint
    assert "expired-1" not in str(caught.value)
    await source.close()


async def test_token_that_ends_in_the_middle(heroku: Replay, source: HerokuSource) -> None:
    heroku.special = lambda request, body: (
        problem(401, "unauthorized", "x") if "addons" in request.url.path else None
    )
    with pytest.raises(OutsideError, match="does not accept the token"):
        await source.read_inventory(None)


async def test_missing_scope_names_both(heroku: Replay, source: HerokuSource) -> None:
    heroku.special = lambda request, body: (
        problem(403, "forbidden", "no", Oauth_Scope="read", Oauth_Scope_Accepted="global write")
        if request.method == "PATCH"
        else None
    )
    with pytest.raises(OutsideError, match="may not do this") as caught:
        await source.set_maintenance(True, MAY)
    assert "has: read; this needs one of: global write" in caught.value.detail


async def test_missing_token() -> None:
    with pytest.raises(BlockedError) as caught:
        open_source(SourceChoice(kind="heroku", app="acme"), {}, MemoryVault())
    assert "authorizations:create" in caught.value.hint


def test_hosts_are_read_as_the_official_client_does() -> None:
    assert platform_url({}) == "https://api.heroku.com"
    assert data_url({}) == "https://api.data.heroku.com"
    local = {"HEROKU_HOST": "http://localhost:4567", "HEROKU_DATA_HOST": "localhost"}
    assert platform_url(local) == "http://localhost:4567"
    assert data_url(local) == "http://localhost:4567"
    assert platform_url({"HEROKU_HOST": "herokai.com"}) == "https://api.herokai.com"
    for host in ("https://evil.test", "https://heroku.com.evil.test", "evilheroku.com"):
        with pytest.raises(UsageError):
            platform_url({"HEROKU_HOST": host})
    with pytest.raises(UsageError):
        data_url({"HEROKU_DATA_HOST": "evil.test"})


async def test_config_values_are_learnt_before_use(heroku: Replay, source: HerokuSource) -> None:
    values = await source.read_config()
    assert values["RAILS_ENV"].get_secret_value() == "production"
    assert values["EMPTY"].get_secret_value() == ""
    assert "MASKED" not in values
    assert "HIDDEN" not in values
    text = f"canary-skb-9a8b7c6d {PASSWORD} redis-canary-77 production acme"
    assert REDACTOR.redact(text) == "••• ••• ••• production acme"


async def test_freeze_and_thaw(heroku: Replay, source: HerokuSource) -> None:
    assert await source.formation() == {"web": 2, "worker": 1, "old": 0}
    assert await source.running() == {"web": 1, "run": 1}
    await source.set_maintenance(True, MAY)
    assert await source.maintenance() is True
    await source.scale({"worker": 0}, MAY)
    assert (await source.formation())["worker"] == 0
    assert heroku.bodies == [
        ("/apps/acme", {"maintenance": True}),
        ("/apps/acme/formation", {"updates": [{"type": "worker", "quantity": 0}]}),
    ]


async def test_writes_without_consent_reach_nobody(heroku: Replay, source: HerokuSource) -> None:
    with pytest.raises(ConsentMissing):
        await source.set_maintenance(True, TOO_LITTLE)
    with pytest.raises(ConsentMissing):
        await source.scale({"web": 0}, TOO_LITTLE)
    with pytest.raises(ConsentMissing):
        await source.capture_backup(DB_ID, TOO_LITTLE)
    assert heroku.bodies == []


@pytest.mark.parametrize("took_effect", [True, False])
async def test_lost_answer_is_looked_up_before_it_is_sent_again(
    heroku: Replay, source: HerokuSource, took_effect: bool
) -> None:
    lost = [True]

    def special(request: Request, body: Any) -> Response | None:
        if request.method != "PATCH" or not lost:
            return None
        lost.clear()
        if took_effect:
            heroku.answers["/apps/acme"]["maintenance"] = True
        return problem(504, "", "gateway gave up")

    heroku.special = special
    await source.set_maintenance(True, MAY)
    assert await source.maintenance() is True
    assert len(heroku.bodies) == (1 if took_effect else 2)


async def test_lost_answer_that_cannot_be_looked_up_stays_unknown(
    heroku: Replay, source: HerokuSource
) -> None:
    heroku.special = lambda request, body: problem(500, "", "down")
    with pytest.raises(UnknownOutcome):
        await source.scale({"worker": 0}, MAY)
    assert len(heroku.bodies) == 1


async def test_a_change_that_did_not_happen_is_said(heroku: Replay, source: HerokuSource) -> None:
    heroku.special = lambda request, body: (
        JSONResponse(heroku.answers[request.url.path]) if request.method == "PATCH" else None
    )
    with pytest.raises(OutsideError, match="maintenance is not on"):
        await source.set_maintenance(True, MAY)
    with pytest.raises(OutsideError, match="not as asked"):
        await source.scale({"worker": 0}, MAY)


@pytest.mark.parametrize("which", [DB_ID, "postgresql-flat-1", "DATABASE_URL"])
async def test_database_credentials(heroku: Replay, source: HerokuSource, which: str) -> None:
    found = await source.database(which)
    assert (found.host, found.port, found.database, found.user) == (
        "db.example.test",
        5433,
        "d1",
        "u1",
    )
    assert found.password.get_secret_value() == PASSWORD
    assert found.tls == "require"
    heroku.answers["/apps/acme/config-vars"]["DATABASE_URL"] = None
    assert await source.database(which) == found


async def test_database_that_is_not_there(heroku: Replay, source: HerokuSource) -> None:
    with pytest.raises(UsageError, match="postgresql-flat-1"):
        await source.database("nothing")
    heroku.answers["/apps/acme/config-vars"]["DATABASE_URL"] = "mysql://u:canary-my@h/d"
    with pytest.raises(OutsideError, match="not a postgres URL") as caught:
        await source.database(DB_ID)
    assert "canary-my" not in str(caught.value)


async def test_backups_newest_first(source: HerokuSource) -> None:
    assert await source.backups(DB_ID) == ("b002", "a001")


def capturing(replay: Replay, *looks: dict[str, Any]) -> None:
    rest = list(looks)
    num = {"uuid": "u9", "num": 9}

    def special(request: Request, body: Any) -> Response | None:
        if request.url.path.endswith("/backups"):
            return JSONResponse({**num, "started_at": None}, 201)
        if not request.url.path.endswith("/transfers/u9"):
            return None
        if request.query_params.get("verbose"):
            logs = [{"message": f"line {n} canary-skb-9a8b7c6d"} for n in range(9)]
            return JSONResponse({**num, "logs": logs})
        look = rest.pop(0) if len(rest) > 1 else rest[0]
        return problem(500, "", "x") if look.get("broken") else JSONResponse({**num, **look})

    replay.special = special


async def test_capture_waits_for_the_good_end(heroku: Replay, source: HerokuSource) -> None:
    capturing(
        heroku,
        {"started_at": "x"},
        {"broken": True},
        {"started_at": "x", "finished_at": "y", "succeeded": True, "warnings": 0},
    )
    assert await source.capture_backup(DB_ID, MAY) == "b009"


async def test_capture_that_fails_shows_the_log(heroku: Replay, source: HerokuSource) -> None:
    await source.read_config()
    capturing(heroku, {"finished_at": "y", "succeeded": False})
    with pytest.raises(OutsideError, match="b009 of postgresql-flat-1 failed") as caught:
        await source.capture_backup(DB_ID, MAY)
    assert caught.value.detail.splitlines()[0] == "line 4 •••"
    assert len(caught.value.detail.splitlines()) == 5


async def test_capture_with_warnings_is_not_a_good_one(
    heroku: Replay, source: HerokuSource
) -> None:
    capturing(heroku, {"finished_at": "y", "succeeded": True, "warnings": 2})
    with pytest.raises(CheckFailedError, match="2 warnings"):
        await source.capture_backup(DB_ID, MAY)


async def test_capture_whose_answer_is_lost_is_found_again(
    heroku: Replay, source: HerokuSource
) -> None:
    capturing(heroku, {"finished_at": "y", "succeeded": True})
    usual = heroku.special
    listed = heroku.answers["/client/v11/apps/acme/transfers"]

    def special(request: Request, body: Any) -> Response | None:
        if request.method != "POST":
            return usual(request, body)
        listed.append({**listed[1], "uuid": "u9", "num": 9, "succeeded": None, "finished_at": None})
        return problem(502, "", "")

    heroku.special = special
    assert await source.capture_backup(DB_ID, MAY) == "b009"
    assert len(heroku.bodies) == 1


async def test_capture_whose_answer_is_lost_is_not_repeated(
    heroku: Replay, source: HerokuSource
) -> None:
    heroku.special = lambda request, body: (
        problem(502, "", "") if request.method == "POST" else None
    )
    with pytest.raises(UnknownOutcome):
        await source.capture_backup(DB_ID, MAY)
    assert len(heroku.bodies) == 1


def test_by_hand() -> None:
    vault = MemoryVault()
    vault.put("heroku", "api-key", SecretStr(TOKEN))
    source = open_source(SourceChoice(kind="heroku", app="acme"), {}, vault)
    assert source.by_hand("maintenance-on") == "heroku maintenance:on --app acme"
    assert source.by_hand("maintenance-off") == "heroku maintenance:off --app acme"
    assert (
        source.by_hand("scale", process="worker clock", quantity="0 0")
        == "heroku ps:scale worker=0 clock=0 --app acme"
    )
    assert (
        source.by_hand("capture", database="pg-1; rm -rf")
        == "heroku pg:backups:capture 'pg-1; rm -rf' --app acme"
    )
    for action, words in (("fly", {}), ("scale", {"process": "web"})):
        with pytest.raises(UsageError):
            source.by_hand(action, **words)
