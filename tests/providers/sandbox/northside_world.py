"""The clinic on MedStack, whole, and what its people and programs can do there."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from providers.sandbox.medstack.state import Cluster, Service
from providers.sandbox.scenarios.northside_clinic.old_side import MedStackSide
from providers.sandbox.scenarios.northside_clinic.scenario import NorthsideClinic
from providers.sandbox.world import World

PATIENCE = 120.0


@dataclass
class Clinic:
    """A running world with this scenario."""

    world: World

    @property
    def side(self) -> MedStackSide:
        assert isinstance(self.world.old_side, MedStackSide)
        return self.world.old_side

    @property
    def story(self) -> NorthsideClinic:
        assert isinstance(self.world.story, NorthsideClinic)
        return self.world.story

    @property
    def cluster(self) -> Cluster:
        return self.side.life.cluster

    def service(self, name: str) -> Service:
        return next(each for each in self.cluster.services if each.name == name)

    def running(self, name: str) -> list[int]:
        """Process ids of a service's containers."""
        owner = self.side.life.owner(name)
        return [each.pid for each in self.world.ground.supervisor.running(owner)]

    async def patch(self, name: str, **change: object) -> httpx.Response:
        """Change a service through the API."""
        env = self.world.env
        company = self.side.medstack.company
        path = f"/companies/{company.id}/clusters/{self.cluster.id}/services"
        auth = (env["MEDSTACK_TOKEN_KEY"], env["MEDSTACK_TOKEN_VALUE"])
        base = env["MEDSTACK_API_URL"]
        async with httpx.AsyncClient(base_url=base, auth=auth, trust_env=False) as client:
            return await client.patch(f"{path}/{self.service(name).id}", json=change)

    async def visit(self, host: str, path: str = "/up") -> httpx.Response:
        """A page of the old side, as a visitor gets it."""
        ground = self.world.ground
        context = ssl.create_default_context(cafile=ground.authority.ca_file)
        url = f"https://127.0.0.1:{ground.source_router.port}{path}"
        extensions: dict[str, Any] = {"sni_hostname": host}
        async with httpx.AsyncClient(verify=context, trust_env=False, timeout=60) as client:
            return await client.get(url, headers={"Host": host}, extensions=extensions)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.05)
