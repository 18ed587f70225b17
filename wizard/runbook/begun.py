"""What was begun in a run and not ended: is it at work, or was it broken off? From the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wizard.engine.at_work import AtWork
from wizard.engine.chain import Entry
from wizard.runbook.open_run import run_number

NEW_SIDE = "new-side"
"""Key of the line that says that what a deploy had made was taken back."""
_TELLING = ("intent", "done", "failed", "undone")


@dataclass(frozen=True)
class Begun:
    """A task that has neither ended nor failed. Times are aware UTC.

    `broken_off` is when the last sign of the process that worked on it was written; None while it
    is at work.
    """

    task: str
    title: str
    since: datetime
    broken_off: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it had been at work when it was broken off; None while it is."""
        return None if self.broken_off is None else (self.broken_off - self.since).total_seconds()


def telling(entries: Sequence[Entry], label: str) -> dict[str, list[Entry]]:
    """By task, the lines of run `label` that tell where it stands."""
    prefix = f"{label}/task/"
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind in _TELLING and entry.key.startswith(prefix):
            found.setdefault(entry.key.removeprefix(prefix), []).append(entry)
    return found


def begun(entries: Sequence[Entry], label: str, at_work: AtWork | None) -> tuple[Begun, ...]:
    """What run `label` began and did not end; `at_work` None: no process works on anything."""
    found = []
    for name, lines in telling(entries, label).items():
        line = lines[-1]
        if line.kind == "intent":
            runs = at_work is not None and at_work.label == label and line.seq > at_work.after
            ended = None if runs else _last_sign(entries, line)
            found.append(Begun(name, str(line.data.get("title", name)), line.at, ended))
    return tuple(found)


def newest_label(entries: Sequence[Entry]) -> str:
    """The run or deploy that was begun last: "run-3", "deploy-1"; "" when there is none."""
    label, deploys = "", 0
    for entry in entries:
        if entry.kind == "run-started":
            label = f"run-{run_number(entry)}"
        elif entry.kind == "decided" and entry.key == "deploy":
            deploys += 1
            label = f"deploy-{deploys}"
        elif entry.kind == "undone" and entry.key == NEW_SIDE:
            label = ""
    return label


def _last_sign(entries: Sequence[Entry], line: Entry) -> datetime:
    """When the process that wrote `line` wrote for the last time: before the next one opened."""
    last = line
    for entry in entries:
        if entry.seq > line.seq:
            if entry.kind == "opened":
                break
            last = entry
    return last.at
