"""What a move leaves behind: its journal's tasks, its report and its end, to compare two moves."""

import json
from pathlib import Path
from typing import Any

from tests.journeys.sandbox_process import SandboxProcess, environ_for, moveday, passed
from tests.screens.replay import ENVIRON


def report_of(sandbox: SandboxProcess, folder: Path, *, recorded: bool = False) -> Any:
    """The report's document, written anew by the command line from the journal alone.

    `recorded`: the folder is a recording; its accounts answer nowhere.
    """
    environ = environ_for(sandbox, **(ENVIRON if recorded else {}))
    told = passed(moveday(sandbox, folder, "report", "--json", environ=environ)).document
    return json.loads(Path(told["document"]).read_text())


def status_of(sandbox: SandboxProcess, folder: Path) -> Any:
    """What the command line says about a move, without the verdict about the day."""
    told = passed(moveday(sandbox, folder, "status", "--json")).document
    return {name: told[name] for name in ("done_in_open_run", "not_as_left", "open_run", "working")}


def entries_of(folder: Path) -> list[dict[str, Any]]:
    """The journal's lines."""
    lines = (folder / ".moveday" / "journal.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def proven_tasks(folder: Path, mode: str) -> set[str]:
    """Tasks of the newest run of a kind ("rehearsal", "live") that ended with a proof."""
    entries = entries_of(folder)
    runs = [e["key"] for e in entries if e["kind"] == "run-started" and e["data"]["mode"] == mode]
    assert runs, f"no {mode} run in {folder}"
    done = [e for e in entries if e["kind"] == "done" and e["key"].startswith(f"{runs[-1]}/task/")]
    return {e["task"] for e in done if e["data"]["evidence"]["ok"]}


def shape(document: Any) -> Any:
    """Names of a document without its values; lists are no part of it: they differ in length."""
    if isinstance(document, dict):
        return {name: shape(value) for name, value in document.items()}
    return None
