"""How long will users be down next time? Median, range and what the figures rest on."""

import math
import statistics
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from wizard.forecast.durations import duration
from wizard.forecast.scaling import assumed_seconds, scaled_seconds
from wizard.forecast.staleness import changes, comparable
from wizard.model.runs import Conditions, Effect, Fidelity, Forecast, Run, Share, TaskTime

ENOUGH_FOR_P90 = 9
_TRUTH: dict[Fidelity, int] = {"tabletop": 0, "twin": 1, "real": 2}


class TaskOutline(Protocol):
    """What the forecast needs of a runbook's task (`wizard.runbook.task.Task` has it)."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def effect(self) -> Effect: ...

    @property
    def fidelity(self) -> Fidelity: ...

    @property
    def expected(self) -> float: ...


def forecast(
    runs: Sequence[Run],
    *,
    tasks: Sequence[TaskOutline],
    budget_minutes: float,
    today: Conditions | None = None,
) -> Forecast:
    """The hard-down window of the next live run of `tasks`, in seconds.

    `today` are the conditions now (None: as in the newest run that read its databases). Runs that
    are void or ran under conditions that cannot be compared are left out; broken-off runs count
    for the tasks that they finished, but are no sample of the whole. What was never measured, or
    only walked through at a table, is assumed and marked so.
    """
    down = [task for task in tasks if task.effect == "hard-down"]
    valid = [run for run in runs if not run.void]
    now = today or _newest_conditions(valid)
    used = [run for run in valid if now is not None and comparable(run.conditions, now)]
    size = now.source_bytes if now else 0
    shares = tuple(_share(task, used, size) for task in down)
    # A broken-off run has no window of its own; a rehearsal or live run that came to its end does.
    windows = [_window(run, shares, size) for run in used if run.outcome == "done"]
    total = sum(share.median for share in shares)
    figures = windows or [total]
    median, low, high = statistics.median(figures), min(figures), max(figures)
    measured = sum(share.median for share in shares if share.basis == "measured")
    budget = budget_minutes * 60
    known = bool(shares)
    result = Forecast(
        samples=len(windows),
        median=median,
        low=low,
        high=high,
        p90=_p90(windows),
        shares=shares,
        measured_share=measured / total if total else 0.0,
        words="",
        stale=changes(used[-1].conditions, now) if used and now else _nothing_comparable(valid),
        owner=max(shares, key=lambda share: share.median).task if shares else "",
        fits_budget=high <= budget if known else None,
        fits_median=median <= budget if known else None,
        windows=tuple(windows),
    )
    return result.model_copy(update={"words": words(result, budget_minutes)})


def _newest_conditions(runs: Sequence[Run]) -> Conditions | None:
    """Of the newest run that read its databases: one that broke off before knows nothing."""
    known = [run for run in runs if run.conditions.source_version] or list(runs)
    return known[-1].conditions if known else None


def hard_down_seconds(run: Run) -> float:
    """How long users were down in `run`: tasks side by side count once.

    A live run's clock goes on while moveday is interrupted or blocked, so the time from the
    maintenance page to the switch counts where it is the longer.
    """
    down = [time for time in run.tasks if time.effect == "hard-down"]
    acted = sum(time.seconds for time in down) - _side_by_side(down)
    return max(acted, run.outage.switch_seen or 0.0) if run.mode == "live" else acted


def words(result: Forecast, budget_minutes: float) -> str:
    """The forecast as sentences that claim no more than was measured."""
    if not result.shares:
        return "no forecast: the runbook has no task that takes users down"
    if result.samples == 0:
        first = f"{duration(result.median)}, from no complete run"
    elif result.samples == 1:
        first = f"{duration(result.median)}, one sample"
    else:
        first = (
            f"median {duration(result.median)}, from {duration(result.low)} to"
            f" {duration(result.high)} (worst seen) in {result.samples} runs"
        )
        if result.p90 is not None:
            first += f", P90 {duration(result.p90)}"
    share = round(result.measured_share * 100)
    # Rounding must not turn "almost all" into "all", nor "hardly any" into "none".
    if share == 100 and result.measured_share < 1:
        share = 99
    if share == 0 and result.measured_share > 0:
        share = 1
    sentences = [first, f"{share} % of it measured, {100 - share} % assumed"]
    owner = next(s for s in result.shares if s.task == result.owner)
    sentences.append(f"most of it: {owner.title} ({duration(owner.median)})")
    budget = duration(budget_minutes * 60)
    if result.fits_budget:
        by = (
            ("by assumption alone", "by one sample")[result.samples]
            if result.samples < 2
            else ("by the worst seen")
        )
        sentences.append(f"fits the announced {budget} {by}")
    elif result.fits_median:
        sentences.append(f"fits the announced {budget} by the median, not by the worst seen")
    else:
        sentences.append(f"does not fit the announced {budget}")
    if result.stale:
        sentences.append(f"stale: {'; '.join(result.stale)}")
    return ". ".join(sentence[0].upper() + sentence[1:] for sentence in sentences) + "."


def _share(task: TaskOutline, runs: Sequence[Run], today_bytes: int) -> Share:
    times = [(time, run) for run in runs for time in run.tasks if time.task == task.id]
    assumed = assumed_seconds(task.id, task.expected, today_bytes)
    acted = [(time, run) for time, run in times if time.fidelity != "tabletop"]
    if acted:
        seconds = [scaled_seconds(time, run, today_bytes) for time, run in acted]
        fidelity = max((time.fidelity for time, _ in acted), key=lambda f: _TRUTH[f])
        return Share(
            task=task.id,
            title=task.title,
            median=statistics.median(seconds),
            low=min(seconds),
            high=max(seconds),
            basis="measured",
            fidelity=fidelity,
            samples=len(acted),
        )
    # A walk through at the table shows how long people take, never how long the action takes.
    seconds = [max(assumed, time.seconds) for time, _ in times] or [assumed]
    return Share(
        task=task.id,
        title=task.title,
        median=statistics.median(seconds),
        low=min(seconds),
        high=max(seconds),
        basis="assumed",
        fidelity="tabletop" if times else task.fidelity,
    )


def _window(run: Run, shares: Sequence[Share], today_bytes: int) -> float:
    """One run's hard-down window: its own times, and the shares' medians for what it lacked."""
    own = {time.task: time for time in run.tasks if time.fidelity != "tabletop"}
    seconds = [
        scaled_seconds(own[share.task], run, today_bytes) if share.task in own else share.median
        for share in shares
    ]
    saved = _side_by_side([own[share.task] for share in shares if share.task in own])
    return max(sum(seconds) - saved, max(seconds, default=0.0))


def _side_by_side(times: Sequence[TaskTime]) -> float:
    """Seconds that were saved because tasks ran at the same time."""
    covered, end = 0.0, None
    for time in sorted(times, key=lambda t: t.started):
        stop = time.started + timedelta(seconds=time.seconds)
        begin = time.started if end is None else max(time.started, end)
        covered += max((stop - begin).total_seconds(), 0.0)
        end = stop if end is None else max(end, stop)
    return max(sum(time.seconds for time in times) - covered, 0.0)


def _p90(windows: Sequence[float]) -> float | None:
    """The nearest-rank P90, which is a value that was seen; None below nine samples."""
    if len(windows) < ENOUGH_FOR_P90:
        return None
    return sorted(windows)[math.ceil(0.9 * len(windows)) - 1]


def _nothing_comparable(valid: Sequence[Run]) -> tuple[str, ...]:
    if not valid:
        return ()
    return ("no earlier run took the same path between the same database versions",)
