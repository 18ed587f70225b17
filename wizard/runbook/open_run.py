"""Is a run open? Read from the journal's lines alone: status asks this, and loads little."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wizard.engine.journal import Entry, Journal


@dataclass(frozen=True)
class OpenRun:
    """A run that was begun and not closed. `kind`: rehearsal, live or deploy."""

    number: int
    kind: str
    started: datetime


def open_run(journal: Journal) -> OpenRun | None:
    """The run that is still open, if any: a process that worked on it was stopped or killed."""
    return open_run_of(journal.entries)


def open_run_of(entries: Sequence[Entry]) -> OpenRun | None:
    """The run among `entries` that was begun and not closed."""
    found: OpenRun | None = None
    for entry in entries:
        if entry.kind == "run-started":
            found = OpenRun(run_number(entry), str(entry.data["mode"]), entry.at)
        elif entry.kind == "run-finished":
            found = None
    return found


def run_number(entry: Entry) -> int:
    """The number in a run-started or run-finished line."""
    return int(str(entry.data["number"]))
