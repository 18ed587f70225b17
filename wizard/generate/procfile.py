"""Writes the Procfile: only what runs for ever, each line handing signals on."""

import re
import shlex
from collections.abc import Sequence

from wizard.formats.procfile import read_procfile
from wizard.generate.because import RULES
from wizard.generate.clean_stop import INIT
from wizard.generate.commands import needs_shell, with_exec
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine, procfile_path
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

PATH = "Procfile"
PROFILE = ".profile"
_BASH = re.compile(r"\bwait -n\b|\[\[|[<>]\(|(?:^|[;&|]\s*)source\s|&>|\bpipefail\b|<<<|\$'")
"""What Heroku's shell knows, and the plain shell of a slim image does not."""


def write_procfile(book: Notebook, lines: Sequence[ProcessLine]) -> GeneratedFile | None:
    """The file as it should be; lines and comments that stay are kept as they are."""
    kept = {line.name: line for line in lines if line.kept}
    before = book.view.read(PATH)
    if not kept:
        return None
    written: list[Line] = []
    source = procfile_path(book)
    present = book.parsed(source, read_procfile)
    entries = {entry.line: entry for entry in present.entries} if present else {}
    skipped = {line.line for line in present.skipped} if present else set()
    for number, row in enumerate(book.text(source).splitlines(), 1):
        entry = entries.get(number)
        if entry is None:
            if number not in skipped and (not row.strip() or row.lstrip().startswith("#")):
                written.append(Line(text=row, rule="F27"))
        elif entry.name in kept:
            written.append(_line(book, kept.pop(entry.name), row))
    written += [_line(book, line, "") for line in kept.values()]
    while written and not written[-1].text.strip():
        written.pop()
    for line in lines:
        _say_what_became(book, line)
    return GeneratedFile(path=PATH, lines=tuple(written), before=before, newline=newline_of(before))


def final_command(book: Notebook, command: str) -> str:
    """The command as it runs in a container: .profile read first where there is one."""
    if book.entrypoint:
        return _as_words(with_exec(command))
    read = _profile(book)
    if re.match(r"(exec )?bash -c ['\"]", command) and read in command:
        return with_exec(command)  # written here before
    if not read:
        final = with_exec(command)
        return f"exec bash -c {shlex.quote(final)}" if _BASH.search(command) else final
    return f"exec bash -c {shlex.quote(f'{read}; {with_exec(command)}')}"


def hook_command(book: Notebook, command: str) -> str:
    """A deploy hook's command, which read .profile as well."""
    if book.entrypoint:
        return _as_words(command)
    read = _profile(book)
    return (
        f"bash -c {shlex.quote(f'{read}; {command}')}" if read and read not in command else command
    )


def _profile(book: Notebook) -> str:
    """What Heroku read before every command, in its order; "" for nothing."""
    found = [
        entry.path
        for entry in book.view.entries()
        if entry.path.startswith(".profile.d/")
        and re.fullmatch(r"\.profile\.d/[\w.-]+\.sh", entry.path)
        and entry.kind == "file"
    ]
    found += book.present(PROFILE)
    home = any(re.search(r"\$\{?HOME\b|(?<![\w/])~/", book.text(path)) for path in found)
    # HOME was the app's folder there.
    return "; ".join([*(["export HOME=/app"] if home else []), *(f". ./{path}" for path in found)])


def _as_words(command: str) -> str:
    """For an entry point, which gets words: nobody looks for a variable or a pipe in them."""
    plain = command.removeprefix("exec ")
    return f"sh -c {shlex.quote(command)}" if needs_shell(plain) else plain


def _line(book: Notebook, line: ProcessLine, row: str) -> Line:
    text = f"{line.name}: {final_command(book, line.command)}"
    if row.strip() == text:
        text = row
    rule, evidence = "F21", [line.evidence]
    if text == row:
        rule = "F27"
    elif INIT in text:
        rule = "F64"
        if RULES["F32"] in line.reason:
            evidence.append(line.evidence.model_copy(update={"fact": RULES["F32"]}))
    elif line.stripped:
        rule = "F22"
    elif line.reason == RULES["F65"]:
        rule = "F65"
    elif line.single:
        rule = "F36"
    elif read := _profile(book):
        rule = "F33"
        path = read.rpartition("./")[2]
        evidence.append(Evidence(path=path, fact="is read before every command"))
    elif "npm" in line.reason:
        rule = "F32"
    elif "bundle exec" in line.reason:
        rule = "F77"
    return Line(text=text, rule=rule, evidence=tuple(evidence))


def _say_what_became(book: Notebook, line: ProcessLine) -> None:
    if line.action == "left-out":
        book.note(
            f"left-out:{line.name}",
            f"{line.name} is left out of the Procfile: {line.reason}",
            f"run it when you need it: aptible ssh --app APP {line.command}"[:200],
            line.evidence,
        )
    elif line.single:
        book.note(
            f"single:{line.name}",
            f"{line.name} must never run twice at the same time",
            "keep it at one container, without zero-downtime overlap",
            line.evidence,
        )
