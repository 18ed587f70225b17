"""requirements.txt: the names it asks for, and which other files it needs."""

import re

from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?")
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+")
_LOGIN = re.compile(r"://[^/\s@$]+:[^/\s@${]+@")


class Requirement(Frozen):
    """One package, name in its normal form; `extras` such as "binary"."""

    name: str
    extras: tuple[str, ...] = ()
    line: int = 0
    path: str = ""


class Requirements(Frozen):
    """`files` are named by -r and -c, `folders` are local packages; both as they stand.

    `variables`: an address takes a ${NAME} of the environment; `login_lines`: it has a password.
    """

    packages: tuple[Requirement, ...] = ()
    files: tuple[tuple[str, int], ...] = ()
    folders: tuple[tuple[str, int], ...] = ()
    from_git: int = 0
    variables: tuple[tuple[str, int], ...] = ()
    login_lines: tuple[int, ...] = ()


def normal_name(name: str) -> str:
    """The one spelling of a Python package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text: str, line: int = 0, path: str = "") -> Requirement | None:
    """The package that `Django[argon2]>=4 ; python_version > "3"` names."""
    match = _NAME.match(text.strip())
    if match is None:
        return None
    extras = tuple(
        e.strip().lower() for e in (match.group(2) or "[]")[1:-1].split(",") if e.strip()
    )
    return Requirement(name=normal_name(match.group(1)), extras=extras, line=line, path=path)


def read_requirements(text: str, path: str = "requirements.txt") -> Requirements:
    """Read one file; what it includes is named, not read. Raises FormatError for binary files."""
    refuse_binary(text, path)
    packages, files, folders, variables, logins = [], [], [], [], []
    from_git = 0
    for number, raw in _joined(text):
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if not line:
            continue
        variables += [(name, number) for name in re.findall(r"\$\{([A-Z0-9_]+)\}", line)]
        if _LOGIN.search(line):
            logins.append(number)
        word, rest = _option(line)
        if word in ("-r", "--requirement", "-c", "--constraint"):
            files.append((rest, number))
            continue
        if word.startswith("-") and word not in ("-e", "--editable"):
            continue
        target = rest if word in ("-e", "--editable") else line
        if _VCS.search(target):
            from_git = from_git or number
        egg = re.search(r"#egg=([\w.-]+)", raw) or re.match(
            r"^([\w.-]+)(\[[^\]]*\])?\s*@\s", target
        )
        if egg is not None:
            packages.append(Requirement(name=normal_name(egg.group(1)), line=number, path=path))
        elif re.match(r"^(\.{1,2}(/|$|\[)|/|file:)", target):
            folders.append((target, number))
        elif not _VCS.search(target) and "://" not in target:
            found = requirement(target, number, path)
            packages += [found] if found else []
    return Requirements(
        packages=tuple(packages), files=tuple(files), folders=tuple(folders), from_git=from_git,
        variables=tuple(variables), login_lines=tuple(logins),
    )  # fmt: skip


def _option(line: str) -> tuple[str, str]:
    match = re.match(
        r"^(-[rce]|--(?:requirement|constraint|editable))(?:\s+|=|(?<=-[rce]))(.+)$", line
    )
    if match is not None:
        return match.group(1), match.group(2).strip()
    word, _, rest = line.partition(" ")
    return word, rest.strip()


def _joined(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    open_line: tuple[int, str] | None = None
    for number, line in numbered(text):
        start, so_far = open_line or (number, "")
        open_line = (start, so_far + line[:-1] + " ") if line.endswith("\\") else None
        if open_line is None:
            lines.append((start, so_far + line))
    return [*lines, open_line] if open_line else lines
