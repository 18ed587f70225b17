"""Scripts of the repository that processes run: what they call has to be in the image too."""

import re
from collections.abc import Iterable

from wizard.generate.commands import commands
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Packages
from wizard.generate.tables.system_packages import PROGRAMS
from wizard.model.files import Evidence

_MOST = 20
_BEFORE = r"(?:^|[;&|(`]|\b(?:then|else|do|exec|sudo)\b)\s*(?:[A-Z_]+=\S*\s+)*"
_CALL = re.compile(
    _BEFORE + "(" + "|".join(sorted(map(re.escape, PROGRAMS), key=len, reverse=True)) + r")(?=\s)"
)


def add_for_scripts(book: Notebook, lines: Iterable[ProcessLine], packages: Packages) -> None:
    """Packages of the programs that those scripts call, as file and line tell."""
    for path, text in _scripts(book, lines).items():
        shell = re.match(r"#!.*\b(?:ba|da|z)?sh\b", text) or "#!" not in text[:2]
        for number, row in enumerate(text.split("\n"), 1):
            if row.lstrip().startswith("#"):
                continue
            if "libjemalloc.so.2" in row:
                place = Evidence(path=path, line=number, fact="looks for libjemalloc")
                packages.add(("libjemalloc2",), place)
            for program in _CALL.findall(row) if shell else ():
                place = Evidence(path=path, line=number, fact=f"calls {program}")
                packages.add((PROGRAMS[program],), place)


def called_in_scripts(
    book: Notebook, lines: Iterable[ProcessLine], names: Iterable[str]
) -> tuple[Evidence, ...]:
    """Where a script that a process runs calls one of these programs."""
    call = re.compile(_BEFORE + "(" + "|".join(map(re.escape, names)) + r")(?=\s)")
    return tuple(
        Evidence(path=path, line=number, fact=f"calls {found.group(1)}")
        for path, text in _scripts(book, lines).items()
        for number, row in enumerate(text.split("\n"), 1)
        if not row.lstrip().startswith("#") and (found := call.search(row)) is not None
    )


def _scripts(book: Notebook, lines: Iterable[ProcessLine]) -> dict[str, str]:
    """Path → text of every script that a command names, and of those that they name."""
    todo = [
        word
        for line in lines
        if line.action != "left-out"
        for words in commands(line.command)
        for word in words
    ]
    found: dict[str, str] = {}
    while todo and len(found) < _MOST:
        path = todo.pop(0).removeprefix("./")
        if path in found or not book.has(path) or not re.search(r"(^|/)[\w-]+(\.sh)?$", path):
            continue
        text = book.text(path)
        if text.startswith("#!") or re.match(r"(bin|scripts?)/|.*\.sh$", path):
            found[path] = text
            todo += re.findall(r"(?<![\w$/.])(?:\./)?(?:[\w.-]+/)+[\w.-]+", text)
    return found
