"""`moveday pause` and `moveday continue`: hold a run that works in another terminal, and let go."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from wizard.cli.options import folder_option, json_option
from wizard.cli.results import print_result
from wizard.cli.talk import show
from wizard.engine.chain import Entry
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import JournalReader
from wizard.engine.lock import Holder, holder
from wizard.engine.pause_request import PauseRequest, paused_since
from wizard.errors import BlockedError, MovedayError, UsageError
from wizard.exits import Exit
from wizard.runbook.open_run import open_run_of
from wizard.safety.redact import REDACTOR

Told = dict[str, object]


@click.command()
@folder_option
@click.option("--yes", is_flag=True, help="Pause although users are down.")
@json_option
def pause(folder: Path, yes: bool, as_json: bool) -> None:
    """Let the run at work, in whatever terminal, begin nothing new until `moveday continue`.

    A copy of this machine waits amid its rows; what else runs comes to its end first. A way back is
    never paused.
    """
    _finish(lambda: _pause(folder / STATE_FOLDER, in_outage=yes), as_json=as_json)


@click.command("continue")
@folder_option
@json_option
def go_on(folder: Path, as_json: bool) -> None:
    """End the pause that `moveday pause` asked for."""
    _finish(lambda: _go_on(folder / STATE_FOLDER), as_json=as_json)


def _pause(state: Path, *, in_outage: bool) -> Told:
    working = _at_work(state)
    entries = _read(state).entries
    found = open_run_of(entries)
    back = found is not None and any(e.key == f"run-{found.number}/way-back" for e in entries)
    # A deploy is no run: its tasks can be held all the same.
    if back or (found is None and working.command != "moveday deploy"):
        raise UsageError(
            "nothing runs that could be paused",
            f"at work: {working}" + ("; a way back is never paused" if back else ""),
        )
    if not in_outage and _users_are_down(entries):
        raise BlockedError(
            "users are down: a pause prolongs the outage",
            "a copy waits, what else runs comes to its end, and nothing begins until"
            " `moveday continue`; every second of it eats up the time for a way back",
            "moveday pause --yes pauses all the same",
        )
    PauseRequest(state, working).make()
    words = "a copy waits now, what else runs comes to its end first; moveday continue goes on"
    if paused_since(entries) is not None:
        words = "it is paused already; moveday continue goes on"
    return {"working": str(working), "words": words}


def _go_on(state: Path) -> Told:
    working = _at_work(state)
    request = PauseRequest(state, working)
    if request.stands():
        request.withdraw()
        return {"working": str(working), "words": "it goes on, within a second"}
    if paused_since(_read(state).entries) is not None:
        raise BlockedError(
            "it was paused at its own screen", f"at work: {working}", "press p there to go on"
        )
    raise UsageError("nothing is paused", f"at work: {working}")


def _at_work(state: Path) -> Holder:
    working = holder(state)
    if working is None:
        raise UsageError("nobody is at work on this move", "there is nothing to pause or go on")
    return working


def _read(state: Path) -> JournalReader:
    reader = JournalReader(state)
    reader.refresh()
    return reader


def _users_are_down(entries: Sequence[Entry]) -> bool:
    # Large imports, which only a pause needs.
    from wizard.runbook.outage_clock import outage_clock

    found = open_run_of(entries)
    if found is None or found.kind != "live":
        return False
    clock = outage_clock(entries, f"run-{found.number}")
    return clock.down_at is not None and clock.switch_seen_at is None


def _finish(work: Callable[[], Told], *, as_json: bool) -> None:
    try:
        told = work()
    except MovedayError as error:
        show(REDACTOR.redact(str(error)))
        sys.exit(error.exit_code)
    print_result(told, as_json=as_json, words=lambda told: f"{told['working']}: {told['words']}")
    sys.exit(Exit.DONE)
