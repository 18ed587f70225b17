"""A Python app as it is: version, package manager, and what the running app depends on."""

import posixpath
import re

from wizard.formats.python_project import (
    Pyproject,
    PythonLock,
    read_pipfile,
    read_pipfile_lock,
    read_poetry_lock,
    read_pyproject,
    read_uv_lock,
)
from wizard.formats.requirements import Requirement, Requirements, read_requirements
from wizard.formats.runtime_versions import (
    RuntimeVersion,
    read_python_version,
    read_runtime_txt,
    read_tool_versions,
)
from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.generate.tables.releases import PYTHON, PYTHON_DEFAULT, PYTHON_OLD, PYTHON_OLDEST
from wizard.model.files import Confidence, Evidence, Line
from wizard.model.frozen import Frozen

LOCKS = {
    "Pipfile.lock": "pipenv", "requirements.txt": "pip", "poetry.lock": "poetry",
    "uv.lock": "uv",
}  # fmt: skip


GONE = "python-version-gone"
"""The question that is asked where apt-get would fail in an image as old as the app."""
_DEVELOPMENT = re.compile(
    r"(?:^|[/_.-])(?:dev\w*|tests?|testing|docs?|lint|local|ci|tools?)(?:[_-]requirements)?\.txt$"
)


class PythonVersion(Frozen):
    """`number` such as "3.12"; `debian` of its image, "" for one that names none."""

    number: str
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"


class PythonPackage(Frozen):
    """`files` and `folders` are what an install reads beside `lock_path`."""

    version: PythonVersion
    manager: str
    lock_path: str
    packages: dict[str, Requirement]
    pyproject: Pyproject | None = None
    tool: str = ""
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    from_git: tuple[Evidence, ...] = ()
    variables: tuple[Evidence, ...] = ()

    def place(self, name: str) -> Evidence:
        """Where a dependency is named."""
        found = self.packages[name]
        return Evidence(path=found.path or self.lock_path, line=found.line, fact=name)


def read_python_package(book: Notebook, detection: Detection) -> PythonPackage | None:
    """The app in the root; None when a question stands in the way."""
    chosen = _manager(book, detection)
    if chosen is None:
        _version(book)
        return None
    manager, path = chosen
    project = book.parsed("pyproject.toml", read_pyproject)
    roots = project.packages if project else ()
    if manager == "pip":
        version = _version(book)
        found = _pip(book, path)
        if version is None or found is None:
            return None
        return found.model_copy(update={"version": version, "pyproject": project})
    lock: PythonLock | None
    if manager == "pipenv":
        lock = book.parsed(path, read_pipfile_lock)
    elif manager == "poetry":
        lock = book.parsed(path, lambda text, where: read_poetry_lock(text, roots, where))
    else:
        lock = book.parsed(path, lambda text, where: read_uv_lock(text, roots, where))
    version = _version(book)
    if lock is None or version is None:
        return None
    packages = {r.name: r for r in roots} if manager != "pipenv" else {}
    packages |= {r.name: r for r in lock.packages}
    git = (Evidence(path=path, line=lock.from_git, fact="a package comes from git"),)
    return PythonPackage(
        version=version,
        manager=manager,
        lock_path=path,
        packages=packages,
        pyproject=project,
        tool=lock.tool,
        from_git=git if lock.from_git else (),
    )


def base_line(version: PythonVersion, name: str = "") -> Line:
    """FROM for this version; `name` of the stage."""
    image = f"FROM python:{version.number}-slim-{version.debian}".rstrip("-")
    text = f"{image} AS {name}" if name else image
    return Line(text=text, rule="F01", evidence=version.evidence, confidence=version.confidence)


def _manager(book: Notebook, detection: Detection) -> tuple[str, str] | None:
    locks = book.present(*LOCKS)
    places = tuple(Evidence(path=path, fact="is there") for path in locks)
    if len(locks) > 1:
        asked = [p for p in detection.buildpacks if p.key in ("poetry", "uv")]
        wanted = f"{asked[-1].key}.lock" if asked else ""
        if wanted in locks:
            return LOCKS[wanted], wanted
        answer = book.ask(
            "python-lock",
            f"which file holds the versions that run: {', '.join(locks)}?",
            "Heroku refuses a build with several; delete the others",
            choices=tuple(LOCKS[path] for path in locks),
            found=places,
        )
        path = next((path for path in locks if LOCKS[path] == answer), "")
        return (LOCKS[path], path) if path else None
    if locks:
        return LOCKS[locks[0]], locks[0]
    elsewhere = [
        entry.path
        for entry in book.view.entries()
        if re.fullmatch(
            r"(requirements/[\w.-]+|requirements[\w-]+|[\w-]+/requirements)\.txt", entry.path
        )
    ]
    served = [path for path in elsewhere if not _DEVELOPMENT.search(path)]
    if len(served) == 1 and len(elsewhere) > 1:
        book.warn(
            "python-requirements",
            f"{served[0]} is installed: Heroku looks for requirements.txt in the root only",
            "the others are named for development",
            *(Evidence(path=path, fact="is there") for path in elsewhere),
        )
        return "pip", served[0]
    if elsewhere:
        answer = book.ask(
            "python-requirements",
            "which requirements file does production install?",
            "there is no requirements.txt in the root, where Heroku looks",
            choices=tuple(elsewhere),
            found=tuple(Evidence(path=path, fact="is there") for path in elsewhere),
        )
        return ("pip", answer) if answer else None
    seen = book.present("Pipfile", "pyproject.toml", "setup.py")
    book.ask(
        "python-no-lock",
        "there is no requirements.txt and no lock file: which versions shall be installed?",
        "commit a lock file (uv lock, poetry lock, pipenv lock) or a requirements.txt",
        found=tuple(Evidence(path=path, fact="names no exact versions") for path in seen),
    )
    return None


def _pip(book: Notebook, path: str) -> PythonPackage | None:
    todo, seen = [path], list[str]()
    packages: dict[str, Requirement] = {}
    folders: list[str] = []
    git: list[Evidence] = []
    variables: list[Evidence] = []
    while todo:
        name = todo.pop(0)
        if name in seen:
            continue
        found = book.parsed(name, read_requirements)
        if found is None:
            if not book.has(name):
                book.ask(
                    f"missing:{name}",
                    f"{seen[-1] if seen else path} includes {name}, which is not in the repository",
                    "pip would stop there",
                )
            return None
        seen.append(name)
        here = posixpath.dirname(name)
        todo += [posixpath.normpath(posixpath.join(here, f)) for f, _ in found.files]
        folders += [f for f, _ in found.folders]
        packages |= {p.name: p for p in found.packages}
        _collect(book, name, found, git, variables)
    version = PythonVersion(number="", debian="", evidence=())
    return PythonPackage(
        version=version,
        manager="pip",
        lock_path=path,
        packages=packages,
        files=tuple(seen),
        folders=tuple(folders),
        from_git=tuple(git),
        variables=tuple(variables),
    )


def _collect(
    book: Notebook, path: str, found: Requirements, git: list[Evidence], names: list[Evidence]
) -> None:
    if found.from_git:
        git.append(Evidence(path=path, line=found.from_git, fact="a package comes from git"))
    names += [Evidence(path=path, line=n, fact=f"reads {name}") for name, n in found.variables]
    for line in found.login_lines:
        book.warn(
            "secret-in-address",
            f"{path} holds a password in an address",
            "take it out, revoke it, and read it from the environment: ${NAME}",
            Evidence(path=path, line=line, fact="has a login in it"),
        )


def _version(book: Notebook) -> PythonVersion | None:
    """Heroku's order: runtime.txt, .python-version, Pipfile.lock; then what the project allows."""
    found: list[tuple[RuntimeVersion, Evidence]] = []
    for path, reader in (
        ("runtime.txt", read_runtime_txt),
        (".python-version", read_python_version),
    ):
        version = book.parsed(path, reader)
        if version is not None:
            fact = f"says {version.text}"
            found.append((version, Evidence(path=path, line=version.line, fact=fact)))
    pipenv = book.parsed("Pipfile.lock", read_pipfile_lock)
    if pipenv is not None and re.fullmatch(r"3\.\d+(\.\d+)?", pipenv.python):
        version = read_python_version(pipenv.python)
        fact = f"says {pipenv.python}"
        place = Evidence(path="Pipfile.lock", line=pipenv.python_line, fact=fact)
        found.append((version, place))
    numbers = {(v.major, v.minor) for v, _ in found if v.minor is not None}
    if len(numbers) > 1:
        book.warn(
            "python-version-conflict",
            f"{found[0][1]}, {'; '.join(str(place) for _, place in found[1:])}",
            f"Heroku takes {found[0][1].path}, and so does this; make them agree",
            *(place for _, place in found),
        )
    if found:
        version, place = found[0]
        minor = version.minor if version.minor is not None else PYTHON_DEFAULT[1]
        return _supported(book, (version.major, minor), place)
    return _by_range(book)


def _by_range(book: Notebook) -> PythonVersion | None:
    project = book.parsed("pyproject.toml", read_pyproject)
    wanted = project.requires if project else book.parsed("Pipfile", read_pipfile) or ""
    line = project.requires_line if project else 0
    tools = book.parsed(".tool-versions", read_tool_versions) or {}
    path = "pyproject.toml" if project else "Pipfile"
    if not wanted and re.match(r"3\.\d+", tools.get("python", ("", 0))[0]):
        wanted, line = tools["python"]
        path = ".tool-versions"
    lowest = re.search(r"(?<![<!\d.])(?:>=|\^|~=?|==|>)?\s*3\.(\d+)", wanted)
    if lowest is not None:
        below = re.search(r"<\s*3\.(\d+)", wanted)
        minor = max(int(lowest.group(1)), PYTHON_OLDEST[1])
        if below is not None and minor >= int(below.group(1)):
            minor = int(lowest.group(1))
        place = Evidence(path=path, line=line, fact=f"asks for Python {wanted}")
        found = _supported(book, (3, minor), place)
        return found.model_copy(update={"confidence": "likely"}) if found else None
    number = f"{PYTHON_DEFAULT[0]}.{PYTHON_DEFAULT[1]}"
    default = Evidence(path="requirements.txt", fact="comes without a version of Python")
    book.warn(
        "python-version-missing",
        f"no version of Python is named: {number}, Heroku's default for a new app, is taken",
        "an app keeps the version of its first build: ask the live one (`heroku run python "
        "--version`) and write it into .python-version",
        default,
    )
    return PythonVersion(
        number=number, debian=PYTHON[PYTHON_DEFAULT][1], evidence=(default,), confidence="assumed"
    )


def _supported(book: Notebook, wanted: tuple[int, int], place: Evidence) -> PythonVersion | None:
    number = f"{wanted[0]}.{wanted[1]}"
    old = wanted in PYTHON_OLD and GONE not in book.answers
    if wanted in PYTHON or old:
        end, debian = (PYTHON_OLD[wanted], "") if old else PYTHON[wanted]
        if end < book.today:
            book.warn(
                "python-eol",
                f"Python {number} has had no security fixes since {end:%B %Y}",
                "it builds and runs as before; plan the update for after the move",
                place,
            )
        return PythonVersion(number=number, debian=debian, evidence=(place,))
    if wanted > max(PYTHON):
        return PythonVersion(
            number=number, debian="bookworm", evidence=(place,), confidence="likely"
        )
    answer = book.ask(
        GONE,
        f"Python {number} has no image that still builds: which version shall it be?",
        "its image stands on a Debian whose package archive is gone, so apt-get would fail",
        choices=tuple(f"{major}.{minor}" for major, minor in PYTHON),
        found=(place,),
    )
    if answer is None:
        return None
    major, minor = (int(part) for part in answer.split("."))
    return PythonVersion(
        number=answer, debian=PYTHON[major, minor][1], evidence=(place,), confidence="likely"
    )
