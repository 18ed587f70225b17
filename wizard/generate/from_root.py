"""An app in a folder, built from the root: Aptible reads Dockerfile and Procfile nowhere else."""

import json
import re

from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.errors import FormatError
from wizard.generate.app_folder import ANSWER, AppFolder, Below
from wizard.generate.configuration_mount import MOUNT
from wizard.generate.dockerignore import PATH as IGNORE
from wizard.generate.dockerignore import write_dockerignore
from wizard.generate.left_behind import left_behind
from wizard.generate.notebook import Notebook
from wizard.generate.scan import Scan
from wizard.model.files import Evidence, Finding, GeneratedFile, Line, Proposal, newline_of
from wizard.model.repo_view import RepoView

DOCKERFILE = "Dockerfile"
_IN_ROOT = frozenset({DOCKERFILE, "Procfile", ".aptible.yml"})
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
_CONFIGURATION = ".aptible.env*"


def from_root(found: Proposal, book: Notebook, below: Below, folder: AppFolder) -> Proposal:
    """The proposal for a folder with its files where they are read. `book` is the root's."""
    place = _Placed(below, folder.path)
    files = [
        _moved(file, book.view, place)
        for file in found.files
        if file.path != IGNORE
    ]  # fmt: skip
    dockerfile = next((file for file in files if file.path == DOCKERFILE), None)
    if dockerfile is not None:
        aside = Notebook(below, book.known, {}, book.today)
        gone = tuple(f"{folder.path}/{path}" for path in left_behind(aside, Scan(below)))
        files.append(write_dockerignore(book, dockerfile.text, gone))
        _several_rows(book, dockerfile)
    _workspace(book, below, folder)
    questions = [
        question.model_copy(update={"found": place.all(question.found)})
        for question in found.questions
    ]
    said = Finding(
        id="app-folder",
        level="note",
        title=f"the app lies in {folder.path}/: a Dockerfile in the root builds it from there",
        remedy="Aptible reads Dockerfile, Procfile and .aptible.yml in the root only; "
        "`moveday files --path FOLDER` takes another folder",
        evidence=folder.evidence,
    )
    return found.model_copy(
        update={
            "files": tuple(files),
            "questions": (*book.questions, *questions),
            "findings": (said, *(_finding(one, place) for one in found.findings)),
            "matches": tuple(
                match.model_copy(update={"evidence": place.all(match.evidence)})
                for match in found.matches
            ),
            "answered": found.answered | ({folder.chosen: folder.path} if folder.chosen else {}),
        }
    )


def no_such_folder(folder: AppFolder, book: Notebook) -> Proposal:
    """Nothing lies there: said, and nothing proposed."""
    book.ask(
        ANSWER,
        f"nothing lies in {folder.path}/: which folder is the app's?",
        "name one below the root of the repository, with `/` between its parts",
        free=True,
    )
    return Proposal(main="", questions=tuple(book.questions))


class _Placed:
    """Evidence of the folder with its path in the repository."""

    def __init__(self, below: Below, folder: str) -> None:
        self._below, self.folder = below, folder

    def one(self, evidence: Evidence) -> Evidence:
        inside = evidence.path in self._below.own or any(
            path.startswith(f"{evidence.path}/") for path in self._below.own
        )
        path = f"{self.folder}/{evidence.path}" if inside else evidence.path
        return evidence.model_copy(update={"path": path})

    def all(self, found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(self.one(evidence) for evidence in found)


def _finding(found: Finding, place: _Placed) -> Finding:
    return found.model_copy(update={"evidence": place.all(found.evidence)})


def _moved(file: GeneratedFile, root: RepoView, place: _Placed) -> GeneratedFile:
    """The file at its place in the repository, what it copies named from the root."""
    path = file.path if file.path in _IN_ROOT else f"{place.folder}/{file.path}"
    before = root.read(path)
    mounted = file.path == DOCKERFILE and MOUNT in file.text
    lines = []
    for line in file.lines:
        text = line.text
        if file.path == DOCKERFILE:
            text = _copied(text, place.folder, with_configuration=not mounted)
        lines.append(line.model_copy(update={"text": text, "evidence": place.all(line.evidence)}))
    return GeneratedFile(
        path=path, lines=_known(lines, before), before=before, newline=newline_of(before)
    )


def _known(lines: list[Line], before: str | None) -> tuple[Line, ...]:
    """Rows that came from the folder are new in the root."""
    there = set((before or "").splitlines())
    return tuple(
        line.model_copy(update={"rule": "F46"})
        if line.rule == "F27" and line.text.strip() and line.text not in there
        else line
        for line in lines
    )


def _copied(text: str, folder: str, *, with_configuration: bool) -> str:
    match = re.match(r"^\s*(COPY|ADD)\s+(.*)$", text, re.IGNORECASE)
    rest = match.group(2).strip() if match else ""
    if match is None or "--from=" in rest or "<<" in rest or rest.endswith("\\"):
        return text
    flags = re.match(r"(?:--\S+\s+)*", rest)
    head = flags.group() if flags else ""
    rest = rest[len(head) :]
    try:
        words = [str(word) for word in json.loads(rest)] if rest.startswith("[") else rest.split()
    except ValueError:
        words = rest.split()
    *sources, target = words
    named = [_named(source, folder) for source in sources]
    if with_configuration and f"{folder}/" in named and _CONFIGURATION not in named:
        named.append(_CONFIGURATION)
    if len(named) > 1 and not target.endswith("/"):
        target += "/"
    words = [*named, target]
    quoted = any(" " in word for word in words)
    joined = json.dumps(words, ensure_ascii=False) if quoted else " ".join(words)
    return f"{match.group(1)} {head}{joined}"


def _named(source: str, folder: str) -> str:
    if source.startswith(".aptible.env") or "://" in source:
        return source
    bare = source.removeprefix("./").lstrip("/")
    return f"{folder}/{'' if bare in ('', '.') else bare}"


def _several_rows(book: Notebook, dockerfile: GeneratedFile) -> None:
    """A COPY of one's own over several rows is not rewritten row by row."""
    try:
        found = read_dockerfile(dockerfile.text).instructions
    except FormatError:
        return
    rows = [i for i in found if i.word in ("COPY", "ADD") and i.sources() and i.line != i.last]
    if rows:
        book.ask(
            "copy-rows",
            "the Dockerfile has a COPY over several rows: it cannot be turned to the root as it is",
            "write it in one row, or answer `dockerfile: replace`",
            found=tuple(Evidence(path=DOCKERFILE, line=i.line, fact=i.rest[:60]) for i in rows),
        )


def _workspace(book: Notebook, below: Below, folder: AppFolder) -> None:
    """A workspace is installed from the root: its lock file lies there."""
    if below.entry("package.json") is None or any(below.entry(lock) for lock in _LOCKS):
        return
    locks = [lock for lock in _LOCKS if book.has(lock)]
    if locks and ('"workspaces"' in book.text("package.json") or book.has("pnpm-workspace.yaml")):
        book.ask(
            "workspace",
            f"{folder.path} is a workspace of the package in the root: it is installed from there",
            "leave --path out, and name its command in the Procfile in the root",
            found=tuple(Evidence(path=lock, fact="locks the workspaces") for lock in locks),
        )
