"""An independent client from 2021, `aptible-api`, walks the sandbox by its links."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aptible.api import AptibleApi

from tests.providers.sandbox.aptible_world import World, aptible_world


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
