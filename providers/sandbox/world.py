"""The whole sandbox, joined: `start_world` brings it up, `serve` keeps it up for other programs.

`python -m providers.sandbox.world --env FILE [--scenario NAME] [--size MB] [--logs-over-tls]`
"""

import argparse
import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
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
from providers.sandbox.ground import APTIBLE_ADDRESS, HEROKU_ADDRESS, Ground
from providers.sandbox.heroku.server import HerokuSandbox
from providers.sandbox.ledger import Ledger
from providers.sandbox.postgres.server import PostgresServer
from providers.sandbox.postgres.tamper import Tamperer
from providers.sandbox.router import Router
from providers.sandbox.scenarios.acme_clinic import scenario as acme_clinic
from providers.sandbox.scenarios.acme_clinic.scenario import DAMAGE
from providers.sandbox.until_ended import serve_until_ended

SCENARIOS = {"acme-clinic": acme_clinic.prepare}
_PLATFORM_TTL = 60

One = TypeVar("One")
Other = TypeVar("Other")


class World:
    """A running sandbox. `env` points clients at it; faults and ledger are there for tests."""

    def __init__(self, ground: Ground, endings: contextlib.AsyncExitStack) -> None:
        self.ground = ground
        self.faults = ground.faults
        self.ledger = ground.ledger
        self.env: dict[str, str] = {}
        self.heroku: HerokuSandbox
        self.aptible: AptibleSandbox
        self.dns: DnsWorld
        self.visitors: Visitors
        self.scenario: acme_clinic.Scenario
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
    ttl: int = acme_clinic.TTL,
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
        ground, dns = await _start_ground(folder, endings)
        world = World(ground, endings)
        world.dns = dns
        world.aptible = AptibleSandbox(ground, switches or Switches(totp_secret=new_secret()))
        world.scenario, _ = await _both(
            SCENARIOS[scenario](ground, size_mb, ttl), _started(endings, world.aptible)
        )
        world.heroku = HerokuSandbox(ground, world.scenario.seed)
        await _started(endings, world.heroku)
        network = _write_network(folder, ground, dns)
        host = world.scenario.visited_host
        world.visitors = Visitors(
            dns, lambda address: _pair(network[f"{address}:443"]), host, ground.authority.ca_file
        )
        if with_visitors:
            await _started(endings, world.visitors)
        tamperer = Tamperer(ground.target_postgres, ground.faults, ground.ledger, DAMAGE)
        await _started(endings, tamperer)
        routers = (ground.heroku_router, ground.aptible_router)
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
    ttl: int = acme_clinic.TTL,
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
    folder: Path, endings: contextlib.AsyncExitStack
) -> tuple[Ground, DnsWorld]:
    authority, faults, ledger = Authority(folder / "authority"), Faults(), Ledger()
    dns = DnsWorld(faults)
    supervisor = Supervisor(folder / "logs")
    routers = Router(authority), Router(authority)
    endings.push_async_callback(supervisor.stop_everything)
    source, target = await _both(
        _database(endings, folder / "source", authority),
        _database(endings, folder / "target", authority),
    )
    for part in (dns, *routers):
        await _started(endings, part)
    # Names the platform gives later, to review apps or new domains, lead to it as well.
    for name in ("*.herokudns.com", "*.herokuapp.com"):
        dns.put(name, "A", _PLATFORM_TTL, [HEROKU_ADDRESS])
    ground = Ground(folder, authority, faults, ledger, source, target, supervisor, *routers, dns)
    return ground, dns


async def _database(
    endings: contextlib.AsyncExitStack, folder: Path, authority: Authority
) -> PostgresServer:
    # *.aptible.in: the names under which Aptible's databases are known inside its stacks.
    names = ("localhost", "127.0.0.1", "*.aptible.in")
    server = await PostgresServer.start(folder, authority, names)
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


def _write_network(folder: Path, ground: Ground, dns: DnsWorld) -> dict[str, str]:
    """The file that stands for the Internet's routing; the endpoints in it."""
    endpoints = {
        **dns.endpoints,
        f"{HEROKU_ADDRESS}:443": f"127.0.0.1:{ground.heroku_router.port}",
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
        **world.heroku.environment(world.scenario.app),
        **world.aptible.environment(),
        # The fingerprint: unlike the key line it has no space for a shell to stumble over.
        "MOVEDAY_APTIBLE_GIT_HOST_KEY": host_key.get_fingerprint(),
        "MOVEDAY_NETWORK": str(folder / "network.json"),
        "SANDBOX_CONTROL": control.url,
        "SANDBOX_PANEL": f"http://127.0.0.1:{world.dns.panel_port}",
        "SANDBOX_REPOSITORY": str(world.scenario.repository.checkout),
    }


def _pair(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    return host, int(port)


def main() -> None:
    """The sandbox as a program of its own."""
    parser = argparse.ArgumentParser(description="Serve Heroku, Aptible and DNS on loopback.")
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
