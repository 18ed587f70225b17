"""How long does the whole journey take, phase by phase? Runs the demo several times.

`python benchmarks/journey.py [--runs 3] [--size 60]` prints a Markdown table: median and range.
"""

import argparse
import json
import statistics
import subprocess
import sys


def run_demo(size: int) -> dict[str, float]:
    """One demo's chapters and key figures, in seconds."""
    command = [sys.executable, "-m", "wizard", "demo", "--headless", "--json", "--size", str(size)]
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        sys.exit(f"the demo ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
    told = json.loads(ended.stdout)
    figures = {f"chapter: {name}": seconds for name, seconds in told["phases"].items()}
    move = told["run"]["move"]
    figures |= {
        "data move": move["seconds"],
        **{f"data move: {phase['name']}": phase["seconds"] for phase in move["phases"]},
        "verification": told["run"]["verdict"]["seconds"],
        "outage: service ready": told["outage"]["service_ready"],
        "outage: switch seen": told["outage"]["switch_seen"],
        "outage: by the book done": told["outage"]["book_done"],
        "users down by the runbook's clock": told["actual_seconds"],
    }
    return figures


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--size", type=int, default=60, help="MB")
    options = parser.parse_args()
    runs = [run_demo(options.size) for _ in range(options.runs)]
    print(f"| figure ({options.runs} runs, {options.size} MB) | median s | min s | max s |")
    print("|---|---|---|---|")
    for name in runs[0]:
        values = [run[name] for run in runs if name in run]
        middle = statistics.median(values)
        print(f"| {name} | {middle:.1f} | {min(values):.1f} | {max(values):.1f} |")


if __name__ == "__main__":
    main()
