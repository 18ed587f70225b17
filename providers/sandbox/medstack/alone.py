"""MedStack by itself, with DNS and the control server: to look at a cluster, and to map it.

No container runs behind its services, and there is no new side: this is no whole move.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.control import Control
from providers.sandbox.dns.world import RESOLVERS, DnsWorld
from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.medstack.server import MedStackSandbox
from providers.sandbox.scenarios.northside_clinic.account import APEX, company, names
from providers.sandbox.until_ended import serve_until_ended


class Alone:
    """What was started. `env` points clients at it."""

    def __init__(
        self, medstack: MedStackSandbox, dns: DnsWorld, endings: contextlib.AsyncExitStack
    ) -> None:
        self.medstack = medstack
        self.dns = dns
        self.env: dict[str, str] = {}
        self._endings = endings

    async def stop(self) -> None:
        """End everything, last started first. Can be repeated."""
        await self._endings.aclose()


async def start_alone(folder: Path, ttl: int) -> Alone:
    """Bring up DNS with the clinic's names, which live for `ttl` seconds, and the API."""
    faults, ledger = Faults(), Ledger()
    async with contextlib.AsyncExitStack() as endings:
        dns = DnsWorld(faults, customer_zone=APEX)
        await _started(endings, dns.start, dns.stop)
        for name, addresses in names().items():
            dns.put(name, "A", ttl, addresses)
        medstack = MedStackSandbox(company(), dns.look_at_authority, faults=faults, ledger=ledger)
        await _started(endings, medstack.start, medstack.stop)
        control = Control(faults, ledger, Supervisor(folder / "logs"), (), dict)
        await _started(endings, control.start, control.stop)
        alone = Alone(medstack, dns, endings.pop_all())
        network = folder / "network.json"
        facts = {"dns_roots": list(dns.roots), "endpoints": dns.endpoints}
        network.write_text(json.dumps({**facts, "resolvers": list(RESOLVERS)}, indent=1))
        alone.env = {
            **medstack.environment(),
            "MOVEDAY_NETWORK": str(network),
            "SANDBOX_CONTROL": control.url,
            "SANDBOX_PANEL": f"http://127.0.0.1:{dns.panel_port}",
        }
        return alone


async def serve(env_file: Path, ttl: int) -> None:
    """Serve it until a signal ends it."""

    async def start(folder: Path) -> Alone:
        return await start_alone(folder, ttl)

    await serve_until_ended(env_file, start)


async def _started(
    endings: contextlib.AsyncExitStack,
    start: Callable[[], Awaitable[None]],
    stop: Callable[[], Awaitable[None]],
) -> None:
    endings.push_async_callback(stop)
    await start()
