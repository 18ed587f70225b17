"""Was a run taken back, when, and since when are users on the old side again? From the journal."""

from collections.abc import Sequence
from datetime import datetime

from wizard.engine.chain import Entry
from wizard.model.frozen import Frozen
from wizard.runbook.outage_clock import outage_clock


class TakenBack(Frozen):
    """The way back of one run. Times are aware UTC.

    `finished` None: it was begun and has not come to its end. `down_at` None: users noticed
    nothing; `users_back` is when the old side's maintenance page went off again.
    """

    number: int
    undone: int
    finished: datetime | None = None
    down_at: datetime | None = None
    users_back: datetime | None = None


def taken_back(entries: Sequence[Entry], number: int | None) -> TakenBack | None:
    """The way back of run `number`; None when none was begun."""
    label, prefix = f"run-{number}", f"run-{number}/task/"
    if number is None or not any(entry.key == f"{label}/way-back" for entry in entries):
        return None
    undone = [e for e in entries if e.kind == "undone" and e.key.startswith(prefix)]
    # A cutover that stood was closed as done before.
    ended = [e.at for e in entries if e.kind == "run-finished" and e.key == label and _back(e)]
    page_off = [e.at for e in undone if e.key == f"{prefix}maintenance-on"]
    return TakenBack(
        number=number,
        undone=len(undone),
        finished=ended[-1] if ended else None,
        down_at=outage_clock(entries, label).down_at,
        users_back=page_off[-1] if page_off else None,
    )


def _back(entry: Entry) -> bool:
    return entry.data.get("outcome") == "rolled-back"
