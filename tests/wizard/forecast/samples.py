"""Runs, conditions and tasks for the tests of forecast and reports."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from wizard.model.database import MoveResult, PhaseTime, TableTime
from wizard.model.runs import Conditions, Effect, Fidelity, Mode, Run, TaskTime

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CONDITIONS = Conditions(
    source_release=7,
    schema_hash="aa",
    source_bytes=60_000_000,
    source_version="16.4",
    target_version="17.1",
    path="tunnel",
    moveday="0.1.0",
)


@dataclass(frozen=True)
class Line:
    """A runbook task as far as the forecast looks at it."""

    id: str
    title: str
    effect: Effect = "hard-down"
    fidelity: Fidelity = "real"
    expected: float = 5.0


TASKS = (
    Line("fresh-database", "fresh database", effect="none", expected=60),
    Line("maintenance-on", "maintenance page on", fidelity="twin", expected=2),
    Line("move", "move the data", expected=60),
    Line("verify", "prove that the copy is the same", expected=15),
    Line("switch", "switch the DNS names", fidelity="tabletop", expected=30),
)


def run(
    number: int = 1,
    *,
    mode: Mode = "rehearsal",
    outcome: Literal["done", "failed", "stopped", "rolled-back"] = "done",
    void: str = "",
    conditions: Conditions = CONDITIONS,
    index_seconds: float = 0.0,
    fidelities: dict[str, Fidelity] | None = None,
    side_by_side: bool = False,
    **seconds: float,
) -> Run:
    """A run whose tasks took `seconds` (names with _ for -), one after the other."""
    begun = NOON + timedelta(days=number)
    at, tasks = begun, []
    titles = {task.id: task for task in TASKS}
    for name, took in seconds.items():
        task = titles[name.replace("_", "-")]
        tasks.append(
            TaskTime(
                task=task.id,
                title=task.title,
                effect=task.effect,
                fidelity=(fidelities or {}).get(task.id, task.fidelity),
                started=at,
                seconds=took,
            )
        )
        if not side_by_side:
            at += timedelta(seconds=took)
    move = MoveResult(
        seconds=seconds.get("move", 0),
        bytes=50_000_000,
        phases=(PhaseTime(name="copy", started=0, seconds=seconds.get("move", 0)),),
        tables=(
            TableTime(
                name="public.visits",
                bytes=50_000_000,
                rows=400_000,
                copy_seconds=10,
                index_seconds=index_seconds,
            ),
        ),
    )
    return Run(
        number=number,
        mode=mode,
        started=begun,
        finished=at,
        outcome=outcome,
        tasks=tuple(tasks),
        conditions=conditions,
        move=move if "move" in seconds else None,
        void=void,
    )
