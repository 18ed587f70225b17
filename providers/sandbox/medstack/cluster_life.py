"""What really runs in a cluster: containers as its services say, followed whenever one is changed.

As in Swarm, a change is accepted first and takes effect soon after: containers of a changed service
are ended and started anew, surplus ones ended, missing ones started, and one that ends is started
again. A departure: Redis runs inside the sandbox, and the load balancer is its router.
"""

import asyncio
import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from providers.sandbox.apps.supervisor import Container, ContainerFailed
from providers.sandbox.containers.image import ContainerImage, ImageShelf
from providers.sandbox.containers.launch import Wanted, launch
from providers.sandbox.containers.names import Names
from providers.sandbox.ground import Ground
from providers.sandbox.medstack.caches import Caches
from providers.sandbox.medstack.mounts import mounted_files
from providers.sandbox.medstack.state import Cluster, Service
from providers.sandbox.medstack.traefik import LoadBalancer

_PAUSE = 2.0


@dataclass
class _Running:
    """Containers and their roots by number, and what they were started with: `like` of their
    service."""

    like: object
    containers: dict[int, Container] = field(default_factory=dict)
    roots: dict[int, Path] = field(default_factory=dict)


class ClusterLife:
    """Follows one cluster. Containers of a service are the supervisor's owner `owner(service)`."""

    def __init__(self, cluster: Cluster, ground: Ground, shelf: ImageShelf, names: Names) -> None:
        self.cluster = cluster
        self._ground, self._shelf, self._names = ground, shelf, names
        self._folder = ground.folder / f"cluster-{cluster.id}"
        self._caches = Caches(cluster, ground.peers, names)
        self._balancer = LoadBalancer(ground.source_router, ground.authority, self.ports)
        self._services: dict[str, _Running] = {}
        self._numbers = itertools.count(1)
        self._wish = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    def owner(self, service: str) -> str:
        """The supervisor's name for a service's containers; its log has that name too."""
        return f"medstack-{self.cluster.label.replace(' ', '-')}-{service}"

    def containers(self, service: str) -> list[Container]:
        """What runs of a service now."""
        return self._ground.supervisor.running(self.owner(service))

    def root(self, service: str) -> Path | None:
        """The root of one of a service's containers; None when none runs."""
        running = self._services.get(service)
        up = [number for number in running.containers if number in running.roots] if running else []
        return running.roots[up[0]] if running and up else None

    def image(self, service: Service) -> ContainerImage | None:
        """What its containers are started from; None when the shelf has no such image."""
        return self._shelf.find(service.image)

    def ports(self, service: str) -> list[int]:
        """The loopback ports of a service's containers."""
        return [each.port for each in self.containers(service) if each.port is not None]

    async def start(self) -> None:
        """Bring up what the services say; returns when that was tried once."""
        self._folder.mkdir(parents=True)
        if not await self._follow():
            self._wish.set()
        self._following = asyncio.create_task(self._keep_following())

    def changed(self) -> None:
        """The cluster's services are not what they were."""
        self._wish.set()

    async def stop(self) -> None:
        """End everything of the cluster. Can be repeated."""
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        await asyncio.gather(*(self._end(name) for name in list(self._services)))
        await self._caches.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _keep_following(self) -> None:
        while True:
            await self._wish.wait()
            self._wish.clear()
            if not await self._follow():
                await asyncio.sleep(_PAUSE)
                self._wish.set()

    async def _follow(self) -> bool:
        """One round; False when something did not start and is to be tried again."""
        services = list(self.cluster.services)
        # What others find by name goes first.
        await self._caches.follow(services)
        kept = {each.name for each in services}
        gone = [name for name in self._services if name not in kept]
        await asyncio.gather(*(self._end(name) for name in gone))
        self._balancer.follow(services)
        plain = [s for s in services if not (self._caches.has(s) or self._balancer.is_it(s))]
        return all(await asyncio.gather(*(self._fit(service) for service in plain)))

    async def _fit(self, service: Service) -> bool:
        """Bring one service to its count of containers that are as it says."""
        running = self._services.get(service.name)
        if running is not None and running.like != _like(service):
            await self._end(service.name)
            running = None
        if running is None:
            running = self._services[service.name] = _Running(_like(service))
        surplus = [number for number in running.containers if number >= service.replicas]
        await asyncio.gather(*(self._stop(running, number) for number in surplus))
        missing = [n for n in range(service.replicas) if n not in running.containers]
        started = await asyncio.gather(*(self._start(service, running, n) for n in missing))
        if surplus or missing:
            self._note("containers", service.name, count=len(running.containers))
        return all(started)

    async def _start(self, service: Service, running: _Running, number: int) -> bool:
        """Start one container; False when it did not come up. Without its image there is none."""
        image = self._shelf.find(service.image)
        if image is None:
            self._note("no-such-image", service.name, image=service.image)
            return True
        volumes = {each.target: self._folder / "volumes" / each.name for each in service.volumes}
        files = mounted_files(self.cluster, service)
        folder = self._folder / f"{service.name}.{next(self._numbers)}"
        running.roots[number] = folder
        wanted = Wanted(image, service.command, service.env, files, volumes)
        ready = launch(wanted, folder, self._names)
        try:
            running.containers[number] = await self._ground.supervisor.start(
                self.owner(service.name),
                service.name,
                number,
                ready.command,
                ready.env,
                ready.folder,
                web=bool(service.port),
                address=self.cluster.nodes[number % len(self.cluster.nodes)].address,
            )
        except (ContainerFailed, OSError) as error:
            self._note("container-failed", service.name, why=str(error))
            return False
        return True

    async def _end(self, name: str) -> None:
        """End all containers of a service."""
        running = self._services[name]
        await asyncio.gather(*(self._stop(running, number) for number in list(running.containers)))
        self._services.pop(name, None)

    async def _stop(self, running: _Running, number: int) -> None:
        await self._ground.supervisor.stop(running.containers[number])
        running.containers.pop(number, None)

    def _note(self, effect: str, service: str, **facts: object) -> None:
        self._ground.ledger.note("medstack", effect, service=service, **facts)


def _like(service: Service) -> object:
    """All of a service that its containers are started with."""
    files = (list(service.secrets), list(service.configs), list(service.volumes))
    start = (service.image, list(service.command), dict(service.env), bool(service.port))
    return (*start, *files, service.pulled)
