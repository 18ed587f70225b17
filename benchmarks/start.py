"""How long until `moveday` has started? Its quick commands against bare Python, taken in turns.

`python benchmarks/start.py [--rounds 10]` prints a Markdown table: median and range in ms, and how
often the median of bare Python.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOVEDAY = Path(sys.executable).with_name("moveday")


def commands(folder: Path) -> dict[str, list[str]]:
    """What is measured. The status is that of a folder with a journal of one line."""
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "moveday --version": [str(MOVEDAY), "--version"],
        "moveday --help": [str(MOVEDAY), "--help"],
        "moveday status": [str(MOVEDAY), "status", "--folder", str(folder)],
    }


def milliseconds(command: list[str]) -> float:
    """Wall time of one run; a run that fails ends the measurement."""
    began = time.perf_counter()
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    took = (time.perf_counter() - began) * 1000
    if ended.returncode:
        sys.exit(f"{command} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")
    return took


def main() -> None:
    """Measure in turns, so that a busy moment hits all alike, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_journal(folder)
        measured = commands(folder)
        for command in measured.values():
            milliseconds(command)  # once to warm the disk's cache
        times: dict[str, list[float]] = {name: [] for name in measured}
        for _ in range(rounds):
            for name, command in measured.items():
                times[name].append(milliseconds(command))
    bare = statistics.median(times["python -c pass"])
    print(f"| command ({rounds} rounds) | median ms | min ms | max ms | of bare Python |")
    print("|---|---|---|---|---|")
    for name, values in times.items():
        middle = statistics.median(values)
        least, most = min(values), max(values)
        print(f"| `{name}` | {middle:.0f} | {least:.0f} | {most:.0f} | {middle / bare:.1f} × |")


def write_journal(folder: Path) -> None:
    """A journal as a first command leaves it."""
    from wizard.engine.journal import Journal

    with Journal.open(folder / ".moveday") as journal:
        journal.append("opened", key="inventory")


if __name__ == "__main__":
    main()
