"""Which jar runs, under which name, and what else of the repository it needs beside it."""

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from typing import NamedTuple

from wizard.generate.commands import commands
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

_OPENED = re.compile(
    r"(?:new\s+File(?:InputStream|Reader|SystemResource)?|Paths?\.(?:get|of)|File)"
    r"\(\s*\"([^\"\n]+)\"|\bfile:(?:\./)?([\w./-]+)"
)

_FILE = re.compile(r"/|^-javaagent|^-cp$|^-classpath$|^[^-].*\.\w{2,5}$")
"""A word of a command that names a file beside the jar."""


class Jar(Frozen):
    """A file that a build leaves and that can be run: its path from /app, and what says so."""

    path: str
    evidence: Evidence


class BuiltBy(NamedTuple):
    """What a build tool knows: the jars that run, its dependencies, the folder it writes to."""

    jars: tuple[Jar, ...]
    artifacts: dict[str, Evidence]
    folder: str


def with_jars(
    book: Notebook, lines: tuple[ProcessLine, ...], built: BuiltBy
) -> tuple[ProcessLine, ...]:
    """The lines with each `-jar` pattern resolved; a jar that nothing builds is a question."""
    return tuple(_with_jar(book, line, built) for line in lines)


def _with_jar(book: Notebook, line: ProcessLine, built: BuiltBy) -> ProcessLine:
    match = re.search(r"-jar\s+(\S+)", line.command)
    if match is None or line.action == "left-out":
        return line
    named = match.group(1).removeprefix("./").removeprefix("/app/")
    paths = [jar.path for jar in built.jars]
    if named in paths or "$" in named or not paths or book.has(named):
        return line
    fitting = [path for path in paths if fnmatch(path, named)]
    if "*" in named and len(fitting) == 1:
        start, end = match.span(1)
        command = line.command[:start] + fitting[0] + line.command[end:]
        return line.model_copy(update={"command": command})
    if "*" in named and not fitting:
        return line
    # A name of its own below the folder may come from another plugin: shade, assembly, dependency.
    folder = named.rpartition("/")[0]
    if folder not in {path.rpartition("/")[0] for path in paths} or _by_plugin(named, paths):
        return line
    answer = book.ask(
        f"java-jar:{line.name}",
        f"{line.name} starts {named[:80]}, but the build leaves another file: which one is it?",
        "the name is made of the artifact's name and its version; one of the two was changed",
        choices=tuple(fitting or paths),
        found=(line.evidence, *(jar.evidence for jar in built.jars)),
    )
    if answer is None:
        return line
    command = line.command.replace(match.group(1), answer, 1)
    return line.model_copy(update={"command": command})


def _by_plugin(named: str, paths: Iterable[str]) -> bool:
    """`demo-1.0-exec.jar` beside `demo-1.0.jar`: a classifier that a plugin adds."""
    stems = [path.rpartition(".")[0] for path in paths]
    return any(named.startswith(f"{stem}-") for stem in stems)


def only_jars(book: Notebook, lines: tuple[ProcessLine, ...]) -> dict[str, Evidence]:
    """The jars when nothing but `java -jar FILE` runs; {} when more of /app may be needed."""
    found: dict[str, Evidence] = {}
    if book.known.jobs or book.has(".profile"):
        return {}
    for line in lines:
        if line.action == "left-out":
            continue
        for words in commands(line.command):
            at = words.index("-jar") + 1 if "-jar" in words else len(words)
            plain = at < len(words) and re.fullmatch(r"(?:\./)?[\w./+-]+\.[jw]ar", words[at])
            others = [w for n, w in enumerate(words[1:], 1) if n != at and _FILE.search(w)]
            if words[0] != "java" or not plain or others:
                return {}
            found.setdefault(words[at].removeprefix("./"), line.evidence)
    return found


def opened_files(book: Notebook) -> dict[str, Evidence]:
    """Files and folders of the repository that code or settings open by a relative path."""
    paths = {entry.path for entry in book.view.entries()}
    found: dict[str, Evidence] = {}
    for entry in book.view.entries():
        if not entry.path.endswith((".java", ".kt", ".properties", ".yml", ".yaml")):
            continue
        if "/test/" in f"/{entry.path}":
            continue
        text = book.text(entry.path)
        for match in _OPENED.finditer(text):
            name = (match.group(1) or match.group(2)).removeprefix("./").rstrip("/")
            inside = name in paths or any(p.startswith(f"{name}/") for p in paths)
            if name and inside and re.fullmatch(r"[\w./-]+", name) and not name.startswith("src/"):
                line = text.count("\n", 0, match.start()) + 1
                place = Evidence(path=entry.path, line=line, fact=f"opens {name}")
                found.setdefault(name, place)
    return found
