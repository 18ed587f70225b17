"""The whole sandbox, joined: `start_world` brings it up, `serve` keeps it up for other programs.

`python -m providers.sandbox.world --env FILE [--scenario NAME] [--size MB] [--logs-over-tls]`
"""

import argparse
import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar, cast

import asyncssh

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.aptible.one_time_codes import new_secret
from providers.sandbox.aptible.sandbox import AptibleSandbox
from providers.sandbox.aptible.switches import Switches
from providers.sandbox.authority import Authority
from providers.sandbox.control import Control
from providers.sandbox.dns.visitors import Visitors
from providers.sandbox.dns.world import RESOLVERS, DnsWorld
from providers.sandbox.faults import Faults
from providers.sandbox.ground import APTIBLE_ADDRESS, Ground
from providers.sandbox.guarded_port import GuardedPort
from providers.sandbox.ledger import Ledger
from providers.sandbox.peers import Peers
from providers.sandbox.postgres.server import Guard, PostgresServer
from providers.sandbox.postgres.tamper import Tamperer
from providers.sandbox.router import Router
from providers.sandbox.scenarios.acme_clinic.scenario import AcmeClinic
from providers.sandbox.scenarios.northside_clinic.scenario import NorthsideClinic
from providers.sandbox.scenarios.story import OldSide, Story
from providers.sandbox.until_ended import serve_until_ended

SCENARIOS: dict[str, Callable[[], Story]] = {
    "acme-clinic": AcmeClinic,
    "northside-clinic": NorthsideClinic,
}
TTL = 30
"""Seconds that the customer's own names may be kept, unless the sandbox is told otherwise."""

One = TypeVar("One")
Other = TypeVar("Other")


class World:
    """A running sandbox. `env` points clients at it; faults and ledger are there for tests."""

    def __init__(self, ground: Ground, endings: contextlib.AsyncExitStack) -> None:
        self.ground = ground
        self.faults = ground.faults
        self.ledger = ground.ledger
        self.env: dict[str, str] = {}
        self.old_side: OldSide
        self.aptible: AptibleSandbox
        self.dns: DnsWorld
        self.visitors: Visitors
        self.story: Story
        self._endings = endings

    async def stop(self) -> None:
        """End everything, last started first. Can be repeated."""
        await self._endings.aclose()


async def start_world(
    folder: Path,
    *,
    scenario: str = "acme-clinic",
    size_mb: int = 60,
    with_visitors: bool = True,
    switches: Switches | None = None,
    ttl: int = TTL,
) -> World:
    """Bring up both platforms, DNS, databases, the app and its visitors, below `folder`.

    `switches` choose between possible behaviours of Aptible. `ttl` (seconds) is that of the
    customer's names: how long an old copy of them is kept anywhere, and waited for.
    Raises ValueError for an unknown scenario, RuntimeError when a part does not start; what had
    been started is then ended.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f"no scenario {scenario!r}; there is: {', '.join(sorted(SCENARIOS))}")
    async with contextlib.AsyncExitStack() as endings:
        story = SCENARIOS[scenario]()
        ground, dns = await _start_ground(folder, endings, story)
        world = World(ground, endings)
        world.dns, world.story = dns, story
        world.aptible = AptibleSandbox(
            ground,
            switches or Switches(totp_secret=new_secret()),
            email=story.operator,
            stack=story.stack,
        )
        await _both(story.prepare(ground, size_mb, ttl), _started(endings, world.aptible))
        world.old_side = story.old_side(ground)
        await _started(endings, world.old_side)
        network = _write_network(folder, ground, dns, story)
        world.visitors = Visitors(
            dns,
            lambda address: _pair(network[f"{address}:443"]),
            story.host,
            ground.authority.ca_file,
        )
        if with_visitors:
            await _started(endings, world.visitors)
        tamperer = Tamperer(ground.target_postgres, ground.faults, ground.ledger, story.damage)
        await _started(endings, tamperer)
        routers = (ground.source_router, ground.aptible_router)
        control = Control(
            ground.faults, ground.ledger, ground.supervisor, routers, world.visitors.summary
        )
        await _started(endings, control)
        world.env = _environment(world, folder, control)
        # From here on ending it is up to World.stop.
        world._endings = endings.pop_all()
        return world


async def serve(
    env_file: Path,
    scenario: str,
    size_mb: int,
    switches: Switches | None = None,
    *,
    with_visitors: bool = True,
    ttl: int = TTL,
) -> None:
    """Run a sandbox until SIGINT, SIGTERM or SIGHUP; `env_file` exists while it answers."""

    async def start(folder: Path) -> World:
        return await start_world(
            folder,
            scenario=scenario,
            size_mb=size_mb,
            switches=switches,
            with_visitors=with_visitors,
            ttl=ttl,
        )

    await serve_until_ended(env_file, start)


async def _start_ground(
    folder: Path, endings: contextlib.AsyncExitStack, story: Story
) -> tuple[Ground, DnsWorld]:
    authority, faults, ledger = Authority(folder / "authority"), Faults(), Ledger()
    dns, peers = DnsWorld(faults, customer_zone=story.zone), Peers()
    supervisor = Supervisor(folder / "logs", peers)
    routers = Router(authority), Router(authority)
    endings.push_async_callback(supervisor.stop_everything)
    source, target = await _both(
        _source_database(endings, folder / "source", authority, peers, story),
        _database(endings, folder / "target", authority),
    )
    for part in (dns, *routers):
        await _started(endings, part)
    ground = Ground(
        folder, authority, faults, ledger, source, target, supervisor, *routers, dns, peers
    )
    return ground, dns


async def _source_database(
    endings: contextlib.AsyncExitStack,
    folder: Path,
    authority: Authority,
    peers: Peers,
    story: Story,
) -> PostgresServer:
    clients = story.database_clients
    if clients is None:
        return await _database(endings, folder, authority, names=story.database_names)

    def guard(inner: Path) -> GuardedPort:
        return GuardedPort(inner, peers, clients.__contains__)

    return await _database(endings, folder, authority, guard, story.database_names)


async def _database(
    endings: contextlib.AsyncExitStack,
    folder: Path,
    authority: Authority,
    guard: Guard | None = None,
    names: Sequence[str] = (),
) -> PostgresServer:
    # *.aptible.in: the names under which Aptible's databases are known inside its stacks.
    known = ("localhost", "127.0.0.1", "*.aptible.in", *names)
    server = await PostgresServer.start(folder, authority, known, guard=guard)
    endings.push_async_callback(server.stop)
    return server


async def _started(endings: contextlib.AsyncExitStack, part: object) -> None:
    start: Callable[[], Awaitable[None]] = part.start  # type: ignore[attr-defined]
    stop: Callable[[], Awaitable[None]] = part.stop  # type: ignore[attr-defined]
    endings.push_async_callback(stop)
    await start()


async def _both(one: Awaitable[One], other: Awaitable[Other]) -> tuple[One, Other]:
    """Results of two at once. Raises the first failure when both have ended, never before."""
    results = await asyncio.gather(one, other, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast("tuple[One, Other]", results)


def _write_network(folder: Path, ground: Ground, dns: DnsWorld, story: Story) -> dict[str, str]:
    """The file that stands for the Internet's routing; the endpoints in it."""
    endpoints = {
        **dns.endpoints,
        f"{story.address}:443": f"127.0.0.1:{ground.source_router.port}",
        f"{APTIBLE_ADDRESS}:443": f"127.0.0.1:{ground.aptible_router.port}",
    }
    facts = {
        "dns_roots": list(dns.roots),
        "endpoints": endpoints,
        "ca_file": str(ground.authority.ca_file),
        "resolvers": list(RESOLVERS),
    }
    (folder / "network.json").write_text(json.dumps(facts, indent=1))
    return endpoints


def _environment(world: World, folder: Path, control: Control) -> dict[str, str]:
    host_key = asyncssh.import_public_key(world.aptible.host_key)
    return {
        **world.old_side.environment(),
        **world.aptible.environment(),
        # The fingerprint: unlike the key line it has no space for a shell to stumble over.
        "MOVEDAY_APTIBLE_GIT_HOST_KEY": host_key.get_fingerprint(),
        "MOVEDAY_NETWORK": str(folder / "network.json"),
        "SANDBOX_CONTROL": control.url,
        "SANDBOX_PANEL": f"http://127.0.0.1:{world.dns.panel_port}",
        "SANDBOX_REPOSITORY": str(world.story.checkout),
    }


def _pair(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    return host, int(port)


def main() -> None:
    """The sandbox as a program of its own."""
    parser = argparse.ArgumentParser(description="Serve both sides of a move and DNS on loopback.")
    parser.add_argument("--env", type=Path, required=True, help="file for the settings")
    parser.add_argument("--scenario", default="acme-clinic", choices=sorted(SCENARIOS))
    parser.add_argument("--size", type=int, default=60, help="size of the database in MB")
    parser.add_argument(
        "--logs-over-tls",
        action="store_true",
        help="https links to Aptible's operation logs, as its official client wants them",
    )
    wishes = parser.parse_args()
    switches = Switches(logs_over_tls=wishes.logs_over_tls, totp_secret=new_secret())
    asyncio.run(serve(wishes.env, wishes.scenario, wishes.size, switches))


if __name__ == "__main__":
    main()
