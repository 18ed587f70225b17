"""NSD and Unbound in a network namespace of their own: a root, a registry, hosts and resolvers.

Run as a program inside the namespace (`python -m tests.providers.dns.real_servers WORLDS SEED`): it
brings up loopback, starts the daemons on port 53 of addresses that exist nowhere else, plays the
worlds, and prints one JSON line per world.
"""

import asyncio
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import dns.asyncquery
import dns.exception
import dns.message
from dns.rdatatype import RdataType

from providers.dns.authority import AuthoritativeDns
from providers.dns.resolvers import CacheLooks
from wizard.rules.domains import switched
from wizard.rules.ttl_history import Look, ttl_story
from wizard.safety.network import Network

NSD, UNBOUND = shutil.which("nsd"), shutil.which("unbound")
ROOT, REGISTRY, FIRST, SECOND, CACHE = (f"127.0.53.{n}" for n in (1, 2, 11, 12, 53))
OLD, NEW = "label.herokudns.test.", "elb-acme-7.aptible.test."
LOW = 1
PATIENCE = 60.0
"""Seconds in which a world must become safe, and must be seen switched."""
EYES = 6
"""Looks at a time over all worlds: more than a busy machine can carry would all time out."""


def available() -> str:
    """Why these servers cannot be used here; "" when they can."""
    if NSD is None or UNBOUND is None:
        return "nsd or unbound is not installed"
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return "unshare or ip is not installed"
    tried = subprocess.run(
        [*NAMESPACE, "ip", "link", "set", "lo", "up"], capture_output=True, timeout=20, check=False
    )
    return f"no network namespace here: {tried.stderr.decode().strip()}" if tried.returncode else ""


NAMESPACE = ("unshare", "-rnpf", "--kill-child", "--")
"""A user namespace as well, so that an ordinary user may; and one for processes: none survives."""


@dataclass
class Servers:
    """The daemons of one namespace, and where their files are."""

    folder: Path
    worlds: int
    running: list[subprocess.Popen[bytes]]
    _hosts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Everything up; returns when both hosts and the cache answer."""
        self._zone(".", ROOT, [f"test. 60 IN NS ns.test.\nns.test. 60 IN A {REGISTRY}"])
        children = "\n".join(
            f"{zone}. 60 IN NS ns1.{zone}.\n{zone}. 60 IN NS ns2.{zone}.\n"
            f"ns1.{zone}. 60 IN A {FIRST}\nns2.{zone}. 60 IN A {SECOND}"
            for zone in self.zones
        )
        self._zone("test", REGISTRY, [children])
        for number in range(self.worlds):
            self.write(number, FIRST, 2, OLD, 1)
            self.write(number, SECOND, 2, OLD, 1)
        for host in (FIRST, SECOND):
            self._zone("herokudns.test", host, ["*.herokudns.test. 1 IN A 198.51.100.10"])
            self._zone("aptible.test", host, ["*.aptible.test. 1 IN A 198.51.100.20"])
        for server in (ROOT, REGISTRY, FIRST, SECOND):
            self._nsd(server)
        self._unbound()

    @property
    def zones(self) -> list[str]:
        """Every zone below the registry's."""
        return [*(f"w{n}.test" for n in range(self.worlds)), "herokudns.test", "aptible.test"]

    def write(self, world: int, server: str, ttl: int, target: str, serial: int) -> None:
        """Put one world's record on one server's disk."""
        zone = f"w{world}.test"
        self._zone(zone, server, [f"www.{zone}. {ttl} IN CNAME {target}"], serial)

    def reload(self, server: str) -> None:
        """Have a host read its zones again (NSD keeps the process it was started as)."""
        self._hosts[server].send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End every daemon."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(10)

    def _zone(self, origin: str, server: str, lines: list[str], serial: int = 1) -> None:
        dot = "." if origin == "." else f"{origin}."
        own = "ns.test." if origin in (".", "test") else f"ns1.{origin}."
        other = own if origin in (".", "test") else f"ns2.{origin}."
        head = [f"{dot} 60 IN SOA {own} host.{own} {serial} 60 60 600 1", f"{dot} 60 IN NS {own}"]
        if other != own:
            head += [f"{dot} 60 IN NS {other}"]
            head += [f"{own} 60 IN A {FIRST}", f"{other} 60 IN A {SECOND}"]
        if origin == ".":
            head[1] = ". 60 IN NS root.test."
        if origin == "test":
            head += [f"root.test. 60 IN A {ROOT}", f"ns.test. 60 IN A {REGISTRY}"]
        place = self.folder / server
        place.mkdir(exist_ok=True)
        text = "\n".join(dict.fromkeys("\n".join([*head, *lines]).split("\n"))) + "\n"
        temporary = place / "writing"
        temporary.write_text(text)
        temporary.replace(place / f"{'root' if origin == '.' else origin}.zone")

    def _nsd(self, server: str) -> None:
        place = self.folder / server
        zones = "".join(
            f'zone:\n  name: "{"." if file.stem == "root" else file.stem}"\n  zonefile: "{file}"\n'
            for file in sorted(place.glob("*.zone"))
        )
        config = self.folder / f"{server}.conf"
        config.write_text(
            f'server:\n  ip-address: {server}\n  port: 53\n  username: ""\n  chroot: ""\n'
            f'  zonesdir: "{place}"\n  database: ""\n  pidfile: "{self.folder}/{server}.pid"\n'
            f'  xfrdfile: "{place}/xfrd.state"\n  zonelistfile: "{place}/zone.list"\n'
            f'  logfile: "{self.folder}/{server}.log"\n  server-count: 1\n  xfrdir: "{place}"\n'
            f"  zonefiles-check: yes\n  rrl-ratelimit: 0\nremote-control:\n  control-enable: no\n"
            + zones
        )
        assert NSD is not None
        self._hosts[server] = self._run([NSD, "-d", "-c", str(config)])

    def _unbound(self) -> None:
        hints = self.folder / "hints"
        hints.write_text(f". 60 IN NS root.test.\nroot.test. 60 IN A {ROOT}\n")
        config = self.folder / "unbound.conf"
        config.write_text(
            f'server:\n  interface: {CACHE}\n  port: 53\n  do-daemonize: no\n  username: ""\n'
            f'  chroot: ""\n  directory: "{self.folder}"\n  pidfile: "{self.folder}/unbound.pid"\n'
            f'  use-syslog: no\n  logfile: "{self.folder}/unbound.log"\n  root-hints: "{hints}"\n'
            "  access-control: 127.0.0.0/8 allow\n  do-not-query-localhost: no\n"
            '  local-zone: "test." nodefault\n  module-config: "iterator"\n'
            "  qname-minimisation: no\n  do-ip6: no\n  num-threads: 1\n"
            "remote-control:\n  control-enable: no\n"
        )
        assert UNBOUND is not None
        self._run([UNBOUND, "-d", "-c", str(config)])

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running.append(process)
        return process


async def ready(worlds: int) -> None:
    """Wait until every server answers, the cache last: it remembers a host that was down.

    Raises TimeoutError with the server's address.
    """
    world = f"www.w{worlds - 1}.test"
    # Not a world's own name for the cache: that would load its record before its time.
    names = {
        ROOT: ".",
        REGISTRY: "test",
        FIRST: world,
        SECOND: world,
        CACHE: "label.herokudns.test",
    }
    for server, name in names.items():
        deadline = time.monotonic() + 80
        kind = RdataType.SOA if server in (ROOT, REGISTRY) else RdataType.A
        while not await answers(server, name, kind):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{server} does not answer for {name}")
            await asyncio.sleep(0.05)


async def answers(server: str, name: str, kind: RdataType) -> bool:
    """Whether a server has an answer now."""
    try:
        reply = await dns.asyncquery.udp(dns.message.make_query(name, kind), server, timeout=0.5)
    except (dns.exception.DNSException, OSError):
        return False
    return bool(reply.answer)


class Play:
    """One world: a random old TTL, a random lag of the second server, visitors that ask all along.

    The record is lowered, perhaps raised and lowered again, switched as soon as it is called safe;
    then no visitor's cache may give the old side beyond the low TTL.
    """

    def __init__(self, servers: "Edits", eyes: asyncio.Semaphore, number: int, seed: int) -> None:
        self.number = number
        self.name = f"www.w{number}.test"
        self._edits = servers
        self._dice = random.Random(seed * 1000 + number)
        network = Network(dns_roots=(ROOT,))
        self._dns = AuthoritativeDns(network, timeout=2.0)
        self._cache = CacheLooks(network)
        self._looks: list[Look] = []
        self._eyes = eyes

    async def run(self) -> dict[str, object]:
        """Play it; what came of it."""
        dice = self._dice
        old_ttl = dice.choice([2, 3])
        await self._edit(old_ttl, OLD, lag=0.0)
        await self._look()
        visiting = asyncio.create_task(self._visit())
        await asyncio.sleep(dice.uniform(0, 0.5))
        steps = [LOW] if dice.random() < 0.7 else [LOW, old_ttl, LOW]
        for ttl in steps:
            await self._edit(ttl, OLD, lag=dice.uniform(0, 0.4))
            await asyncio.sleep(0.2)
            await self._look()
        began = time.monotonic()
        while True:
            story = ttl_story(self._looks, LOW, datetime.now(UTC))
            if story.safe_at is not None and datetime.now(UTC) >= story.safe_at:
                break
            if time.monotonic() - began > PATIENCE:
                visiting.cancel()
                return {"world": self.number, "ended": False, "early": False, "at": "safe"}
            await asyncio.sleep(0.1)
            await self._look()
        # The moment that is called safe: whatever the cache holds must be a copy with the low TTL.
        held = await self._cache.look(CACHE, self.name)
        longest = max((r.ttl for r in held.records if r.name == self.name), default=0)
        await self._edit(LOW, NEW, lag=0.0)
        began = time.monotonic()
        while not switched((await self._survey()).survey, NEW):
            if time.monotonic() - began > PATIENCE:
                visiting.cancel()
                return {"world": self.number, "ended": False, "early": False, "at": "switched"}
            await asyncio.sleep(0.05)
        # By the book the low TTL is over now; a cache counts in whole seconds, so one more.
        await asyncio.sleep(LOW + 1.2)
        seen = await self._cache.look(CACHE, self.name)
        visiting.cancel()
        values = [value for r in seen.records if r.name == self.name for value in r.values]
        return {
            "world": self.number,
            "ended": True,
            "early": longest > LOW or NEW.rstrip(".") not in values,
            "raised": len(steps) > 1,
            "held": longest,
            "seen": values,
        }

    async def _visit(self) -> None:
        """Somebody asks through the cache, all the time: copies are as fresh as they can be."""
        while True:
            await self._cache.look(CACHE, self.name)
            await asyncio.sleep(self._dice.uniform(0.1, 0.6))

    async def _survey(self) -> Look:
        async with self._eyes:
            survey = await self._dns.survey(self.name)
            return Look(datetime.now(UTC), survey)

    async def _look(self) -> None:
        self._looks.append(await self._survey())

    async def _edit(self, ttl: int, target: str, lag: float) -> None:
        await self._edits.put(self.number, FIRST, ttl, target)
        if lag:
            await asyncio.sleep(lag)
        await self._edits.put(self.number, SECOND, ttl, target)


class Edits:
    """Writes zone files and has the hosts read them, many worlds with one reload."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._serial = 10
        self._waiting: dict[str, asyncio.Event] = {}

    async def put(self, world: int, server: str, ttl: int, target: str) -> None:
        """Publish one record on one host; returns when the host serves it."""
        self._serial += 1
        wanted = self._serial
        self._servers.write(world, server, ttl, target, wanted)
        while True:
            event = self._waiting.get(server)
            if event is None:
                event = self._waiting[server] = asyncio.Event()
                asyncio.get_running_loop().call_later(0.1, self._reload, server, event)
            await event.wait()
            for _ in range(8):
                if await self._serial_at(world, server) >= wanted:
                    return
                await asyncio.sleep(0.05)

    def _reload(self, server: str, event: asyncio.Event) -> None:
        self._servers.reload(server)
        del self._waiting[server]
        event.set()

    async def _serial_at(self, world: int, server: str) -> int:
        question = dns.message.make_query(f"w{world}.test", RdataType.SOA)
        try:
            reply = await dns.asyncquery.udp(question, server, timeout=0.5)
        except Exception:
            return 0
        return int(reply.answer[0][0].serial) if reply.answer else 0


async def play(worlds: int, seed: int) -> list[dict[str, object]]:
    """All worlds side by side over one set of daemons."""
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder), worlds, [])
        try:
            servers.start()
            await ready(worlds)
            edits, eyes = Edits(servers), asyncio.Semaphore(EYES)
            plays = (Play(edits, eyes, n, seed).run() for n in range(worlds))
            return list(await asyncio.gather(*plays))
        finally:
            servers.stop()


def main() -> None:
    """Inside the namespace: `WORLDS SEED`."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for result in asyncio.run(play(int(sys.argv[1]), int(sys.argv[2]))):
        print(json.dumps(result))


if __name__ == "__main__":
    main()
