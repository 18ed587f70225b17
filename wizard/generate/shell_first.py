"""Does a shell stay the first process of a container? It hands no signal on to what it started."""

import re
from collections.abc import Iterable

from wizard.generate.commands import last_program, split, words
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.start_script import ScriptEnd, script_end
from wizard.model.files import Evidence

_INIT = re.compile(r"(?:^|\s)(?:tini|dumb-init)\s")
_BECAUSE = {
    "|": "its command is a pipeline",
    "||": "its command has a second one for when the first fails",
    "&": "it runs programs beside each other",
}
_DEEPEST = 3


def warn_of_shells(book: Notebook, lines: Iterable[ProcessLine]) -> None:
    """A finding for every service whose shell stays, with the line that would have to change."""
    for line in lines:
        if not line.kept or _INIT.search(line.command):
            continue
        command = _inner(line.command)
        why = _why(command)
        if why:
            remedy = (
                "start each program as a process type of its own; or put `tini -g -- sh -c '…'`"
            )
            _say(book, line, why, f"{remedy} around the command")
            continue
        end = _shell_script(book, command)
        if end is not None:
            why = f"{end.path} starts its program without exec"
            if re.search(r"[|&]\s*$|\|\s|&\s|^wait\b", end.command):
                why = f"{end.path} runs programs beside each other, or in a pipeline"
            remedy = f"write `exec` in front of the last command ({end.path}:{end.line}); or put "
            remedy += "`tini -g --` in front of the script"
            _say(book, line, why, remedy, end.place)


def _inner(command: str) -> str:
    """What a shell that is named in the line itself is given to run."""
    found = words(command.removeprefix("exec "))
    given = len(found) == 3 and found[0] in ("sh", "bash") and found[1] == "-c"
    return found[2] if given else command


def _why(command: str) -> str:
    """Why the shell of the line itself stays, "" when it is replaced."""
    if last_program(command) is not None:
        last = words(split(command)[-1][0])
        return "it ends with a word of the shell" if last[:1] == ["wait"] else ""
    marks = [mark for _, mark in split(command)]
    return next((why for mark, why in _BECAUSE.items() if mark in marks), "it has conditions")


def _shell_script(book: Notebook, command: str) -> ScriptEnd | None:
    """The script whose shell stays, of those that the line and its scripts start."""
    for _ in range(_DEEPEST):
        found = last_program(command)
        end = script_end(book, found[1]) if found else None
        if end is None or end.traps:
            return None
        if not end.replaced:
            return end
        command = end.command
    return None


def _say(book: Notebook, line: ProcessLine, why: str, remedy: str, *places: Evidence) -> None:
    book.warn(
        f"shell-first:{line.name}",
        f"{line.name} is killed after 10 s at every deploy: {why}, so a shell stays the first "
        "process, and it hands no SIGTERM on",
        f"{remedy} in the Procfile: tini signals the whole group, and a new Dockerfile installs it",
        *places,
        line.evidence,
    )
