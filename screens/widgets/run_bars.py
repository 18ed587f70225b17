"""The history of runs as bars of text: longest first to compare, the announced time as a mark."""

from collections.abc import Sequence

from wizard.forecast.durations import duration
from wizard.forecast.model import hard_down_seconds
from wizard.model.runs import Run
from wizard.safety.clean import clean

_WIDTH = 36


def run_bars(runs: Sequence[Run], budget: float, newest: int = 6) -> str:
    """One line a run: number, seconds users would have been down, a bar, how it ended."""
    shown = list(runs)[-newest:]
    if not shown:
        return "No rehearsal yet: the forecast rests on assumptions."
    seconds = [hard_down_seconds(run) for run in shown]
    longest = max([*seconds, budget, 1.0])
    mark = round(budget / longest * _WIDTH)
    lines = []
    for run, down in zip(shown, seconds, strict=True):
        bar = "━" * max(1, round(down / longest * _WIDTH))
        line = f"{bar:<{_WIDTH}}"
        if mark < _WIDTH and line[mark] == " ":
            line = f"{line[:mark]}┆{line[mark + 1 :]}"
        how = clean(f"✗ void: {run.void}" if run.void else run.outcome, 60)
        lines.append(f"run {run.number:<3} {line} {duration(down):>10}  {how}")
    return "\n".join([*lines, f"        ┆ announced: {duration(budget)}"])
