"""Which Python does the app run on, and is there an image of it?"""

import re

from wizard.formats.python_project import read_pipfile, read_pipfile_lock, read_pyproject
from wizard.formats.runtime_versions import (
    RuntimeVersion,
    read_python_version,
    read_runtime_txt,
    read_tool_versions,
)
from wizard.generate.notebook import Notebook
from wizard.generate.tables.releases import PYTHON, PYTHON_DEFAULT, PYTHON_OLD, PYTHON_OLDEST
from wizard.model.files import Confidence, Evidence, Line
from wizard.model.frozen import Frozen

GONE = "python-version-gone"
"""The question that is asked where apt-get would fail in an image as old as the app."""


class PythonVersion(Frozen):
    """`number` such as "3.12"; `debian` of its image, "" for one that names none."""

    number: str
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"


def base_line(version: PythonVersion, name: str = "") -> Line:
    """FROM for this version; `name` of the stage."""
    image = f"FROM python:{version.number}-slim-{version.debian}".rstrip("-")
    text = f"{image} AS {name}" if name else image
    return Line(text=text, rule="F01", evidence=version.evidence, confidence=version.confidence)


def read_version(book: Notebook) -> PythonVersion | None:
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
