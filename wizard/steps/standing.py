"""Does a cutover stand? Then the new side holds what users use, and nothing may practise on it."""

from wizard.acts import do
from wizard.engine.session import Session
from wizard.forecast.ledger import runs_of
from wizard.model.question import Gate
from wizard.runbook.begun import NEW_SIDE
from wizard.runbook.open_run import open_run, run_number
from wizard.steps.base import last


def standing_cutover(session: Session) -> int | None:
    """Number of the cutover that is open, or done and not taken back; None when there is none."""
    found = open_run(session.journal)
    if found is not None and found.kind == "live":
        return found.number
    live = [run for run in runs_of(session.journal.entries) if run.mode == "live"]
    return live[-1].number if live and live[-1].outcome == "done" else None


def warn_of_changed_plan(session: Session, number: int) -> None:
    """Say so when moveday.yaml is another one than the one that run `number` began with."""
    known: object = ""
    for entry in session.journal.entries:
        if entry.kind == "run-started" and run_number(entry) == number:
            break
        if entry.kind == "opened":
            known = entry.data.get("plan")
        elif entry.kind == "decided" and entry.key == "plan":
            known = entry.data.get("hash")
    if known and known != session.plan_hash:
        session.say(
            f"moveday.yaml was changed since run {number} began: what goes on or is taken back"
            " follows the file as it is now. If that was not meant, stop and put it back first",
            "warn",
        )


UNDONE = NEW_SIDE


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
        hint=f"finish it, or take it back: {do('roll-back')}",
    )
