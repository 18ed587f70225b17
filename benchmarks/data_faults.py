"""Connections cut at random bytes, in every phase and at both sides, and clocks that jump.

`--cuts N`: a relay before each server drops all connections after a random number of bytes. Some
come back at once (the copy has to go on within its run), some stay away (it has to say so, and the
next try goes on). Whenever a copy ends, all rows are compared.
`--clock`: the wall clocks of the copying process and of the target's server jump by a day, forth
and back, while rows are passing (needs Debian's faketime).
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import SecretStr

from benchmarks.postgres_pair import OWNER, Server, pair
from providers.databases.postgres import PostgresProbe, PostgresVerifier
from providers.databases.postgres import copy as copying
from tests.providers.databases.killed_copies import SHAPES
from wizard.errors import BlockedError, OutsideError
from wizard.model.database import Connection, MoveProgress, MoveResult

_MOVE = "faults"
_SMALL = SHAPES.replace("(0, 6000)", "(0, 2000)")
_FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


class Relay:
    """Passes bytes on; after `left` of them, both ways, it drops all connections."""

    def __init__(self, port: int, on_cut: Callable[[], None]) -> None:
        self._to = port
        self._on_cut = on_cut
        self._open: list[asyncio.StreamWriter] = []
        self.left: float = float("inf")
        self.passed = 0
        self.away_after = self.stays_away = False
        self.cuts = 0

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    def drop(self) -> None:
        self.cuts += 1
        self._on_cut()
        self.left = float("inf")
        self.stays_away = self.away_after
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.stays_away:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open += [writer, far_writer]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(16384):
                self.passed += len(block)
                # The very byte: what is before it goes out, what is after it never does.
                if len(block) > self.left:
                    writer.write(block[: int(self.left)])
                    with contextlib.suppress(OSError):
                        await writer.drain()
                    self.drop()
                    return
                self.left -= len(block)
                writer.write(block)
                await writer.drain()
            writer.close()


def _connection(server: Server, database: str, port: int) -> Connection:
    return Connection(
        host="127.0.0.1",
        port=port,
        database=database,
        user=OWNER,
        password=SecretStr(server.password),
        tls="disable",
    )


async def cut(source: Server, target: Server, cuts: int, seed: int) -> dict[str, object]:
    """Until the number is reached; then let the last copy end."""
    chance, hits, ends = random.Random(seed), Counter[str](), Counter[str]()

    def on_cut(side: str) -> None:
        hits[f"{side}: {phase}"] += 1

    relays = {
        "source": Relay(source.port, lambda: on_cut("source")),
        "target": Relay(target.port, lambda: on_cut("target")),
    }
    near = _connection(source, "small", await relays["source"].start())
    far = _connection(target, "moved", await relays["target"].start())
    phase = "start"

    def heard(progress: MoveProgress) -> None:
        nonlocal phase
        phase = progress.phase

    def aimed_away() -> bool:
        return any(relay.away_after for relay in relays.values())

    async def one() -> MoveResult:
        nonlocal phase
        async with PostgresProbe().snapshot(near) as snapshot:
            result = await copying.copy(
                near,
                far,
                snapshot=snapshot,
                move_id=_MOVE,
                on_progress=heard,
                jobs=1,
                resume=True,
                frozen=True,
                chunk_bytes=400_000,
                reconnect_within=1.0 if aimed_away() else 10.0,
            )
            phase = "verification"
            verdict = await PostgresVerifier().verify(near, far, snapshot=snapshot)
        if any(check.result == "different" for check in verdict.failures):
            raise AssertionError([str(check) for check in verdict.failures])
        if not verdict.passed:
            raise OutsideError("the verification says that it was not finished")
        return result

    await one()
    usual = {side: relay.passed for side, relay in relays.items()}
    made = finished = 0
    target.fresh("moved")
    while made < cuts:
        side = chance.choice(("source", "target"))
        for relay in relays.values():
            relay.left, relay.cuts = float("inf"), 0
            relay.stays_away = relay.away_after = False
        aim = relays[side]
        aim.left, aim.away_after = chance.uniform(0, usual[side]), chance.random() < 0.3
        phase = "start"
        try:
            result = await one()
            finished += 1
            ends["went on within its run" if "came back" in result.resumed else "came through"] += 1
            target.fresh("moved")
        except (OutsideError, BlockedError) as error:
            ends[error.title] += 1
        made += aim.cuts
    return {"cuts": made, "finished": finished, "hits": hits, "ends": ends}


def jump(source: Server, target: Server) -> str:
    """A copy while the clocks go a day ahead, two back, and home; the words about it."""
    with tempfile.TemporaryDirectory(prefix="mvd", dir="/tmp") as name:
        at = Path(name) / "time"
        Path(name).chmod(0o755)
        at.write_text("+0")
        env = os.environ | {
            "LD_PRELOAD": str(_FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(at),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        target.restart(env)
        ends = {"host": "127.0.0.1", "user": OWNER}
        order = {
            "source": ends | {"port": source.port, "database": "small"},
            "target": ends | {"port": target.port, "database": "moved"},
            "work": "copy",
            "jobs": 1,
        }
        for side, server in (("source", source), ("target", target)):
            order[side]["password"] = server.password  # type: ignore[index]
        words = [sys.executable, str(Path(__file__).with_name("one_copy.py"))]
        with subprocess.Popen(words, stdin=-1, stdout=-1, env=env) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps(order).encode())
            child.stdin.close()
            jumps = 0
            while child.poll() is None:
                at.write_text(("+1d", "-1d", "+0")[jumps % 3])
                jumps += 1
                time.sleep(0.2)
            result = json.loads(child.stdout.read())
        at.write_text("+0")
    passed = asyncio.run(
        PostgresVerifier().verify(
            _connection(source, "small", source.port),
            _connection(target, "moved", target.port),
            snapshot=None,
        )
    ).passed
    said = "the same" if passed else "DIFFERENT"
    return f"{jumps} jumps of the clock, copied in {result['seconds']:.1f} s: {said}"


def main() -> None:
    """Do what was asked for; leave with 1 when a copy ended otherwise than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clock", action="store_true")
    options = parser.parse_args()
    with pair() as (source, target):
        source.fresh("small")
        target.fresh("moved")
        with source.connect("small", OWNER) as session:
            session.execute(_SMALL.encode())
        if options.cuts:
            found = asyncio.run(cut(source, target, options.cuts, options.seed))
            print(f"{found['cuts']} cuts, {found['finished']} copies ended, each the same")
            for what in ("hits", "ends"):
                counted = found[what]
                assert isinstance(counted, Counter)
                for words, count in counted.most_common():
                    print(f"  {words}: {count}")
        if options.clock:
            target.fresh("moved")
            print(jump(source, target))


if __name__ == "__main__":
    main()
