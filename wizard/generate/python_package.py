"""A Python app as it is: package manager, and what the running app depends on."""

import posixpath
import re

from wizard.formats.python_project import (
    Pyproject,
    PythonLock,
    read_pipfile_lock,
    read_poetry_lock,
    read_pyproject,
    read_uv_lock,
)
from wizard.formats.requirements import Requirement, Requirements, read_requirements
from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.generate.python_version import PythonVersion, read_version
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

LOCKS = {
    "Pipfile.lock": "pipenv", "requirements.txt": "pip", "poetry.lock": "poetry",
    "uv.lock": "uv",
}  # fmt: skip


_DEVELOPMENT = re.compile(
    r"(?:^|[/_.-])(?:dev\w*|tests?|testing|docs?|lint|local|ci|tools?)(?:[_-]requirements)?\.txt$"
)


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
        read_version(book)
        return None
    manager, path = chosen
    project = book.parsed("pyproject.toml", read_pyproject)
    roots = project.packages if project else ()
    if manager == "pip":
        version = read_version(book)
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
    version = read_version(book)
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
