"""Visitors against two real TLS sites: their log must tell an outage as it really was."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from providers.sandbox.authority import Authority
from providers.sandbox.dns.visitors import LASTING, Look, Visitors, outages_in
from providers.sandbox.dns.world import DnsWorld

WWW = "www.acme-clinic.test"
ADDRESSES = {"heroku": "198.51.100.10", "aptible": "198.51.100.20"}


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not so():
            await asyncio.sleep(0.05)


@dataclass
class Site:
    """One side: answers with its name, 503 while `down`, and counts the rows it wrote."""

    side: str
    down: bool = False
    rows: int = 0
    port: int = 0
    hosts: set[str] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.hosts.add(head.split("Host: ")[1].split("\r\n")[0])
            if head.startswith("POST") and not self.down:
                self.rows += 1
            body = b"<html>" if self.down else json.dumps({"side": self.side}).encode()
            status = b"503 Service Unavailable" if self.down else b"200 OK"
            length = str(len(body)).encode()
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n")
            writer.write(body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def sites(tmp_path: Path) -> AsyncIterator[tuple[dict[str, Site], Path]]:
    authority = Authority(tmp_path)
    context = authority.server_context(authority.certificate(WWW))
    sites, servers = {name: Site(name) for name in ADDRESSES}, []
    for site in sites.values():
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
        site.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    yield sites, authority.ca_file
    for server in servers:
        server.close()


async def test_a_switch_as_visitors_see_it(sites: tuple[dict[str, Site], Path]) -> None:
    both, ca_file = sites
    world = DnsWorld(floor=6)
    await world.start()
    for name, host in (("heroku", "x.herokudns.com"), ("aptible", "elb-7.aptible.in")):
        world.put(host, "A", 60, [ADDRESSES[name]])
    world.put(WWW, "CNAME", 1, ["x.herokudns.com"])
    ports = {address: both[name].port for name, address in ADDRESSES.items()}
    visitors = Visitors(
        world, lambda address: ("127.0.0.1", ports[address]), WWW, ca_file, interval=0.2
    )
    await visitors.start()
    log, everybody = visitors.log, [v["visitor"] for v in visitors.summary()["visitors"]]  # type: ignore[attr-defined]

    def looks(visitor: int, ok: bool) -> int:
        return sum(look.visitor == visitor and look.ok is ok for look in log)

    def answered_for(visitor: int) -> float:
        times = [look.at for look in log if (look.visitor, look.side) == (visitor, "aptible")]
        return times[-1] - times[0] if times else 0.0

    await until(lambda: min(looks(visitor, ok=True) for visitor in everybody) > 3)
    both["heroku"].down = True
    await until(lambda: min(looks(visitor, ok=False) for visitor in everybody) > 1)
    world.put(WWW, "CNAME", 1, ["elb-7.aptible.in"])
    # Until the new side has answered everybody for as long as makes an answer a lasting one.
    await until(lambda: min(map(answered_for, everybody)) > LASTING)
    await visitors.stop()
    await world.stop()

    seen = visitors.summary()
    json.dumps(seen)
    first, second = (seen["visitors"][n] for n in (0, 1))  # type: ignore[index]
    assert (first["resolver"], second["resolver"]) == (0, 1)
    assert second["outage_seconds"] > first["outage_seconds"], "the floor holds this visitor back"
    assert first["sides"]["heroku"]["last"] < first["first_failure_at"]
    assert first["sides"]["aptible"]["first"] > first["last_failure_at"]
    together = seen["all"]
    assert len(together["outages"]) == 1  # type: ignore[index]
    for side, site in both.items():
        # What was acknowledged is there; the last post of each visitor may be cut off by the stop.
        posts = together["sides"][side]["posts"]  # type: ignore[index]
        assert 0 < posts <= site.rows <= posts + len(seen["visitors"])  # type: ignore[arg-type]
        assert site.hosts == {WWW}
    length = len(visitors.log)
    await asyncio.sleep(0.4)
    assert len(visitors.log) == length


async def test_no_address_and_wrong_certificate_are_failures(
    sites: tuple[dict[str, Site], Path],
) -> None:
    both, ca_file = sites
    world = DnsWorld()
    await world.start()
    world.put(f"other.{WWW}", "A", 60, [ADDRESSES["heroku"]])
    for host, words in ((f"none.{WWW}", "LookupFailed"), (f"other.{WWW}", "certificate")):
        visitors = Visitors(
            world, lambda _: ("127.0.0.1", both["heroku"].port), host, ca_file, interval=0.1
        )
        await visitors.start()
        await until(lambda: len(visitors.log) > 2)  # noqa: B023 - awaited within the turn
        await visitors.stop()
        assert all(not look.ok and words in look.error for look in visitors.log)
        assert visitors.summary()["all"]["outages"][0]["until"] is None  # type: ignore[index]
    await world.stop()


def look(at: float, ok: bool) -> Look:
    return Look(0, at, 0.01, "GET", "", 200 if ok else 503, "", "")


def test_outages_end_with_the_first_lasting_answer() -> None:
    def spans(text: str) -> list[tuple[float, float | None]]:
        return outages_in([look(float(n) / 2, char == ".") for n, char in enumerate(text)])

    assert spans("......") == []
    assert spans("..xx......") == [(1.0, 2.0)]
    assert spans("..xx.x......") == [(1.0, 3.0)], "one good answer between two bad ones is no end"
    assert spans("x.....x.....") == [(0.0, 0.5), (3.0, 3.5)]
    assert spans("..xx") == [(1.0, None)]
