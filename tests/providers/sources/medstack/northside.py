"""Northside Clinic's MedStack on loopback, in a thread of its own, for commands and for clients."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from providers.sandbox.medstack.server import MedStackSandbox
from providers.sandbox.medstack.state import Cluster, Company, Service
from providers.sandbox.scenarios.northside_clinic.account import company, names


@dataclass
class Northside:
    """The running sandbox, and where names lead: change `addresses` to move one."""

    sandbox: MedStackSandbox
    addresses: dict[str, list[str]]

    @property
    def environ(self) -> dict[str, str]:
        return self.sandbox.environment()

    @property
    def company(self) -> Company:
        return self.sandbox.company

    @property
    def production(self) -> Cluster:
        return self.company.clusters[0]

    def service(self, name: str) -> Service:
        return next(each for each in self.production.services if each.name == name)

    def add_another_app(self) -> None:
        """A service of another image, which reaches the portal by its name."""
        env = {
            "DATABASE_URL": self.service("portal").env["DATABASE_URL"],
            "PORTAL": "http://portal:8000/internal",
        }
        image = "registry.example.net/northside/nightly:2.1.3"
        command = ["supercronic", "/etc/nightly.cron"]
        self.production.services.append(Service("nightly", image, command=command, env=env))

    def path(self, name: str) -> str:
        """Where a service is asked for."""
        ids = (self.company.id, self.production.id, self.service(name).id)
        return "/companies/{}/clusters/{}/services/{}".format(*ids)

    def secrets(self) -> dict[str, str]:
        """Every secret of the account, by what it is."""
        token = self.company.tokens[0]
        database = self.service("portal").env["DATABASE_URL"]
        found = {"token key": token.key, "token value": token.value, "database": database}
        found["database password"] = database.partition("portal:")[2].partition("@")[0]
        return found | {each.name: each.data for each in self.production.secrets}


@contextmanager
def northside() -> Iterator[Northside]:
    """Serve it until the end of the context."""
    addresses = names()

    async def resolve(name: str) -> list[str]:
        return addresses.get(name, [])

    sandbox = MedStackSandbox(company(), resolve)
    loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        await sandbox.start()
        ready.set()
        await done.wait()
        await sandbox.stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield Northside(sandbox, addresses)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(60)
        loop.close()
