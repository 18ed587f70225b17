"""`moveday status`: where does the move stand? Loads little, so that it answers at once."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from wizard.cli.options import folder_option, json_option
from wizard.cli.results import print_result
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.at_work import AtWork
from wizard.engine.chain import Entry
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import JournalReader
from wizard.engine.lock import holder
from wizard.engine.pause_request import PauseRequest, paused_since
from wizard.errors import MovedayError
from wizard.exits import Exit
from wizard.forecast.durations import duration
from wizard.rules.drift import last_look
from wizard.runbook.begun import begun, newest_label
from wizard.runbook.open_run import open_run_of
from wizard.safety.clean import clean

FILE_NAME = "moveday.yaml"


@click.command()
@folder_option
@json_option
@click.option("--follow", is_flag=True, help="Go on showing what happens; changes nothing.")
def status(folder: Path, as_json: bool, follow: bool) -> None:
    """Show where the move stands, also while another moveday works on it."""
    reader = JournalReader(folder / STATE_FOLDER)
    try:
        reader.refresh()
        document = _status(reader, folder)
        if not follow:
            print_result(document, as_json=as_json, words=_words)
            sys.exit(Exit.DONE)
        _follow(reader)
    except MovedayError as error:
        show(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)


def _status(reader: JournalReader, folder: Path) -> dict[str, object]:
    entries = reader.entries
    state = folder / STATE_FOLDER
    running = holder(state)
    paused = paused_since(entries) if running else None
    found = open_run_of(entries)
    tasks = []
    if found is not None:
        prefix = f"run-{found.number}/task/"
        tasks = [e.task for e in entries if e.kind == "done" and e.key.startswith(prefix)]
    last = entries[-1] if entries else None
    told = f"{last.at:%Y-%m-%d %H:%M:%S} {last.kind} {last.task or last.key}" if last else None
    return {
        "entries": len(entries),
        "head": last.hash if last else None,
        "last": told,
        "working": str(running) if running else None,
        "paused_since": f"{paused:%Y-%m-%d %H:%M:%S} UTC" if paused else None,
        "pause_asked": running is not None and PauseRequest(state, running).stands(),
        "open_run": None if found is None else {"number": found.number, "kind": found.kind},
        "done_in_open_run": tasks,
        "begun": _begun(entries, working=running is not None),
        "not_as_left": list(last_look(entries)),
        "today": _today(reader, folder),
    }


def _begun(entries: Sequence[Entry], *, working: bool) -> list[dict[str, object]]:
    """The tasks that have no end yet: at work in whoever holds the lock, or broken off."""
    label = newest_label(entries)
    opened = max((entry.seq for entry in entries if entry.kind == "opened"), default=0)
    return [
        {
            "task": each.task,
            "title": each.title,
            "state": "running" if each.broken_off is None else "broken off",
            "since": f"{each.since:%Y-%m-%d %H:%M:%S} UTC",
            "seconds": each.seconds,
        }
        for each in begun(entries, label, AtWork(label, opened) if working else None)
    ]


def _today(reader: JournalReader, folder: Path) -> dict[str, object] | None:
    """Whether today is possible, from what is stored; None without a plan that can be read."""
    if not (folder / FILE_NAME).exists():
        return None
    # Large imports, which a folder without a plan should not pay for.
    from wizard.steps.same_day_now import stored_verdict

    verdict = stored_verdict(folder, reader, SYSTEM_CLOCK)
    return None if verdict is None else verdict.model_dump(mode="json")


def _words(document: dict[str, object]) -> str:
    if not document["entries"]:
        return "\n".join(["nothing has happened here yet", *_today_words(document["today"])])
    lines = [f"{document['entries']} journal lines, the last one: {document['last']}"]
    lines.append(f"at work: {document['working']}" if document["working"] else "nobody is at work")
    if document["paused_since"]:
        lines.append(_paused_words(document))
    elif document["pause_asked"]:
        lines.append("a pause is asked for: a copy waits amid its rows, all else ends first")
    found = document["open_run"]
    if isinstance(found, dict):
        done = document["done_in_open_run"]
        names = ", ".join(done) if isinstance(done, list) and done else "nothing yet"
        lines.append(f"open: {found['kind']} run {found['number']}; done: {names}")
    lines += _begun_words(document["begun"])
    lines += _drift_words(document["not_as_left"])
    lines += _today_words(document["today"])
    return "\n".join(lines)


def _paused_words(document: dict[str, object]) -> str:
    ends = "moveday continue goes on" if document["pause_asked"] else "p at its screen goes on"
    return f"paused since {document['paused_since']}; {ends}"


def _today_words(verdict: object) -> list[str]:
    return [f"today? {verdict['words']}"] if isinstance(verdict, dict) else []


def _begun_words(found: object) -> list[str]:
    lines = []
    for each in found if isinstance(found, list) else ():
        words = f"{each['state']}: {each['title']}, begun {each['since']}"
        seconds = each["seconds"]
        lines.append(words if seconds is None else f"{words}, after {duration(seconds)}")
    return lines


def _drift_words(found: object) -> list[str]:
    """What the last look at the new side found; status itself asks nobody outside."""
    if not isinstance(found, list) or not found:
        return []
    head = "not as moveday left it, at the last look (moveday deploy --plan looks again)"
    return [head, *(f"  {line}" for line in found)]


def _follow(reader: JournalReader) -> None:
    shown = 0
    while True:
        for entry in reader.entries[shown:]:
            text = f"{entry.at:%H:%M:%S} {entry.kind:<12} {entry.task or entry.key}"
            click.echo(clean(text))
        shown = len(reader.entries)
        time.sleep(0.5)
        reader.refresh()
