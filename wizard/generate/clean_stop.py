"""Does a process end when it is told to? One that would not, as first process, gets an init."""

import re
from collections.abc import Iterable

from wizard.formats.package_json import read_package_json
from wizard.generate.base_image import gone_debian
from wizard.generate.commands import commands, last_program
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Recipe
from wizard.generate.scan import Scan
from wizard.generate.shell_first import warn_of_shells
from wizard.generate.start_script import interpreter, script_end
from wizard.generate.tables.signals import (
    HANDLERS,
    NODE,
    PYTHON_DEAF,
    PYTHON_SERVERS,
    STEPS_ASIDE,
)
from wizard.model.files import Evidence

INIT = "tini -- "
_DEEPEST = 3
"""Scripts that start scripts: so many are followed."""
_INITS = re.compile(r"(?:^|\s)tini\s(?:-\S+\s)*")
_OWN_HANDLER = frozenset({"fastify", "graphile-worker", "pm2-runtime"})
_NAMES = {"node": "Node", "python": "Python", "php": "PHP"}
_SUFFIXES = {"node": (".js", ".mjs", ".cjs", ".ts", ".tsx"), "python": (".py",), "php": (".php",)}
_IN_FRONT = re.compile(
    r"""^(?:(?:exec|env|nice|nohup)\s+|[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|[^\s'"])*\s+)*"""
)


def end_cleanly(
    book: Notebook, scan: Scan, recipe: Recipe, lines: tuple[ProcessLine, ...]
) -> tuple[ProcessLine, ...]:
    """The lines with Debian's tini in front of programs that would not hear SIGTERM.

    An ENTRYPOINT with an init is no way out: with one, lines of the Procfile get no shell.
    """
    gone = not recipe.packages.first and gone_debian(recipe.base.text.split()[1])
    for line in lines:
        if line.kept and not gone and _INITS.search(line.command):
            recipe.packages.add(("tini",), line.evidence)
    warn_of_shells(book, lines)
    deaf = _deaf_lines(book, scan, lines)
    if not deaf:
        return lines
    if gone:
        _warn(book, deaf, "the base image's packages are gone, so no init can be installed; ")
        return lines
    for line, language in deaf.items():
        fact = f"{line.name} starts {_NAMES[language]}, which as first process ignores SIGTERM"
        recipe.packages.add(("tini",), line.evidence.model_copy(update={"fact": fact}))
    if recipe.web and deaf_program(book, recipe.web):
        recipe.web = with_init(recipe.web)
    return tuple(
        line.model_copy(update={"command": with_init(line.command)}) if line in deaf else line
        for line in lines
    )


def warn_of_deaf(
    book: Notebook, scan: Scan, dockerfile: str, lines: tuple[ProcessLine, ...]
) -> None:
    """The same as a finding, for a Dockerfile that is kept as it is."""
    if not re.search(r"^ENTRYPOINT\b.*\b(?:tini|dumb-init|catatonit)\b", dockerfile, re.M | re.I):
        warn_of_shells(book, lines)
        _warn(book, _deaf_lines(book, scan, lines), "")


def with_init(command: str) -> str:
    """The line whose last program is started by tini."""
    found = last_program(command)
    if found is None:
        return command
    first, last = found
    front = _IN_FRONT.match(last)
    end = front.end() if front else 0
    return f"{first}{last[:end]}{INIT}{last[end:]}"


def deaf_program(book: Notebook, command: str, depth: int = 0) -> str:
    """The language of the program that becomes process 1 and ignores SIGTERM, "" for none."""
    found = last_program(command)
    words = next(commands(found[1]), [""]) if found else [""]
    if found is None or _INITS.search(found[1]):
        return ""
    for front in STEPS_ASIDE:
        if tuple(words[: len(front)]) == front:
            words = words[len(front) :] or [""]
    program = words[0].rpartition("/")[2]
    by = interpreter(book, words[0])
    if program in NODE or program.endswith(_SUFFIXES["node"]) or _of_npm(book, words[0]):
        return "node"
    if re.fullmatch(r"python[\d.]*", program):
        return "" if _runs_server(words) else "python"
    if program in PYTHON_DEAF or (program.endswith(".py") and program not in PYTHON_SERVERS):
        return "python"
    if re.fullmatch(r"php[\d.]*|artisan", program):
        return "php"
    if by in ("node", "php"):
        return by
    end = script_end(book, found[1])
    if end is not None and end.replaced and not end.traps and depth < _DEEPEST:
        return deaf_program(book, end.command, depth + 1)
    return ""


def _of_npm(book: Notebook, word: str) -> bool:
    """A program that a package of that very name brings."""
    if word.removeprefix("./").startswith("node_modules/.bin/"):
        return True
    package = book.parsed("package.json", read_package_json) if book.has("package.json") else None
    named = package is not None and word in package.production
    return named and word not in _OWN_HANDLER


def _runs_server(words: list[str]) -> bool:
    """`python -m gunicorn` and the like: a server that handles signals."""
    if "-m" not in words:
        return False
    module = (words[words.index("-m") + 1 :] or [""])[0]
    return module.partition(".")[0] in PYTHON_SERVERS


def _deaf_lines(book: Notebook, scan: Scan, lines: Iterable[ProcessLine]) -> dict[ProcessLine, str]:
    """Each service with its language; those left out whose own code handles the signal."""
    found = {line: deaf_program(book, line.command) for line in lines if line.kept}
    deaf = {line: language for line, language in found.items() if language}
    count = list(deaf.values())
    return {
        line: language
        for line, language in deaf.items()
        if not _handled(book, scan, line, language, alone=count.count(language) == 1)
    }


def _handled(book: Notebook, scan: Scan, line: ProcessLine, language: str, alone: bool) -> bool:
    """Some handler in the code is the only service's; of several, its whose file is named."""
    if language == "node":
        package = book.parsed("package.json", read_package_json)
        if package is not None and package.production & HANDLERS:
            return True
    places = [e for e in scan.found("signals") if e.path.endswith(_SUFFIXES[language])]
    named = {word.removeprefix("./") for words in commands(line.command) for word in words}
    return any(alone or place.path in named for place in places)


def _warn(book: Notebook, deaf: dict[ProcessLine, str], why: str) -> None:
    for language, remedy in (
        ("node", "close the server in process.on('SIGTERM', …)"),
        ("python", "set a handler with signal.signal(signal.SIGTERM, …)"),
        ("php", "set a handler with pcntl_signal(SIGTERM, …)"),
    ):
        mine = [line for line, spoken in deaf.items() if spoken == language]
        places: tuple[Evidence, ...] = tuple(line.evidence for line in mine)
        if mine:
            names = ", ".join(line.name for line in mine)
            book.warn(
                f"{language}-signals",
                f"nothing handles SIGTERM: as first process of a container {_NAMES[language]} "
                f"ignores it, so {names} is killed after 10 s at every deploy",
                f"{why}{remedy}; or install tini in the image and put `tini --` in front of the "
                "command in the Procfile",
                *places,
            )
