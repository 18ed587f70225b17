"""The Redis containers of a cluster: reached by their service's name, from the cluster alone."""

from collections.abc import Sequence

from providers.sandbox.containers.names import Names
from providers.sandbox.guarded_port import GuardedPort
from providers.sandbox.medstack.state import Cluster, Service
from providers.sandbox.peers import Peers
from providers.sandbox.redis import RedisServer

_PORT = 6379


class Caches:
    """One server for each service whose image is Redis and that has a replica."""

    def __init__(self, cluster: Cluster, peers: Peers, names: Names) -> None:
        self._cluster, self._peers, self._names = cluster, peers, names
        self._running: dict[str, tuple[RedisServer, GuardedPort]] = {}

    @staticmethod
    def has(service: Service) -> bool:
        """Whether a service is one of these."""
        return service.image.startswith("redis:")

    async def follow(self, services: Sequence[Service]) -> None:
        """Start and end servers, so that those run which the services say."""
        wanted = [each.name for each in services if self.has(each) and each.replicas]
        for name in [name for name in self._running if name not in wanted]:
            await self._end(name)
        for name in wanted:
            if name not in self._running:
                await self._begin(name)

    async def stop(self) -> None:
        """End all of them. Can be repeated."""
        for name in list(self._running):
            await self._end(name)

    async def _begin(self, name: str) -> None:
        server = RedisServer()
        await server.start()
        nodes = {node.address for node in self._cluster.nodes}
        guard = GuardedPort(server.port, self._peers, nodes.__contains__)
        await guard.start()
        self._running[name] = server, guard
        self._names.put(name, _PORT, guard.port)

    async def _end(self, name: str) -> None:
        server, guard = self._running.pop(name)
        await guard.stop()
        await server.stop()
