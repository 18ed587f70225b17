"""Signing in to the sandboxed Aptible, in the ways its official clients do."""

import base64
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from starlette.applications import Starlette

from providers.sandbox.aptible.auth import AuthHost
from providers.sandbox.aptible.one_time_codes import code_at, is_good
from providers.sandbox.aptible.switches import Switches
from tests.providers.sandbox.aptible_world import World, aptible_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
PASSWORD = {"grant_type": "password", "username": "operator@acme-clinic.test", "scope": "manage"}
PASSWORD["password"] = "sandbox-password"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with aptible_world(tmp_path_factory.mktemp("auth"), otp="123456") as made:
        yield made


def _unpack(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("encoding", ["hal", "json", "form"])
async def test_a_password_and_a_code_give_a_token_that_verifies(
    world: World, encoding: str
) -> None:
    body = {**PASSWORD, "otp_token": "123456", "expires_in": 43200}
    async with httpx.AsyncClient(base_url=world.sandbox.auth_url) as client:
        if encoding == "form":
            answer = await client.post("/tokens", data=body)
        else:
            kind = "application/hal+json" if encoding == "hal" else "application/json"
            answer = await client.post(
                "/tokens", content=json.dumps(body), headers={"content-type": kind}
            )
        assert answer.status_code == 201
        token = answer.json()
        head, claims, signature = token["access_token"].split(".")
        key = load_pem_public_key((await client.get("/")).json()["public_key"].encode())
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(
            _unpack(signature),
            f"{head}.{claims}".encode(),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )
        said = json.loads(_unpack(claims))
        assert said["email"] == PASSWORD["username"]
        assert said["exp"] == token["expires_at"]
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        current = (await client.get("/current_token", headers=bearer)).json()
        user = (await client.get(current["_links"]["user"]["href"], headers=bearer)).json()
        assert user["email"] == PASSWORD["username"]
        assert said["sub"] == user["_links"]["self"]["href"]


async def test_without_the_code_the_error_asks_for_it(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.sandbox.auth_url) as client:
        asked = await client.post("/tokens", json=PASSWORD)
        refused = await client.post("/tokens", json={**PASSWORD, "password": "wrong"})
    assert asked.json()["error"] == "otp_token_required"
    assert asked.json()["exception_context"]["failed_login_attempt_id"]
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_credentials"


async def test_bad_and_old_tokens_are_told_apart(world: World) -> None:
    old = world.sandbox.auth.issue(lifetime=-1).text
    for token, error in (("a.b.c", "invalid_token"), (old, "expired_token")):
        answer = await world.api.get("/accounts", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert answer.json()["error"] == error


async def test_a_reading_token_may_not_write(world: World) -> None:
    reader = {"Authorization": f"Bearer {world.sandbox.auth.issue('read').text}"}
    assert (await world.api.get("/accounts", headers=reader)).status_code == 200
    answer = await world.api.post("/accounts", json={"handle": "x"}, headers=reader)
    assert answer.status_code == 403


async def test_registering_a_key_needs_an_elevated_token(world: World) -> None:
    path = f"{world.sandbox.auth_url}/users/{world.sandbox.auth.user_id}/ssh_keys"
    body = {"name": "laptop", "ssh_public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== me"}
    assert (await world.api.post(path, json=body)).status_code == 403
    elevated = {"Authorization": f"Bearer {world.sandbox.auth.issue('elevated').text}"}
    made = await world.api.post(path, json=body, headers=elevated)
    assert made.status_code == 201
    assert world.sandbox.auth.knows_key("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== other")
    assert (await world.api.delete(made.json()["_links"]["self"]["href"])).status_code == 204


async def test_organizations_and_plans_are_found(world: World) -> None:
    found = (await world.api.get(f"{world.sandbox.auth_url}/organizations")).json()
    organization = found["_embedded"]["organizations"][0]
    assert organization["id"] == world.sandbox.auth.organization_id
    plans = await world.get(f"/active_plans?organization_id={organization['id']}")
    assert plans["_embedded"]["active_plans"][0]["name"] == "production"
    rates = await world.get(f"/costs/{organization['id']}/rates")
    assert rates["vhost_cost_per_hour"] == 0.06


async def test_one_time_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1, the last six of eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    known = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    assert {at: code_at(secret, at) for at in known} == known
    assert is_good(secret, "287082", 59 + 30)
    assert not is_good(secret, "287082", 59 + 90)


async def test_an_organization_behind_single_sign_on_is_seen_with_its_own_token_only() -> None:
    auth = AuthHost(Switches(sso_organization="Northwind Health"), "a@b.test", "pw")
    transport = httpx.ASGITransport(Starlette(routes=auth.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://auth.test") as client:
        for token, sees, not_sees in (
            (auth.issue(), "Acme Clinic", "Northwind Health"),
            (auth.issue_sso(), "Northwind Health", "Acme Clinic"),
        ):
            bearer = {"Authorization": f"Bearer {token.text}"}
            for path, name in (("organizations", sees), ("reauthenticate_organizations", not_sees)):
                found = (await client.get(f"/{path}", headers=bearer)).json()
                assert [o["name"] for o in found["_embedded"]["organizations"]] == [name]
