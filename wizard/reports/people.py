"""Who confirmed what, and which exceptions were made? Read from the journal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from wizard.engine.chain import Entry
from wizard.model.inventory import Inventory
from wizard.model.runs import Run


def confirmations(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """Answers, consents and overrides, oldest first; a consent used often is one line."""
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for entry in entries:
        data = entry.data
        if entry.kind == "consent":
            subject, said = entry.key, str(data.get("level", "")).replace("_", " ").lower()
        elif entry.kind in ("answer", "override"):
            subject, said = entry.key or entry.task, _words(data.get("value", data.get("reason")))
        else:
            continue
        by = _words(data.get("by"))
        line = found.setdefault(
            (entry.kind, subject, said, by),
            {
                "at": _moment(entry.at),
                "by": by or "unknown",
                "kind": entry.kind,
                "subject": subject,
                "said": said,
                "times": 0,
            },
        )
        line["times"] = int(str(line["times"])) + 1
    return list(found.values())


def person_tasks(runs: Sequence[Run]) -> list[dict[str, object]]:
    """Which tasks waited for a person, and how long (seconds), run by run."""
    return [
        {
            "run": run.number,
            "mode": run.mode,
            "title": time.title,
            "at": _moment(time.started),
            "waited": time.waited_for_person,
        }
        for run in runs
        for time in run.tasks
        if time.waited_for_person > 0
    ]


def exceptions(
    entries: Iterable[Entry], runs: Sequence[Run], inventory: Inventory | None
) -> list[dict[str, object]]:
    """Everything an auditor should not have to search for: what was not as it should be."""
    found: list[dict[str, object]] = []
    for entry in entries:
        if entry.kind == "override":
            reason, by = _words(entry.data.get("reason")), _words(entry.data.get("by"))
            found.append(
                _exception(
                    "a check was overridden",
                    entry.key or entry.task,
                    f"{reason or 'no reason given'} (by {by or 'unknown'}, {_moment(entry.at)})",
                )
            )
        elif entry.kind == "failed":
            found.append(
                _exception(
                    "a task failed and was tried again or given up",
                    entry.task or entry.key,
                    f"{_words(entry.data.get('reason'))} ({_moment(entry.at)})",
                )
            )
    for run in runs:
        if run.void:
            found.append(_exception("a run does not count", f"run {run.number}", run.void))
        for check in run.verdict.checks if run.verdict and run.mode == "live" else ():
            if check.result == "explained":
                detail = check.detail or "explained, no detail given"
                found.append(_exception("a difference is explained", check.subject, detail))
    for gap in inventory.gaps if inventory else ():
        found.append(_exception("it could not be read", gap.subject, gap.reason))
    return found


def evidence(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """Every proof with time, author and source; a task's and those that stand alone."""
    found: list[dict[str, object]] = []
    for entry in entries:
        proof = entry.data if entry.kind == "evidence" else entry.data.get("evidence")
        if not isinstance(proof, dict) or "what" not in proof:
            continue
        found.append(
            {
                "line": entry.seq,
                "task": entry.task,
                "what": _words(proof.get("what")),
                "by": _words(proof.get("by")),
                "where": _words(proof.get("where")),
                "at": _words(proof.get("at")) or _moment(entry.at),
                "ok": proof.get("ok", True) is True,
            }
        )
    return found


def _exception(kind: str, subject: str, reason: str) -> dict[str, object]:
    return {"kind": kind, "subject": subject, "reason": reason}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _words(value: object) -> str:
    return "" if value is None else str(value)
