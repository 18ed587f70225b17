"""An independent client from 2021, `aptible-api`, walks the sandbox by its links."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from aptible.api import AptibleApi

from tests.providers.sandbox.aptible_world import PLAIN, World, aptible_world

KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with aptible_world(tmp_path, page_size=2) as made:
        yield made


async def test_the_judge_walks_everything_by_links(world: World) -> None:
    account = await world.environment()
    app = await world.app(account)
    database = await world.database(account, "primary")

    def walk() -> None:
        api = AptibleApi(world.sandbox.api_url)
        api.authorize(token=world.sandbox.access_token)
        (seen,) = api.accounts()
        assert seen.handle == account["handle"]
        assert seen.stack().name == "shared-us-west-1"
        assert [a.handle for a in seen.apps()] == ["acme-clinic"]
        assert [d.handle for d in seen.databases()] == ["primary"]
        found = api.fetch_database(database["id"])
        assert found.status == "provisioned"
        assert found.account_id == account["id"]
        assert next(iter(found.database_credentials())).connection_url.startswith("postgresql://")
        assert [o.type for o in found.operations()] == ["provision"]
        assert list(api.fetch_app(app["id"]).services()) == []
        assert next(iter(seen.services())).process_type == "postgresql"
        assert api.fetch_app(app["id"]).created_at.year >= 2025

    await asyncio.to_thread(walk)


async def test_the_judge_creates_an_app_and_pages(world: World) -> None:
    account = await world.environment()

    def create() -> None:
        api = AptibleApi(world.sandbox.api_url)
        api.authorize(token=world.sandbox.access_token)
        environment = api.fetch_account(account["id"])
        for number in range(5):
            made = environment.create_app(handle=f"app-{number}")
            assert made.account().id == account["id"]
            assert made.git_repo.endswith(f":{account['handle']}/app-{number}.git")
        assert [a.handle for a in environment.apps()] == [f"app-{n}" for n in range(5)]
        assert len(list(api.database_images())) == len(world.sandbox.state.database_images)

    await asyncio.to_thread(create)
    assert world.ground.ledger.count("aptible", "app") == 5


async def test_the_official_client_s_list_of_apps(world: World) -> None:
    """It asks for no embedded parts, and then reads the services embedded in each app."""
    account = await world.environment()
    await world.app(account)
    listed = await world.get("/apps?per_page=5000&no_embed=true")
    (app,) = listed["_embedded"]["apps"]
    assert app["_embedded"] == {"services": []}
    (environment,) = (await world.get("/accounts?no_embed=true"))["_embedded"]["accounts"]
    assert "_embedded" not in environment


async def test_the_official_client_s_way_to_create(world: World) -> None:
    """It reads a collection by its link and posts to the collection's own address."""

    async def create(parent: dict[str, Any], relation: str, body: dict[str, Any]) -> dict[str, Any]:
        listed = await world.api.get(parent["_links"][relation]["href"], headers=PLAIN)
        made = await world.api.post(listed.json()["_links"]["self"]["href"], json=body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    account = await world.environment()
    app = await create(account, "apps", {"handle": "clinic"})
    image = (await world.get("/database_images"))["_embedded"]["database_images"][0]
    version = image["_links"]["self"]["href"]
    wanted = {"handle": "db", "type": "postgresql", "database_image": version}
    database = await create(account, "databases", wanted)
    operation = await create(database, "operations", {"type": "provision", "disk_size": 10})
    key = {"ssh_public_key": KEY}
    connection = await create(operation, "ssh_portal_connections", key)
    assert connection["ssh_certificate_body"].startswith("ssh-ed25519-cert-v01@openssh.com ")
    assert (await world.ended(operation["id"]))["status"] == "succeeded"
    found = await world.get(f"/find/app?handle=clinic&environment={account['handle']}")
    assert found["id"] == app["id"]
    assert found["_embedded"]["services"] == []
