"""MedStack with the clinic's cluster really running: its API, its containers, its web interface."""

import contextlib

from providers.sandbox.containers.names import Names
from providers.sandbox.ground import Ground
from providers.sandbox.medstack.cluster_life import ClusterLife
from providers.sandbox.medstack.console import Console
from providers.sandbox.medstack.server import MedStackSandbox
from providers.sandbox.medstack.state import Company, Service
from providers.sandbox.scenarios.northside_clinic.account import DATABASE_HOST, DATABASE_PORT


class MedStackSide:
    """The first cluster of the company runs; the others are records only."""

    def __init__(self, ground: Ground, company: Company, names: Names) -> None:
        self._names = names
        self._port = ground.source_postgres.port
        self.life = ClusterLife(company.clusters[0], ground, ground.images, names)
        self.medstack = MedStackSandbox(
            company,
            ground.dns.look_at_authority,
            faults=ground.faults,
            ledger=ground.ledger,
            changed=self.life.changed,
            running=self._running,
        )
        self.console = Console(self.life, ground.supervisor, ground.ledger)
        self._endings = contextlib.AsyncExitStack()

    async def start(self) -> None:
        """Bring up the containers, then the API and the web interface."""
        self._names.put(DATABASE_HOST, DATABASE_PORT, self._port)
        for part in (self.life, self.medstack, self.console):
            self._endings.push_async_callback(part.stop)
            await part.start()

    async def stop(self) -> None:
        """End it, last started first. Can be repeated."""
        await self._endings.aclose()

    def _running(self, service: Service) -> int:
        mine = any(each is service for each in self.life.cluster.services)
        return len(self.life.containers(service.name)) if mine else service.replicas

    def environment(self) -> dict[str, str]:
        """What points moveday at the API; what begins with SANDBOX is for the person alone, who
        also knows the key that nobody can read back."""
        secrets = {each.name: each.data for each in self.life.cluster.secrets}
        own = {"SANDBOX_CONSOLE": self.console.url, "SANDBOX_SESSION_KEY": secrets["session_key"]}
        return {**self.medstack.environment(), **own}
