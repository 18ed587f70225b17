"""Files that name a runtime's version: .python-version, .ruby-version, .nvmrc and the like."""

import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

NODE_CODENAMES = {
    "dubnium": 10, "erbium": 12, "fermium": 14, "gallium": 16, "hydrogen": 18, "iron": 20,
    "jod": 22, "krypton": 24,
}  # fmt: skip
"""Node's long-term lines by name (nodejs.org/en/about/previous-releases)."""
_PYTHON = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?")
_RUBY = re.compile(
    r"(?:ruby-)?(\d{1,3}(?:\.\d{1,3}){0,2}(?:[.-]?(?:preview|rc)\d+)?)(?:-?p\d+)?(?:@\S+)?"
)
_NODE = re.compile(r"v?(\d{1,3})(?:\.\d{1,4}|\.x){0,2}")


class RuntimeVersion(Frozen):
    """A version as it stands (`text`), as numbers as far as told, and its line."""

    text: str
    major: int
    minor: int | None = None
    line: int = 1


def read_runtime_txt(text: str, path: str = "runtime.txt") -> RuntimeVersion:
    """`python-3.12.4`. Raises FormatError for anything else."""
    line, word = _first(text, path)
    return _python(word.removeprefix("python-").strip(), path, line)


def read_python_version(text: str, path: str = ".python-version") -> RuntimeVersion:
    """`3.12` or `3.12.4`, comments allowed. Raises FormatError, also for PyPy and the like."""
    line, word = _first(text, path)
    return _python(word.removeprefix("python-"), path, line)


def read_node_version(text: str, path: str = ".nvmrc") -> RuntimeVersion | None:
    """`18`, `v18.12.1` or `lts/iron`; None for names that move (`node`, `lts/*`, `stable`)."""
    line, word = _first(text, path)
    name = word.removeprefix("lts/").lower()
    if name in NODE_CODENAMES:
        return RuntimeVersion(text=word, major=NODE_CODENAMES[name], line=line)
    match = _NODE.fullmatch(word)
    if match is not None:
        return RuntimeVersion(text=word, major=int(match.group(1)), line=line)
    if name in ("*", "node", "stable", "latest", "current", "lts", "system"):
        return None
    raise FormatError(path, line, f"“{word}” is no version of Node")


def read_ruby_version(text: str, path: str = ".ruby-version") -> RuntimeVersion:
    """`3.2.2` or `ruby-3.2.2`, a gemset behind `@` dropped. Raises FormatError, also for JRuby."""
    line, word = _first(text, path)
    match = _RUBY.fullmatch(word)
    if match is None:
        raise FormatError(path, line, f"“{word}” is no version of Ruby")
    exact = match.group(1)
    major, _, rest = exact.partition(".")
    minor = re.match(r"\d+", rest)
    return RuntimeVersion(
        text=exact, major=int(major), minor=int(minor.group()) if minor else None, line=line
    )


def read_tool_versions(text: str, path: str = ".tool-versions") -> dict[str, tuple[str, int]]:
    """Tool → first version asked for and its line. Raises FormatError."""
    refuse_binary(text, path)
    found: dict[str, tuple[str, int]] = {}
    for number, line in numbered(text):
        parts = line.partition("#")[0].split()
        if len(parts) > 1:
            found.setdefault(parts[0], (parts[1], number))
    return found


def _first(text: str, path: str) -> tuple[int, str]:
    refuse_binary(text, path)
    for number, line in numbered(text):
        word = line.partition("#")[0].strip()
        if word:
            return number, word
    raise FormatError(path, 1, "the file is empty")


def _python(word: str, path: str, line: int) -> RuntimeVersion:
    match = _PYTHON.fullmatch(word)
    if match is None:
        raise FormatError(path, line, f"“{word}” is no version of CPython")
    minor = None if match.group(2) is None else int(match.group(2))
    return RuntimeVersion(text=word, major=int(match.group(1)), minor=minor, line=line)
