"""Commands that a package manager of Python starts: the environment is on the PATH, it is not."""

import re

from wizard.generate.because import RULES
from wizard.generate.commands import split
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.run_scripts import called_in_scripts

_MANAGERS = ("uv", "poetry", "pipenv")
_RUN = re.compile(
    r"^(?P<front>(?:exec\s+|env\s+|[A-Z_]\w*=\S*\s+)*)(?:uv|poetry|pipenv)\s+run\s+"
    r"(?:(?:--(?:frozen|locked|no-sync|no-dev|quiet|offline|no-default-groups|isolated|exact)|-q"
    r"|--(?:no-)?(?:group|extra)[ =]\S+|--python[ =]\S+|-p\s+\S+)\s+)*(?:--\s+)?(?P<rest>\S.*)$",
    re.DOTALL,
)
_MODULE = re.compile(r"(?:-m|--module)\s+")


def without_manager(book: Notebook, lines: tuple[ProcessLine, ...]) -> tuple[ProcessLine, ...]:
    """The lines with `uv run` and the like gone; what cannot be taken apart is a finding."""
    places = list(called_in_scripts(book, [x for x in lines if x.action != "left-out"], _MANAGERS))
    changed = []
    for line in lines:
        command = plain(line.command)
        if line.kept and re.search(r"\b(?:uv|poetry|pipenv)\s+run\b", command):
            places.append(line.evidence)
        changed.append(
            line.model_copy(update={"command": command, "reason": RULES["F65"]})
            if line.kept and command != line.command
            else line.model_copy(update={"command": command})
        )
    if places:
        book.warn(
            "python-manager",
            "uv, Poetry and Pipenv install the packages and are not in the image: a command that "
            "starts one of them ends at once",
            "leave `uv run` and the like out: the environment is on the PATH already",
            *places,
        )
    return tuple(changed)


def plain(command: str) -> str:
    """The command without a manager in front of any of its parts."""
    parts = split(command)
    rows = [(_plain_part(part), mark) for part, mark in parts]
    if rows == parts:
        return command
    return "".join(
        row + (mark and (f"{mark} " if mark == ";" else f" {mark} ")) for row, mark in rows
    ).strip()


def _plain_part(part: str) -> str:
    found = _RUN.match(part)
    if found is None or (found["rest"].startswith("-") and not _MODULE.match(found["rest"])):
        return part
    rest = found["rest"]
    # uv runs a file or a module by Python itself.
    by_python = _MODULE.match(rest) or rest.split()[0].endswith(".py")
    return f"{found['front']}{'python ' if by_python else ''}{rest}"
