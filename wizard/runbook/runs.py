"""Begins, resumes and closes runs in the journal, and makes a Run of what was journalled."""

from datetime import datetime
from typing import Literal, cast

from wizard import __version__
from wizard.engine.journal import Entry, Journal
from wizard.forecast.disturbance import void_words
from wizard.model.database import MoveResult, Verdict
from wizard.model.runs import Conditions, Mode, Outage, Run, TaskTime
from wizard.runbook.open_run import OpenRun, open_run, open_run_of, run_number

__all__ = [
    "OpenRun",
    "begin_run",
    "begin_way_back",
    "close_run",
    "gather_run",
    "open_run",
    "open_run_of",
    "way_back_begun",
]

Outcome = Literal["done", "failed", "stopped", "rolled-back"]


def begin_way_back(journal: Journal, number: int) -> None:
    """Note that run `number` is being taken back: from here on it can only be taken back."""
    journal.append("decided", key=f"run-{number}/way-back")


def way_back_begun(journal: Journal, number: int) -> bool:
    """Whether a way back of run `number` was begun, finished or not."""
    return any(entry.key == f"run-{number}/way-back" for entry in journal.entries)


def begin_run(journal: Journal, kind: str) -> int:
    """Start the next run; its number."""
    number = max((run_number(e) for e in journal.entries if e.kind == "run-started"), default=0) + 1
    journal.append("run-started", key=f"run-{number}", number=number, mode=kind)
    return number


def close_run(journal: Journal, number: int, run: Run, outcome: Outcome) -> None:
    """Close a run; `run` is what the ledger keeps of it."""
    document, key = run.model_dump(mode="json"), f"run-{number}"
    journal.append("run-finished", key=key, number=number, outcome=outcome, run=document)


def gather_run(
    journal: Journal, number: int, mode: Mode, outcome: Outcome, finished: datetime, path: str
) -> Run:
    """What run `number` measured, from its journal lines. `path` says over which line data went."""
    prefix = f"run-{number}/"
    facts: dict[str, object] = {}
    tasks: list[TaskTime] = []
    started = finished
    for entry in journal.entries:
        if entry.kind == "run-started" and run_number(entry) == number:
            started = entry.at
        if not entry.key.startswith(prefix):
            continue
        if entry.kind == "read":
            facts[entry.key.removeprefix(prefix)] = entry.data.get("value")
        elif entry.kind == "done":
            tasks.append(_task_time(entry))
    moves = [MoveResult.model_validate(v) for k, v in facts.items() if k.startswith("moved/")]
    verdicts = [Verdict.model_validate(v) for k, v in facts.items() if k.startswith("verdict/")]
    return Run(
        number=number,
        mode=mode,
        started=started,
        finished=finished,
        outcome=outcome,
        tasks=tuple(tasks),
        conditions=_conditions(facts, path),
        move=_joined(moves),
        verdict=None if not verdicts else _one_verdict(verdicts),
        outage=_outage(facts),
        void=_void(facts.get("void")),
    )


def _void(reasons: object) -> str:
    """What the watcher noted: why these times count for no forecast."""
    return void_words(tuple(map(str, reasons))) if isinstance(reasons, list | tuple) else ""


def _task_time(entry: Entry) -> TaskTime:
    data = entry.data
    return TaskTime.model_validate(
        {
            "task": entry.task,
            "title": data["title"],
            "effect": data["effect"],
            "fidelity": data["fidelity"],
            "started": data["started"],
            "seconds": data["seconds"],
            "waited_for_person": data["waited"],
        }
    )


def _conditions(facts: dict[str, object], path: str) -> Conditions:
    databases = cast("dict[str, dict[str, object]]", facts.get("facts") or {})
    release = facts.get("release")
    return Conditions(
        source_release=int(str(release)) if release is not None else 0,
        schema_hash=" ".join(str(d["schema"]) for d in databases.values()),
        source_bytes=sum(int(str(d["bytes"])) for d in databases.values()),
        source_version=" ".join(str(d["version"]) for d in databases.values()),
        target_version=str(facts.get("target-version", "")),
        path=path,
        moveday=__version__,
    )


def _joined(moves: list[MoveResult]) -> MoveResult | None:
    """Several databases move one after the other: their times add up."""
    if len(moves) <= 1:
        return moves[0] if moves else None
    return MoveResult(
        seconds=sum(m.seconds for m in moves),
        bytes=sum(m.bytes for m in moves),
        phases=tuple(p for m in moves for p in m.phases),
        tables=tuple(t for m in moves for t in m.tables),
        skipped=tuple(s for m in moves for s in m.skipped),
    )


def _one_verdict(verdicts: list[Verdict]) -> Verdict:
    return Verdict(
        checks=tuple(c for v in verdicts for c in v.checks),
        seconds=sum(v.seconds for v in verdicts),
    )


def _outage(facts: dict[str, object]) -> Outage:
    def since_down(name: str) -> float | None:
        down, then = facts.get("down_at"), facts.get(name)
        if down is None or then is None:
            return None
        return round(float(str(then)) - float(str(down)), 3)

    return Outage(
        service_ready=since_down("ready_at"),
        switch_seen=since_down("switch_seen_at"),
        book_done=since_down("book_done_at"),
    )
