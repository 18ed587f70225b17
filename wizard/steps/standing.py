"""Does a cutover stand? Then the new side holds what users use, and nothing may practise on it."""

from wizard.engine.session import Session
from wizard.forecast.ledger import runs_of
from wizard.model.question import Gate
from wizard.runbook.runs import open_run
from wizard.steps.base import last


def standing_cutover(session: Session) -> int | None:
    """Number of the cutover that is open, or done and not taken back; None when there is none."""
    found = open_run(session.journal)
    if found is not None and found.kind == "live":
        return found.number
    live = [run for run in runs_of(session.journal.entries) if run.mode == "live"]
    return live[-1].number if live and live[-1].outcome == "done" else None


UNDONE = "new-side"


def built(session: Session) -> int:
    """The journal line of the last finished deploy; 0 when there is none or it was undone since."""
    line = last(session, "evidence", "deployed")
    return line if line > last(session, "undone", UNDONE) else 0


def no_cutover_gate(session: Session) -> Gate:
    """Closed while a cutover stands."""
    number = standing_cutover(session)
    return Gate(
        id="no-cutover",
        open=number is None,
        reason=""
        if number is None
        else f"cutover {number} is begun or done: this would point its app at practice data",
        hint="finish it, or take it back with moveday rollback --confirm NAME",
    )
