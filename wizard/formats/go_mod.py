"""go.mod: a Go module's name, its versions of Go, what it needs, and the buildpack's comments."""

import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

_VERSION = re.compile(r"(?:go)?(\d{1,2})\.(\d{1,3})(?:\.\d{1,3}|(?:rc|beta)\d{1,2})?(?:-\S+)?")
_HEROKU = re.compile(r"//\s*\+heroku\s+(goVersion|install)\s+(.*\S)")
_BLOCKS = frozenset({"require", "replace", "exclude", "retract", "tool", "ignore", "godebug"})


class GoVersion(Frozen):
    """A version as it stands, as numbers, and its line."""

    text: str
    major: int
    minor: int
    line: int


class GoNeed(Frozen):
    """A module that is required, or the local folder that replaces one."""

    name: str
    line: int


class GoMod(Frozen):
    """`wanted` is `+heroku goVersion`, `install` the words of `+heroku install`."""

    module: str
    module_line: int = 0
    go: GoVersion | None = None
    toolchain: GoVersion | None = None
    wanted: GoVersion | None = None
    install: tuple[str, ...] = ()
    install_line: int = 0
    needs: tuple[GoNeed, ...] = ()
    local: tuple[GoNeed, ...] = ()


def read_go_mod(text: str, path: str = "go.mod") -> GoMod:
    """Read the file. Raises FormatError: no module line, a version that is none, an open block."""
    refuse_binary(text, path)
    found: dict[str, GoVersion] = {}
    module, module_line, block, opened = "", 0, "", 0
    install: tuple[str, ...] = ()
    install_line = 0
    needs: list[GoNeed] = []
    local: list[GoNeed] = []
    for number, line in numbered(text):
        comment = _HEROKU.search(line)
        if comment and comment.group(1) == "goVersion":
            found.setdefault("wanted", _version(comment.group(2).split()[0], path, number))
        elif comment and not install:
            install, install_line = tuple(comment.group(2).split()), number
        parts = line.partition("//")[0].split()
        if not parts:
            continue
        if block and parts == [")"]:
            block = ""
            continue
        word, rest = (block, parts) if block else (parts[0], parts[1:])
        if not block and rest == ["("] and word in _BLOCKS:
            block, opened = word, number
        elif word == "module":
            module, module_line = (_bare(rest[0]) if rest else ""), number
        elif word in ("go", "toolchain") and rest:
            if rest[0] not in ("default", "local"):
                found[word] = _version(rest[0], path, number)
        elif word == "require" and rest:
            needs.append(GoNeed(name=_bare(rest[0]), line=number))
        elif word == "replace" and "=>" in rest:
            target = _bare("".join(rest[rest.index("=>") + 1 :][:1]))
            if target.startswith(("./", "../")):
                local.append(GoNeed(name=target, line=number))
    if block:
        raise FormatError(path, opened, f"“{block} (” is never closed")
    if not module:
        raise FormatError(path, module_line or 1, "no module is named")
    return GoMod(
        module=module,
        module_line=module_line,
        go=found.get("go"),
        toolchain=found.get("toolchain"),
        wanted=found.get("wanted"),
        install=install,
        install_line=install_line,
        needs=tuple(needs),
        local=tuple(local),
    )


def _bare(word: str) -> str:
    return word.strip('"`')


def _version(word: str, path: str, line: int) -> GoVersion:
    match = _VERSION.fullmatch(word)
    if match is None:
        raise FormatError(path, line, f"“{word}” is no version of Go")
    return GoVersion(text=word, major=int(match.group(1)), minor=int(match.group(2)), line=line)
