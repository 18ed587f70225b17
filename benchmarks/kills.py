"""Is anything done twice or lost when the cutover is killed again and again?

`python benchmarks/kills.py [--kills 100]` starts sandboxes, kills `moveday cutover` with signal 9
at random moments until it has ended, begins a new sandbox when one is used up, and prints how many
kills hit which task, how many cutovers ended, and every effect that happened twice.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.journeys.sandbox_process import moveday, passed, run_sandbox, start
from wizard.engine.journal import JournalReader

WORDS = ("cutover", "--confirm", "acme-clinic", "--accept", "--not-rehearsed", "a benchmark")


def one_cutover(chance: random.Random, kills_left: int) -> tuple[int, Counter[str], list[str]]:
    """Kill one cutover until it ends: kills used, kills by running task, effects done twice."""
    hits: Counter[str] = Counter()
    used = 0
    with (
        tempfile.TemporaryDirectory(prefix="moveday-kills-") as folder,
        run_sandbox(Path(folder), "--no-visitors") as sandbox,
    ):
        app = sandbox.checkout()
        passed(moveday(sandbox, app, "inventory"))
        passed(moveday(sandbox, app, "deploy", "--yes"))
        mark = len(sandbox.look("ledger")["entries"])
        while True:
            process = start(sandbox, app, *WORDS)
            try:
                limit = chance.uniform(0.8, 6.0) if used < kills_left else 300
                _, err = process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                used += 1
                hits[running_task(app)] += 1
                continue
            if process.returncode:
                sys.exit(f"the cutover ended with {process.returncode}:\n{err[-3000:]}")
            break
        passed(moveday(sandbox, app, "verify-journal"))
        return used, hits, twice(sandbox.look("ledger")["entries"][mark:])


def running_task(app: Path) -> str:
    """The task that was begun and not done when the process died."""
    reader = JournalReader(app / ".moveday")
    reader.refresh()
    begun = [e.task for e in reader.entries if e.kind == "intent" and e.task]
    done = {e.task for e in reader.entries if e.kind == "done"}
    open_tasks = [task for task in begun if task not in done]
    return open_tasks[-1] if open_tasks else "between tasks"


def twice(entries: list[dict[str, object]]) -> list[str]:
    """Effects that may happen only once, and happened more often."""
    keys = {
        "maintenance": ("app", "on"),
        "formation": ("app", "type", "quantity"),
        "database": ("handle",),
        "endpoint": ("domain",),
    }
    counted = Counter(
        (str(e["effect"]), *(str(e.get(key)) for key in keys[str(e["effect"])]))
        for e in entries
        if e["effect"] in keys
    )
    return [f"{' '.join(key)}: {count} times" for key, count in counted.items() if count > 1]


def main() -> None:
    """Kill until the number is reached; print what was hit and what happened twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    total, cutovers, hits, doubled = 0, 0, Counter[str](), list[str]()
    while total < options.kills:
        used, found, repeated = one_cutover(chance, options.kills - total)
        total, cutovers = total + used, cutovers + 1
        hits += found
        doubled += repeated
        print(f"{total} kills, {cutovers} cutovers ended well", file=sys.stderr)
    print(
        f"kills: {total}; cutovers that ended well: {cutovers}; done twice: {doubled or 'nothing'}"
    )
    for task, count in hits.most_common():
        print(f"  killed in {task}: {count}")


if __name__ == "__main__":
    main()
