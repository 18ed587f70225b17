"""What does a run wait for that only a clock can bring? Read from the run's own records."""

from datetime import UTC, datetime

from wizard.errors import BlockedError
from wizard.model.frozen import Frozen
from wizard.runbook.context import RunContext
from wizard.runbook.lines.names import BOOK_DONE, TTL_RUN_OUT, book_done_at, old_copies_gone
from wizard.runbook.runner import is_done, was_begun


class Countdown(Frozen):
    """A wait for copies of a DNS record to run out: `until` is aware UTC."""

    task: str
    title: str
    until: datetime

    def left(self, now: datetime) -> float:
        """Seconds; never below zero."""
        return max(0.0, (self.until - now).total_seconds())


def countdown(context: RunContext) -> Countdown | None:
    """The wait that the run is in; None when it waits for no clock."""
    for task, ends in ((TTL_RUN_OUT, old_copies_gone), (BOOK_DONE, book_done_at)):
        if was_begun(context, task.id) and not is_done(context, task.id):
            try:
                until = datetime.fromtimestamp(ends(context), UTC)
            except BlockedError:
                # The moment it is counted from was not seen, or was taken back: a TTL was raised.
                continue
            return Countdown(task=task.id, title=task.title, until=until)
    return None
