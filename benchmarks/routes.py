"""Is the way that a slice recommends also the fastest for the whole copy? Tried on real lines.

`python benchmarks/routes.py [--gb 0.1] --line 40:200 [--line 30:20 …]` starts two servers and, for
each line (round trip in ms, Mbit/s each way; root on Linux only), puts the client behind it: the
source is reached over the line, the target through ssh servers on the far side. Each way is timed
with a slice, as `moveday database routes` does, then a whole copy is made by it. Prints Markdown.
`--window KB` limits what one connection has under way, as a host with small windows does.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncssh
from pydantic import SecretStr

from benchmarks.postgres_pair import GB_PER_SCALE, OWNER, Server, pair
from benchmarks.slow_line import LAN, Line, slow_line
from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresSliceTimer
from providers.ssh.login import Login
from providers.ssh.tunnel import open_tunnel
from wizard.engine.routes import compare_routes
from wizard.forecast.durations import duration
from wizard.model.database import Connection
from wizard.model.rate import rate_words
from wizard.model.routes import Route

_SERVERS = 4
"""One ssh server process for each connection, as a real one forks."""
_SOCKET = "/database"
_WAYS = 6


class Door(asyncssh.SSHServer):
    """Lets everybody in, and forwards one path to the target."""

    port = 0

    def begin_auth(self, username: str) -> bool:
        return False

    def unix_connection_requested(self, dest_path: str) -> Any:
        async def forward(reader: Any, writer: Any) -> None:
            near = await asyncio.open_connection("127.0.0.1", self.port)
            await asyncio.gather(_pump(reader, near[1]), _pump(near[0], writer))

        return forward if dest_path == _SOCKET else False


async def _pump(source: Any, sink: Any) -> None:
    with contextlib.suppress(OSError, asyncssh.Error):
        while block := await source.read(1 << 18):
            sink.write(block)
            await sink.drain()
    sink.close()


async def serve(host: str, port: int) -> None:
    """One ssh server in front of the database at `port`; says where it listens, and its key."""

    async def session(process: "asyncssh.SSHServerProcess[bytes]") -> None:
        process.stdout.write(b"ready\n")
        await process.wait_closed()

    Door.port = port
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.create_server(
        Door, host, 0, server_host_keys=[key], process_factory=session, encoding=None
    )
    words = " ".join(key.export_public_key().decode().split()[:2])
    print(json.dumps({"host": host, "port": server.get_port(), "key": words}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def servers(host: str, target: Server) -> Iterator[list[dict[str, Any]]]:
    """All ssh servers of one line."""
    words = [sys.executable, __file__, "--serve", host, str(target.port)]
    running = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(_SERVERS)
    ]
    try:
        yield [json.loads(each.stdout.readline()) for each in running if each.stdout]
    finally:
        for each in running:
            each.kill()
            each.wait()


async def client(order: dict[str, Any]) -> None:
    """Runs behind the line: the comparison, then a copy by each way that was measured."""

    def connection(words: dict[str, Any], database: str) -> Connection:
        secret = {"password": SecretStr(words["password"]), "database": database}
        return Connection(**(words | secret), tls="disable")

    @contextlib.asynccontextmanager
    async def through(route: Route, database: str = "moved0") -> AsyncIterator[Connection]:
        async with contextlib.AsyncExitStack() as opened:
            ports = []
            for door in order["doors"][: route.tunnels]:
                login = Login(door["host"], door["port"], "me", door["key"])
                tunnel = await opened.enter_async_context(
                    open_tunnel(login, _SOCKET, compressed=route.compressed)
                )
                ports.append(tunnel.port)
            near = order["target"] | {"host": "127.0.0.1", "port": ports[0]}
            yield connection(near, database).model_copy(update={"more_ports": tuple(ports[1:])})

    source = connection(order["source"], "clinic")
    found = await compare_routes(PostgresSliceTimer(), source, tunnels=through, say=lambda _: None)
    copies = []
    for number, forecast in enumerate(found.forecasts):
        async with (
            through(forecast.route, f"moved{number}") as target,
            PostgresProbe().snapshot(source) as snapshot,
        ):
            result = await PostgresMover().copy(source, target, snapshot=snapshot, move_id="way")
        rows = next(phase.seconds for phase in result.phases if phase.name == "copy")
        copies.append({"rows": rows, "all": result.seconds})
    print(json.dumps({"found": found.model_dump(mode="json"), "copies": copies}))


def measure(line: Line, source: Server, target: Server, window: int = 0) -> None:
    """One line's table."""

    def words(server: Server, host: str) -> dict[str, Any]:
        return {"host": host, "port": server.port, "user": OWNER, "password": server.password}

    for number in range(_WAYS):
        target.fresh(f"moved{number}")
    with servers(line.host, target) as doors:
        order = {"source": words(source, line.host), "target": words(target, ""), "doors": doors}
        if line.prefix:
            subprocess.run([*line.prefix, "ip", "link", "set", "lo", "up"], check=True)
            if window:
                limits = f"net.ipv4.tcp_wmem=4096 16384 {window * 1024}"
                subprocess.run([*line.prefix, "sysctl", "-qw", limits], check=True)
        done = subprocess.run(
            [*line.prefix, sys.executable, __file__, "--client"],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    told = json.loads(done.stdout)
    recommended = Route(**told["found"]["recommended"])
    held = f", {window} kB under way in each connection" if window else ""
    print(f"\n{line.name}{held}: {told['found']['because']}\n")
    print("| way | by the slice | promised for the rows | the copy's rows | whole copy |")
    print("|---|---|---|---|---|")
    for forecast, copied in zip(told["found"]["forecasts"], told["copies"], strict=True):
        route = Route(**forecast["route"])
        name = f"**{route.words}**" if route == recommended else route.words
        promised = f"{duration(forecast['shortest'])} to {duration(forecast['longest'])}"
        print(
            f"| {name} | {rate_words(forecast['rate'])} | {promised}"
            f" | {copied['rows']:.1f} s | {copied['all']:.1f} s |",
            flush=True,
        )


def main() -> None:
    """Servers, lines, tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gb", type=float, default=0.1)
    parser.add_argument("--line", action="append", default=[], metavar="MS:MBIT")
    parser.add_argument("--lan", action="store_true", help="without a line, too")
    parser.add_argument("--window", type=int, default=0, metavar="KB", help="each connection's")
    chosen = parser.parse_args()
    with pair() as (source, target):
        source.fill("clinic", chosen.gb / GB_PER_SCALE)
        if chosen.lan:
            measure(LAN, source, target)
        for words in chosen.line:
            round_trip, mbit = map(float, words.split(":"))
            with slow_line(round_trip, mbit) as line:
                measure(line, source, target, chosen.window)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve(sys.argv[2], int(sys.argv[3])))
    elif sys.argv[1:2] == ["--client"]:
        asyncio.run(client(json.load(sys.stdin)))
    else:
        main()
