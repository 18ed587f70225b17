"""What does a script of the repository end with: a program in its place, or one below its shell?"""

import re

from wizard.generate.commands import commands, words
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ash"})
_SHEBANG = re.compile(r"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(?:\S*/)?([\w.-]+)")
_CLOSING = re.compile(r"(fi|done|esac|else|then|do|;;|[{})]+)\s*;?$")
_NO_END = frozenset({"exit", "echo", "printf", "true", "return", "set", ":"})
_FUNCTION = re.compile(r"^\s*(?:function\s+)?([\w-]+)\s*\(\)", re.M)
_EXEC = re.compile(r"(?:^|[;&|]\s*|\s)exec\s+(?![<>&\d])")


class ScriptEnd(Frozen):
    """`command` is the last line of `path`, without exec; `replaced`: it takes the shell's place.

    `traps`: the script handles the signal itself.
    """

    path: str
    line: int
    command: str
    replaced: bool
    traps: bool

    @property
    def place(self) -> Evidence:
        """Where the script ends."""
        return Evidence(path=self.path, line=self.line, fact=f"ends with {self.command}"[:80])


def interpreter(book: Notebook, word: str) -> str:
    """The program that runs a file of the repository, by its first line; "" for no such file."""
    path = word.removeprefix("/app/").removeprefix("./")
    if not word or not book.has(path):
        return ""
    found = _SHEBANG.match(book.text(path))
    if found is None:
        return "sh" if path.endswith(".sh") else ""
    return found.group(1)


def script_end(book: Notebook, command: str) -> ScriptEnd | None:
    """The end of the shell script that a simple command runs; None when it runs none."""
    found = next(iter(commands(command)), [])
    if found[:1] and found[0].rpartition("/")[2] in _SHELLS:
        found = [word for word in found[1:] if not word.startswith("-")]
        shell = bool(found) and book.has(found[0].removeprefix("/app/").removeprefix("./"))
    else:
        shell = bool(found) and interpreter(book, found[0]) in _SHELLS
    if not shell:
        return None
    path = found[0].removeprefix("/app/").removeprefix("./")
    return _end(path, book.text(path), found[1:])


def _end(path: str, text: str, given: list[str]) -> ScriptEnd | None:
    rows = [(n, row.strip()) for n, row in _whole_lines(text)]
    rows = [(n, row) for n, row in rows if row and not row.startswith("#")]
    own = set(_FUNCTION.findall(text))
    for number, row in reversed(rows):
        row = re.sub(r"\s*(;;|;)$", "", row)  # noqa: PLW2901
        row = re.sub(r"^(?:else|then|do)\s+", "", row)  # noqa: PLW2901
        first = (words(row) or row.split() or [""])[0]
        if not row or _CLOSING.fullmatch(row) or first in _NO_END:
            continue
        replaced = _EXEC.search(row) is not None or (first in own and bool(_EXEC.search(text)))
        command = row.rpartition("exec ")[2] if replaced else row
        if re.fullmatch(r"""["']?\$\{?@\}?["']?""", command):
            command = " ".join(given)
        traps = re.search(r"^\s*trap\s.*\b(?:SIG)?TERM\b", text, re.M) is not None
        return ScriptEnd(path=path, line=number, command=command, replaced=replaced, traps=traps)
    return None


def _whole_lines(text: str) -> list[tuple[int, str]]:
    """Lines with those behind a backslash joined, by the number of the first."""
    found: list[tuple[int, str]] = []
    open_row = ""
    for number, row in enumerate(text.split("\n"), 1):
        bare = row.rstrip("\r")
        if open_row:
            start, so_far = found[-1]
            found[-1] = (start, f"{so_far[:-1].rstrip()} {bare.strip()}")
        else:
            found.append((number, bare))
        open_row = "\\" if bare.endswith("\\") and not bare.lstrip().startswith("#") else ""
    return found
