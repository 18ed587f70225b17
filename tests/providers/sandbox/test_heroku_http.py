"""Does the sandboxed Heroku keep the platform's manners: tokens, versions, paging, troubles?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from tests.providers.sandbox.heroku_world import ACCEPT, SDK, HerokuWorld, heroku_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HerokuWorld]:
    async with heroku_world(tmp_path_factory.mktemp("heroku")) as built:
        yield built


@pytest.fixture
def world(shared: HerokuWorld) -> Iterator[HerokuWorld]:
    yield shared
    shared.heroku.page_size = 200
    shared.heroku.account.apps[0].maintenance = False
    shared.ground.faults.clear()


async def test_only_a_known_token_with_the_scope_gets_in(world: HerokuWorld) -> None:
    get = world.client.get
    unknown = await get("/account", headers={"Authorization": "Bearer nobody"})
    assert (unknown.status_code, unknown.json()["id"]) == (401, "unauthorized")
    assert unknown.json()["message"]
    assert unknown.json()["url"]
    narrow = {"Authorization": f"Bearer {world.heroku.read_only_token}"}
    assert (await get("/apps/acme-clinic", headers=narrow)).status_code == 200
    hidden = await get("/apps/acme-clinic/config-vars", headers=narrow)
    assert (hidden.status_code, hidden.json()["id"]) == (403, "forbidden")
    assert hidden.headers["Oauth-Scope"] == "read"
    assert "read-protected" in hidden.headers["Oauth-Scope-Accepted"]
    refused = await world.client.patch(
        "/apps/acme-clinic", json={"maintenance": True}, headers=narrow
    )
    assert refused.status_code == 403
    assert not world.heroku.account.apps[0].maintenance
    basic = httpx.BasicAuth("", world.heroku.token)
    reply = await get("/postgres/v0/databases/postgresql-curved-12345/credentials", auth=basic)
    assert reply.json()[0]["credentials"][0]["user"] == "clinic_owner"


async def test_every_reply_carries_the_platforms_headers(world: HerokuWorld) -> None:
    first = await world.client.get("/apps/acme-clinic", headers={"Request-Id": "mine"})
    own = first.headers["Request-Id"].split(",")
    assert own[0] == "mine"
    assert len(own) == 2
    again = await world.client.get("/apps/acme-clinic")
    assert int(again.headers["RateLimit-Remaining"]) < int(first.headers["RateLimit-Remaining"])
    known = {"If-None-Match": again.headers["ETag"]}
    unchanged = await world.client.get("/apps/acme-clinic", headers=known)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    limits = [(await world.client.get("/account/rate-limits")).json() for _ in range(2)]
    assert limits[0]["remaining"] <= limits[1]["remaining"]
    plain = await world.client.get("/apps", headers={"Accept": "application/json"})
    assert (plain.status_code, plain.json()["id"]) == (406, "not_acceptable")
    missing = await world.client.get("/apps/nobody")
    assert (missing.status_code, missing.json()["resource"]) == (404, "app")
    assert (await world.client.get("/nothing/here")).json()["id"] == "not_found"


async def test_lists_come_in_pages_until_200(world: HerokuWorld) -> None:
    world.heroku.page_size = 2
    seen: list[int] = []
    asked = "version ..; max=1000, order=desc"
    for _ in range(10):
        page = await world.client.get("/apps/acme-clinic/releases", headers={"Range": asked})
        seen += [release["version"] for release in page.json()]
        assert page.headers["Content-Range"].startswith("version ")
        if page.status_code == 200:
            break
        assert page.status_code == 206
        asked = page.headers["Next-Range"]
    assert seen == [4, 3, 2, 1]
    domains = await world.client.get("/apps/acme-clinic/features")
    assert domains.status_code == 206
    assert domains.headers["Accept-Ranges"] == "id, name"
    wrong = {"Range": "shoe ..; max=3"}
    refused = await world.client.get("/apps/acme-clinic/releases", headers=wrong)
    assert (refused.status_code, refused.json()["id"]) == (416, "requested_range_not_satisfiable")


async def test_troubles_come_when_switched_on_and_go(world: HerokuWorld) -> None:
    faults, get = world.ground.faults, world.client.get
    faults.set("heroku.rate-limit", retry_after=7, times=2)
    for _ in range(2):
        limited = await get("/apps")
        assert (limited.status_code, limited.json()["id"]) == (429, "rate_limit")
        assert limited.headers["Retry-After"] == "7"
        assert limited.headers["RateLimit-Remaining"] == "0"
    faults.set("heroku.server-error", status=503)
    assert (await get("/apps")).status_code == 503
    faults.set("heroku.unauthorized")
    assert (await get("/apps")).status_code == 401
    assert (await get("/apps")).status_code == 200
    faults.set("heroku.endless-reply", path="/apps")
    assert (await get("/account")).status_code == 200
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(get("/apps"), 0.5)
    assert (await get("/apps")).status_code == 200


async def test_a_dropped_reply_leaves_its_write_behind_once(world: HerokuWorld) -> None:
    world.ground.faults.set("heroku.drop-reply")
    assert (await world.client.get("/apps/acme-clinic")).json()["maintenance"] is False
    with pytest.raises(httpx.TransportError):
        await world.client.patch("/apps/acme-clinic", json={"maintenance": True})
    assert (await world.client.get("/apps/acme-clinic")).json()["maintenance"] is True
    assert world.ground.ledger.count("heroku", "maintenance", app="acme-clinic", on=True) == 1


async def test_a_masked_variable_cannot_be_read_back(world: HerokuWorld) -> None:
    here = "/apps/acme-clinic/config-vars"
    world.heroku.account.apps[0].masked.add("SIGNING_KEY")
    assert (await world.client.get(here)).json()["SIGNING_KEY"] is None
    world.heroku.switches.masked_reply = "missing"
    plain = (await world.client.get(here)).json()
    assert "SIGNING_KEY" not in plain
    assert plain["TRAILING"] == "line\n"
    settings = await world.client.get(f"{here}-settings", headers={"Accept": SDK})
    by_name = {entry["key"]: entry for entry in settings.json()}
    assert (by_name["SIGNING_KEY"]["masked"], by_name["SIGNING_KEY"]["value"]) == (True, None)
    assert by_name["DATABASE_URL"]["attachment"] is not None
    assert by_name["GREETING"]["attachment"] is None
    old = await world.client.get(f"{here}-settings", headers={"Accept": ACCEPT})
    assert old.status_code == 404


async def test_a_new_token_works_until_it_is_revoked(world: HerokuWorld) -> None:
    made = await world.client.post("/oauth/authorizations", json={"scope": ["read"]})
    assert made.status_code == 201
    headers = {"Authorization": f"Bearer {made.json()['access_token']['token']}"}
    assert (await world.client.get("/apps", headers=headers)).status_code == 200
    shown = (await world.client.get("/oauth/authorizations")).json()
    assert all("*" in entry["access_token"]["token"] for entry in shown)
    await world.client.delete(f"/oauth/authorizations/{made.json()['id']}")
    assert (await world.client.get("/apps", headers=headers)).status_code == 401


async def test_a_lookup_is_no_write(world: HerokuWorld) -> None:
    world.ground.faults.set("heroku.drop-reply")
    wanted = {"app": "acme-clinic", "addon_attachment": "DATABASE_URL"}
    found = await world.client.post("/actions/addon-attachments/resolve", json=wanted)
    assert [item["name"] for item in found.json()] == ["DATABASE"]
    assert world.ground.faults.active() == {"heroku.drop-reply": 1}


async def test_stopping_ends_the_port(world: HerokuWorld) -> None:
    await world.heroku.stop()
    with contextlib.suppress(httpx.ReadError), pytest.raises(httpx.ConnectError):
        await world.client.get("/account")
