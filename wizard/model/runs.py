"""Executions of the runbook: what each task took, under which conditions, with which outage."""

from datetime import datetime
from typing import Literal

from wizard.model.database import MoveResult, Verdict
from wizard.model.frozen import Frozen

Mode = Literal["rehearsal", "live"]
Fidelity = Literal["real", "twin", "tabletop"]
Effect = Literal["none", "read-only", "hard-down"]


class TaskTime(Frozen):
    """One task of one run. `effect` is what users notice meanwhile; seconds of wall time."""

    task: str
    title: str
    effect: Effect
    fidelity: Fidelity
    started: datetime
    seconds: float
    waited_for_person: float = 0.0


class Outage(Frozen):
    """Three figures in seconds from the start of maintenance, plus what visitors saw.

    None means: not measured in this run.
    """

    service_ready: float | None = None
    switch_seen: float | None = None
    book_done: float | None = None
    visitors: float | None = None


class Conditions(Frozen):
    """What a run is comparable by: a forecast is stale when these differ today."""

    source_release: int
    schema_hash: str
    source_bytes: int
    source_version: str
    target_version: str
    path: str
    moveday: str


class Run(Frozen):
    """One finished (or broken-off) execution of the runbook."""

    number: int
    mode: Mode
    started: datetime
    finished: datetime | None
    outcome: Literal["done", "failed", "stopped", "rolled-back"]
    tasks: tuple[TaskTime, ...]
    conditions: Conditions
    move: MoveResult | None = None
    verdict: Verdict | None = None
    outage: Outage = Outage()
    void: str = ""


class Share(Frozen):
    """One task's part in the forecast. `basis` says what the figure rests on, `samples` how many
    runs timed it."""

    task: str
    title: str
    median: float
    low: float
    high: float
    basis: Literal["measured", "assumed"]
    fidelity: Fidelity
    samples: int = 0


class Forecast(Frozen):
    """The next run's hard-down window in seconds.

    `samples` comparable runs; with one the word is "one sample", and low == median == high.
    `p90` is None with fewer than nine comparable runs. `stale` lists what changed since.
    `fits_budget` judges by the worst seen, `fits_median` by the median. `windows` are the samples
    themselves, scaled to today, oldest first.
    """

    samples: int
    median: float
    low: float
    high: float
    p90: float | None
    shares: tuple[Share, ...]
    measured_share: float
    words: str
    stale: tuple[str, ...] = ()
    owner: str = ""
    fits_budget: bool | None = None
    fits_median: bool | None = None
    windows: tuple[float, ...] = ()
