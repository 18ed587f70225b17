"""Where does every task of a run stand? Derived from the journal, for whoever shows the board."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from wizard.engine.at_work import AtWork
from wizard.engine.chain import Entry
from wizard.model.frozen import Frozen
from wizard.model.runs import Effect, Fidelity
from wizard.runbook.begun import Begun, begun, telling
from wizard.runbook.runner import in_order
from wizard.runbook.task import Task

Standing = Literal[
    "waiting", "running", "you", "done", "adopted", "failed", "broken off", "taken back"
]


class Row(Frozen):
    """One task. Seconds: `expected` from the forecast or the task's own guess (`measured` tells
    which), `seconds` what it took, or had taken when it was broken off, `since` when it was begun,
    while it is at work. `needs` are titles not yet done.
    """

    task: str
    title: str
    who: str
    side: str
    effect: Effect
    fidelity: Fidelity
    standing: Standing
    expected: float | None
    measured: bool
    seconds: float | None = None
    since: datetime | None = None
    needs: tuple[str, ...] = ()
    said: str = ""


def board(
    tasks: Sequence[Task],
    entries: Sequence[Entry],
    label: str,
    medians: Mapping[str, float] | None = None,
    *,
    at_work: AtWork | None,
) -> tuple[Row, ...]:
    """The tasks in their order with where a run has brought them.

    `label` names the run in the journal: "run-3", "deploy-2", "" when nothing was begun.
    `medians` are measured seconds by task id. What was begun and is not `at_work` is broken off.
    """
    known = medians or {}
    seen = telling(entries, label) if label else {}
    open_ones = {each.task: each for each in begun(entries, label, at_work)} if label else {}
    titles = {task.id: task.title for task in tasks}
    done = {name for name, found in seen.items() if found[-1].kind == "done"}
    return tuple(
        _row(
            _waiting(task, known.get(task.id), _open_needs(task, done, titles)),
            seen.get(task.id, []),
            open_ones.get(task.id),
        )
        for task in in_order(tasks)
    )


def _open_needs(task: Task, done: set[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(titles[need] for need in task.needs if need not in done)


def _waiting(task: Task, median: float | None, needs: tuple[str, ...]) -> Row:
    return Row(
        task=task.id,
        title=task.title,
        who=task.who,
        side=task.side,
        effect=task.effect,
        fidelity=task.fidelity,
        standing="waiting",
        expected=task.expected if median is None else median,
        measured=median is not None,
        needs=needs,
    )


def _row(row: Row, seen: Sequence[Entry], open_one: Begun | None) -> Row:
    """`row` with what its lines tell; `open_one` is it when the last of them is an intent."""
    if open_one is not None:
        return row.model_copy(update=_open(row, open_one))
    if not seen:
        return row
    match seen[-1].kind:
        case "failed":
            said = str(seen[-1].data.get("reason", ""))
            return row.model_copy(update={"standing": "failed", "said": said})
        case "undone":
            # What it took stays: for that a rehearsal is made.
            done = [entry for entry in seen if entry.kind == "done"]
            back = _done(row, done[-1]) if done else row
            return back.model_copy(update={"standing": "taken back"})
    return _done(row, seen[-1])


def _open(row: Row, open_one: Begun) -> dict[str, object]:
    if open_one.broken_off is not None:
        said = "moveday ended in the middle of it; what it did is looked up before it is repeated"
        return {"standing": "broken off", "seconds": open_one.seconds, "said": said}
    standing: Standing = "you" if row.who == "person" else "running"
    return {"standing": standing, "since": open_one.since}


def _done(row: Row, entry: Entry) -> Row:
    evidence = entry.data.get("evidence")
    return row.model_copy(
        update={
            "standing": "adopted" if entry.data.get("adopted") else "done",
            "seconds": float(str(entry.data.get("seconds", 0))),
            "fidelity": entry.data.get("fidelity", row.fidelity),
            "said": str(evidence.get("what", "")) if isinstance(evidence, dict) else "",
        }
    )
