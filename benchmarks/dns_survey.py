"""How long does a survey of 20 names take? Real servers on loopback, answers delayed as on a line.

`python benchmarks/dns_survey.py [--names 20] [--delay 40] [--runs 5]`
"""

import argparse
import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import dns.message

from providers.dns.authority import AuthoritativeDns
from providers.dns.net import Net
from providers.sandbox.dns.world import CUSTOMER_ZONE, DnsWorld
from wizard.clock import SYSTEM_CLOCK
from wizard.model.dns import SiteAnswer
from wizard.rules.domain_findings import looks_for
from wizard.runbook.dns.survey import Surveyor
from wizard.safety.network import Network

OLD = "label.herokudns.com"
Handler = Callable[[dns.message.Message], Awaitable[dns.message.Message | None]]


class NoSite:
    """Visits nothing: only DNS is measured."""

    async def visit(
        self, url: str, address: str, *, facts: tuple[str, ...] = (), timeout: float = 10.0
    ) -> SiteAnswer:
        """No answer."""
        return SiteAnswer(url=url, address=address, status=None)


@contextlib.asynccontextmanager
async def world_with(names: int, delay: float) -> AsyncIterator[tuple[Network, list[str]]]:
    """A zone with `names` names on two servers; every answer leaves `delay` seconds late."""
    world = DnsWorld()
    await world.start()
    world.put(OLD, "A", 60, ["198.51.100.10"])
    hosts = [f"app{n}.{CUSTOMER_ZONE}" for n in range(names)]
    for host in hosts:
        world.put(host, "CNAME", 3600, [OLD])
    for server in world.servers.values():
        server._listener._handler = _late(server._handle, delay)
    places = {_pair(k): _pair(v) for k, v in world.endpoints.items()}
    try:
        yield Network(world.roots, places), hosts
    finally:
        await world.stop()


def _late(handle: Handler, delay: float) -> Handler:
    async def answer(question: dns.message.Message) -> dns.message.Message | None:
        await asyncio.sleep(delay)
        return await handle(question)

    return answer


def _pair(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


async def whole(network: Network, hosts: list[str]) -> float:
    """Seconds of `moveday dns survey` over all names, nothing remembered from before."""
    surveyor = Surveyor(AuthoritativeDns(network), NoSite(), SYSTEM_CLOCK, 60, {})
    began = time.monotonic()
    report = await surveyor.survey(hosts)
    troubles = [a.error for found in report.names for a in found.survey.answers if a.error]
    assert not troubles, troubles
    return time.monotonic() - began


async def one_by_one(network: Network, hosts: list[str]) -> float:
    """The same looks one after the other, as a person types them."""
    client = AuthoritativeDns(network)
    began = time.monotonic()
    for host in hosts:
        for look in looks_for(host, "nosuchlabel"):
            await client.survey(*look)
    return time.monotonic() - began


async def measure(names: int, delay: float, runs: int) -> None:
    """Print one row per way of asking."""
    asked = 0
    once = Net._once

    async def counted(net: Net, *words: object) -> dns.message.Message:
        nonlocal asked
        asked += 1
        return await once(net, *words)  # type: ignore[arg-type]

    Net._once = counted  # type: ignore[assignment, method-assign]
    print("| way | median s | min s | max s | CPU s | questions |")
    print("|---|---|---|---|---|---|")
    async with world_with(names, delay) as (network, hosts):
        ways = (("one look after the other", one_by_one, 1), ("`moveday dns survey`", whole, runs))
        for title, way, times in ways:
            asked, busy = 0, time.process_time()
            found = [await way(network, hosts) for _ in range(times)]
            row = (statistics.median(found), min(found), max(found))
            figures = (*row, (time.process_time() - busy) / times)
            print(f"| {title} | {' | '.join(f'{s:.2f}' for s in figures)} | {asked // times} |")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Time a survey of names.")
    parser.add_argument("--names", type=int, default=20)
    parser.add_argument("--delay", type=float, default=40, help="milliseconds per answer")
    parser.add_argument("--runs", type=int, default=5)
    wishes = parser.parse_args()
    asyncio.run(measure(wishes.names, wishes.delay / 1000, wishes.runs))


if __name__ == "__main__":
    main()
