"""Does the screen stay quick while the engine talks without end?

A recorded move is opened by the real app, without a terminal. Measured: how long a change of step
takes; and, while log lines and the progress of 20 tables arrive without pause, how long a key
waits for its picture, and what memory does. Each time as it passed and in processor time, which a
busy machine disturbs less. Run: `python benchmarks/screens_under_load.py [lines] [seconds]`.

The collector is set as the program sets it (screens/collector.py): what was loaded with the open
move, and with each of the nine screens, is left out of full collections.
MOVEDAY_BENCHMARK_COLLECT=all measures without that.
"""

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screens.app import MovedayApp
from screens.collector import leave_out_what_stays
from tests.screens.picture import opened
from tests.screens.replay import replay
from wizard.engine.events import LogLine, Moving
from wizard.model.database import MoveProgress

TABLES = 20
BATCH = 200
_LOOKS = 10


def memory_mb() -> float:
    """Resident memory of this process, by /proc."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def talk(app: MovedayApp, lines: int, seconds: float) -> None:
    """Say `lines` log lines over `seconds`, with progress between them."""
    began, said = time.perf_counter(), 0
    while said < lines:
        for _ in range(BATCH):
            said += 1
            app.desk.bridge.hear(LogLine("deploy", f"line {said} of a build that never ends"))
            app.desk.bridge.hear(
                Moving(
                    "move",
                    MoveProgress(
                        phase="copy",
                        done_bytes=said * 1_000,
                        total_bytes=lines * 1_000,
                        tables_done=said % TABLES,
                        tables_total=TABLES,
                        detail=f"public.table_{said % TABLES}",
                    ),
                )
            )
        due = began + seconds * said / lines
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


@dataclass
class Times:
    """Seconds that passed, and seconds of processor time, for each key."""

    passed: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)


@dataclass
class FullCollections:
    """Seconds of processor time of every collection of the oldest generation."""

    took: list[float] = field(default_factory=list)
    _began: float = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """As `gc.callbacks` wants it."""
        if info["generation"] == 2 and phase == "start":
            self._began = time.thread_time()
        elif info["generation"] == 2:
            self.took.append(time.thread_time() - self._began)

    def told(self) -> str:
        """How many, and the longest; then forget them."""
        worst, count = max(self.took, default=0.0), len(self.took)
        self.took.clear()
        return f"  full collections: {count}, the longest {worst * 1e3:.0f} ms of processor time"


async def painted(app: MovedayApp, key: str, seen: Times) -> None:
    """Press `key`; the time until the app has handled it and drawn what follows."""
    done = asyncio.Event()
    began, worked = time.perf_counter(), time.process_time()
    app.simulate_key(key)
    app.call_later(lambda: app.call_after_refresh(done.set))
    await done.wait()
    seen.passed.append(time.perf_counter() - began)
    seen.worked.append(time.process_time() - worked)


def told(name: str, times: Times) -> str:
    """Median, 99th percentile and worst, in milliseconds: passed, then processor time."""
    lines = [f"{name} ({len(times.passed)} times)"]
    for kind, found in (("passed", times.passed), ("processor", times.worked)):
        ordered = sorted(found)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        middle = statistics.median(ordered)
        lines.append(
            f"  {kind:<10} median {middle * 1e3:5.0f} ms   p99 {p99 * 1e3:5.0f} ms   "
            f"worst {ordered[-1] * 1e3:5.0f} ms"
        )
    return "\n".join(lines)


async def main(lines: int, seconds: float) -> None:
    """Both measurements in one run."""
    with tempfile.TemporaryDirectory() as name:
        doors = replay(Path(name))
        if os.environ.get("MOVEDAY_BENCHMARK_COLLECT") != "all":
            doors = replace(doors, settled=leave_out_what_stays)
        app = MovedayApp(doors)
        async with app.run_test(size=(100, 30)) as pilot:
            await opened(pilot, app)
            for key in "123456789":
                await pilot.press(key)
            full = FullCollections()
            gc.callbacks.append(full)
            changes = Times()
            for key in "123456789" * 4:
                await painted(app, key, changes)
            print(told("step change, nothing running", changes), full.told(), sep="\n")
            await pilot.press("6")
            memory, began = [memory_mb()], time.perf_counter()
            talking = asyncio.create_task(talk(app, lines, seconds))
            keys = Times()
            while not talking.done():
                await painted(app, "down" if len(keys.passed) % 2 else "up", keys)
                if time.perf_counter() - began > seconds * len(memory) / _LOOKS:
                    memory.append(memory_mb())
                await asyncio.sleep(0.05)
            memory.append(memory_mb())
            print(told(f"key while {lines} lines arrive", keys), full.told(), sep="\n")
            print("memory in MB, over time: " + " ".join(f"{each:.0f}" for each in memory))


if __name__ == "__main__":
    wanted = [float(word) for word in sys.argv[1:]]
    asyncio.run(main(int(wanted[0]) if wanted else 200_000, wanted[1] if wanted[1:] else 60.0))
