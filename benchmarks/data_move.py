"""How fast is a database moved, by which way? All ways side by side, in turn, several rounds.

`python benchmarks/data_move.py [--gb 0.25] [--rounds 3] [--line 40:200] [--ways …]` starts two
servers, fills one with the clinic, moves it by each way in turn, and prints a Markdown table. With
`--line MS:MBIT` the client sits behind a line with that round trip and rate (root on Linux only).
"""

import argparse
import contextlib
import functools
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.postgres_pair import GB_PER_SCALE, pair
from benchmarks.slow_line import LAN, Line, slow_line
from benchmarks.ways import STAYS, WAYS, Setting, Step, ours


@dataclass(frozen=True)
class Sample:
    """One run: seconds of wall, client's and servers' processor; peak MB of memory and disk."""

    wall: float
    client: float
    servers: float
    memory: float
    disk: float
    told: dict[str, object]

    @property
    def processor(self) -> float:
        return self.client + self.servers


class Watch:
    """Samples memory (shared pages shared out) of a process tree, and a folder's size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory = self.disk = 0.0
        self.pid = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._look()

    def _run(self) -> None:
        while not self._end.wait(0.5):
            self._look()

    def _look(self) -> None:
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError):
                parent = int(path.read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(path.parent.name))
        todo, total = [self.pid] if self.pid else [], 0
        while todo:
            pid = todo.pop()
            todo += parents.get(pid, [])
            with contextlib.suppress(OSError, ValueError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += int(rollup.split("\nPss:")[1].split()[0])
        self.memory = max(self.memory, total / 1000)
        with contextlib.suppress(OSError):
            size = sum(p.stat().st_size for p in self.folder.rglob("*") if p.is_file())
            self.disk = max(self.disk, size / 1e6)


def run(s: Setting, steps: list[Step]) -> Sample:
    """Carry the steps out on a fresh target and count."""
    s.target.fresh("moved")
    before = s.source.processor_seconds() + s.target.processor_seconds()
    started, client, told = time.monotonic(), 0.0, {}
    with Watch(s.work) as watch, contextlib.ExitStack() as staying:
        for step in steps:
            if step.stays:
                staying.enter_context(_beside(s, step))
                continue
            host = "127.0.0.1" if step.at_platform else s.line.host
            prefix = () if step.at_platform else s.line.prefix
            child = subprocess.Popen(
                [*prefix, *step.command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if step.command[0] == "pgcopydb" else None,
                env=s.source.environment(host, "clinic"),
            )
            watch.pid = child.pid
            client_before = sum(os.times()[2:4])
            output, errors = child.communicate(step.stdin.encode())
            client += sum(os.times()[2:4]) - client_before
            if child.returncode:
                sys.exit(f"{step.command[:3]} ended with {child.returncode}: {errors!r:.2000}")
            told = json.loads(output) if step.stdin else {}
    wall = time.monotonic() - started
    servers = s.source.processor_seconds() + s.target.processor_seconds() - before
    return Sample(wall, client, servers, watch.memory, watch.disk, told)


@contextlib.contextmanager
def _beside(s: Setting, step: Step) -> Iterator[None]:
    """A command at the platform that goes on until the others have ended."""
    with (s.work / "platform" / STAYS).open("wb") as out:
        environment = s.source.environment("127.0.0.1", "clinic") | step.environment
        child = subprocess.Popen(
            step.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment
        )
    try:
        yield
    finally:
        child.terminate()
        child.wait(20)


def missing(s: Setting) -> list[str]:
    """What the moved database lacks, by plain counting: no way's own word is taken for it."""
    kinds = "SELECT relkind::text || relname FROM pg_class c JOIN pg_namespace n ON n.oid ="
    kinds += " relnamespace WHERE nspname IN ('public', 'billing') AND relkind <> 'S'"
    rules = "SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u', 'f', 'x')"
    found = []
    with s.source.connect("clinic") as source, s.target.connect("moved") as target:
        for query in (kinds, rules):
            there = {row[0] for row in target.execute(query.encode())}
            found += [row[0] for row in source.execute(query.encode()) if row[0] not in there]
        tables = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND"
        tables += " relnamespace IN ('public'::regnamespace, 'billing'::regnamespace)"
        for (table,) in source.execute(tables.encode()).fetchall():
            count = f"SELECT count(*) FROM {table}".encode()  # noqa: S608
            rows = [side.execute(count).fetchone() for side in (source, target)]
            if rows[0] != rows[1]:
                found.append(f"rows of {table}")
    return found


@contextlib.contextmanager
def served(folder: Path, line: Line) -> Iterator[str]:
    """The platform's download: the folder over HTTP at the client's end of the line."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer((line.host, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{line.host}:{server.server_port}"
    finally:
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def measure(s: Setting, names: list[str], rounds: int) -> dict[str, list[Sample]]:
    """All ways in turn, `rounds` times; each result counted over."""
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            platform = s.work / "platform"
            platform.mkdir(parents=True)
            sample = run(s, WAYS[name][1](s))
            shutil.rmtree(s.work)
            if lacking := missing(s):
                print(f"{name}: incomplete, lacks {lacking[:6]}", file=sys.stderr)
            samples[name].append(sample)
            if name == "ours":
                samples.setdefault("verify", []).append(_verified(s))
            words = f"{sample.wall:.1f} s wall, {sample.processor:.1f} s processor"
            print(f"round {number + 1}, {name}: {words}", file=sys.stderr)
            if name == "ours":
                phases = sample.told["phases"]
                assert isinstance(phases, list)
                told = ", ".join(f"{p['name']} {p['seconds']:.1f}" for p in phases)
                print(f"  {told}", file=sys.stderr)
    return samples


def _verified(s: Setting) -> Sample:
    step = Step(ours(s)[0].command, s.order("verify"))
    before = s.source.processor_seconds() + s.target.processor_seconds()
    started, client = time.monotonic(), sum(os.times()[2:4])
    done = subprocess.run(
        [*s.line.prefix, *step.command], input=step.stdin.encode(), capture_output=True, check=True
    )
    wall = time.monotonic() - started
    servers = s.source.processor_seconds() + s.target.processor_seconds() - before
    if not json.loads(done.stdout)["passed"]:
        sys.exit("moveday's copy differs from its source")
    return Sample(wall, sum(os.times()[2:4]) - client, servers, 0, 0, {})


def table(samples: dict[str, list[Sample]], cores: int) -> str:
    """Median and range per way; ratios are taken within each round."""
    first = next(iter(samples))
    head = "| way | wall s | × first | all processor s | client processor s | memory MB | disk MB |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for name, runs in samples.items():
        label = "moveday's verification" if name == "verify" else WAYS[name][0]
        ratios = [a.wall / b.wall for a, b in zip(samples[first], runs, strict=True)]
        cells = [
            label,
            _spread([r.wall for r in runs]),
            _spread(ratios, 2),
            _spread([r.processor for r in runs]),
            f"{statistics.median(r.client for r in runs):.1f}",
            f"{max(r.memory for r in runs):.0f}" if name != "verify" else "",
            f"{max(r.disk for r in runs):.0f}" if name != "verify" else "",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    if "ours" in samples:
        floor = [r.wall / (r.processor / cores) for r in samples["ours"]]
        lines += ["", f"moveday against the floor (its processor seconds over {cores} cores):"]
        lines[-1] += f" {_spread(floor, 2)}."
    return "\n".join(lines)


def _spread(values: list[float], digits: int = 1) -> str:
    middle = f"{statistics.median(values):.{digits}f}"
    return f"{middle} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=float, default=0.25)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="of the other ways")
    parser.add_argument("--line", metavar="MS:MBIT", default="")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    options = parser.parse_args()
    names = [n for n in options.ways if n != "pgcopydb" or shutil.which("pgcopydb")]
    for name in set(options.ways) - set(names):
        print(f"{name} is not installed: left out", file=sys.stderr)
    with contextlib.ExitStack() as stack:
        line = LAN
        if options.line:
            delay, _, rate = options.line.partition(":")
            try:
                line = stack.enter_context(slow_line(float(delay), float(rate)))
            except OSError as error:
                sys.exit(f"no line can be made here, left out: {error}")
        source, target = stack.enter_context(pair())
        source.fill("clinic", options.gb / GB_PER_SCALE)
        with source.connect("clinic") as session:
            row = session.execute("SELECT pg_database_size('clinic') / 1e9").fetchone()
        assert row is not None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mvd-work-")))
        work = folder / "work"
        url = stack.enter_context(served(work / "platform", line))
        setting = Setting(source, target, line, work, url, options.jobs)
        samples = measure(setting, names, options.rounds)
        version = subprocess.run(
            [str(source.programs / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        print(f"{row[0]:.2f} GB, {line.name}, {version}, {options.rounds} rounds in turn, load")
        print(f"{os.getloadavg()[0]:.1f} at the end:\n")
        print(table(samples, os.cpu_count() or 1))


if __name__ == "__main__":
    main()
