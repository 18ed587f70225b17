"""The other variant of each unverified behaviour of the sandboxed Aptible can be switched on."""

import asyncio
import ssl
from pathlib import Path

import httpx

from tests.providers.sandbox.aptible_world import PLAIN, World, aptible_world


async def _deprovisioned(world: World, path: str) -> int:
    operation = await world.post(f"{path}/operations", {"type": "deprovision"})
    for _ in range(100):
        if (await world.api.get(path)).status_code == 404:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    return (await world.api.get(f"/operations/{operation['id']}")).status_code


async def test_the_other_variants(tmp_path: Path) -> None:
    async with aptible_world(
        tmp_path,
        logs_over_tls=True,
        keep_services_embedded=False,
        sensitive_without_prefer=False,
        deprovision_ends_in_404=False,
        final_backup=False,
        page_size=1,
    ) as world:
        account = await world.environment()
        app = await world.app(account)
        path = f"/apps/{app['id']}"
        assert "_embedded" not in (await world.api.get(path, headers=PLAIN)).json()
        database = await world.database(account, "primary")
        plain = (await world.api.get(f"/databases/{database['id']}")).json()
        assert "connection_url" not in plain
        assert await _deprovisioned(world, f"/databases/{database['id']}") == 200
        assert (await world.get(f"/accounts/{account['id']}/backups"))["total_count"] == 0
        first = await world.get("/operations")
        assert len(first["_embedded"]["operations"]) == 1
        assert first["total_count"] == 2
        operation = first["_embedded"]["operations"][0]
        logs = operation["_links"]["logs"]["href"]
        assert logs.startswith("https://")
        trust = ssl.create_default_context(cafile=world.ground.authority.ca_file)
        async with httpx.AsyncClient(verify=trust) as client:
            bearer = {"Authorization": f"Bearer {world.sandbox.access_token}"}
            address = (await client.get(logs, headers=bearer)).text
            text = (await client.get(address)).text
            assert (await client.get(address, headers=bearer)).status_code == 400
        assert "deprovision" in text


async def test_an_environment_that_is_not_activated_takes_no_database(tmp_path: Path) -> None:
    async with aptible_world(tmp_path, environments_activated=False) as world:
        account = await world.environment()
        assert account["activated"] is False
        body = {"handle": "primary", "type": "postgresql"}
        database = await world.post(f"/accounts/{account['id']}/databases", body)
        operation = await world.operate(f"/databases/{database['id']}", type="provision")
        assert operation["status"] == "failed"
