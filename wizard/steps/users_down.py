"""Are users down now? What whoever leaves, or looks in, must not miss. Read from the journal."""

from collections.abc import Sequence
from datetime import datetime

from wizard.engine.chain import Entry
from wizard.runbook.open_run import open_run_of
from wizard.runbook.outage_clock import outage_clock
from wizard.runbook.taken_back import taken_back


def users_down_since(entries: Sequence[Entry]) -> datetime | None:
    """When an open cutover put the maintenance page on, if no side serves users since; else None.

    An aware UTC time.
    """
    found = open_run_of(entries)
    if found is None or found.kind != "live":
        return None
    clock = outage_clock(entries, f"run-{found.number}")
    back = taken_back(entries, found.number)
    served_again = clock.switch_seen_at is not None or (back is not None and back.users_back)
    return None if served_again else clock.down_at
