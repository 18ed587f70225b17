"""Does the screen stay quick while the engine talks without end?

A recorded move is opened by the real app, without a terminal. Measured: how long a change of step
takes; and, while log lines and the progress of 20 tables arrive without pause, how long a key
waits for its picture, and what memory does. Run: `python benchmarks/screens_under_load.py
[lines] [seconds]`.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screens.app import MovedayApp
from tests.screens.picture import opened
from tests.screens.replay import replay
from wizard.engine.events import LogLine, Moving
from wizard.model.database import MoveProgress

TABLES = 20
BATCH = 200


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


async def painted(app: MovedayApp, key: str, seen: list[float]) -> None:
    """Press `key`; the time until the app has handled it and drawn what follows."""
    done = asyncio.Event()
    began = time.perf_counter()
    app.simulate_key(key)
    app.call_later(lambda: app.call_after_refresh(done.set))
    await done.wait()
    seen.append(time.perf_counter() - began)


def told(name: str, times: list[float]) -> str:
    """Median, 99th percentile and worst, in milliseconds."""
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    middle = statistics.median(ordered)
    return (
        f"{name:<34} median {middle * 1e3:5.0f} ms   p99 {p99 * 1e3:5.0f} ms   "
        f"worst {ordered[-1] * 1e3:5.0f} ms   ({len(ordered)} times)"
    )


async def main(lines: int, seconds: float) -> None:
    """Both measurements in one run."""
    with tempfile.TemporaryDirectory() as name:
        app = MovedayApp(replay(Path(name)))
        async with app.run_test(size=(100, 30)) as pilot:
            await opened(pilot, app)
            for key in "123456789":
                await pilot.press(key)
            changes: list[float] = []
            for key in "123456789" * 4:
                await painted(app, key, changes)
            print(told("step change, nothing running", changes))
            await pilot.press("6")
            before = memory_mb()
            talking = asyncio.create_task(talk(app, lines, seconds))
            keys: list[float] = []
            halfway = 0.0
            while not talking.done():
                await painted(app, "down" if len(keys) % 2 else "up", keys)
                if not halfway and len(app.desk.bridge.heard) >= 2_000:
                    halfway = memory_mb()
                await asyncio.sleep(0.05)
            print(told(f"key while {lines} lines arrive", keys))
            print(
                f"memory: {before:.0f} MB before, {halfway:.0f} once full, {memory_mb():.0f} after"
            )


if __name__ == "__main__":
    wanted = [float(word) for word in sys.argv[1:]]
    asyncio.run(main(int(wanted[0]) if wanted else 200_000, wanted[1] if wanted[1:] else 60.0))
