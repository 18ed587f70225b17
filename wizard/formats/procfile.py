"""Procfile: process types and their commands, read as the classic platform reads them."""

import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

# The classic line pattern of the platform's own specification; the colon is optional in it. A name
# without a colon is believed only when it is a common one: prose must not become a service.
_LINE = re.compile(r"^\s*([A-Za-z0-9_-]+)(:?)\s*(.*?)\s*$")
_KNOWN = frozenset({"web", "worker", "release", "clock", "scheduler", "cron"})


class ProcfileEntry(Frozen):
    """One process type. `colon` is false when the line lacked it."""

    name: str
    command: str
    line: int
    colon: bool = True


class SkippedLine(Frozen):
    """A line that is no entry: a comment of another kind, prose."""

    text: str
    line: int


class Procfile(Frozen):
    """What the file says; of two entries with one name the last one counts."""

    entries: tuple[ProcfileEntry, ...]
    skipped: tuple[SkippedLine, ...] = ()
    doubled: tuple[str, ...] = ()

    def entry(self, name: str) -> ProcfileEntry | None:
        """The entry of this process type."""
        return next((entry for entry in self.entries if entry.name == name), None)


def read_procfile(text: str, path: str = "Procfile") -> Procfile:
    """Read the entries. Raises FormatError when there is text but no entry at all."""
    refuse_binary(text, path)
    found: dict[str, ProcfileEntry] = {}
    skipped, doubled = [], []
    for number, line in numbered(text):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        match = _LINE.match(line)
        name, colon, command = match.groups() if match else ("", "", "")
        if not command or (not colon and name not in _KNOWN):
            skipped.append(SkippedLine(text=bare, line=number))
            continue
        if name in found:
            doubled.append(name)
            del found[name]
        found[name] = ProcfileEntry(name=name, command=command, line=number, colon=bool(colon))
    if skipped and not found:
        raise FormatError(path, skipped[0].line, "no line reads `name: command`")
    return Procfile(entries=tuple(found.values()), skipped=tuple(skipped), doubled=tuple(doubled))
