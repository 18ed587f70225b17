"""Where in the repository does the app lie? In the root, in one folder, or in several."""

import posixpath
import re
from collections.abc import Mapping

from wizard.model.files import Evidence
from wizard.model.frozen import Frozen
from wizard.model.repo_view import RepoEntry, RepoView

ANSWER, SEVERAL = "path", "several-apps"
_SIGNS = frozenset({
    "Gemfile", "package.json", "Pipfile", "requirements.txt", "pyproject.toml", "pom.xml",
    "build.gradle", "build.gradle.kts", "build.sbt", "composer.json", "go.mod", "mix.exs",
    "Cargo.toml", "project.clj", "static.json",
})  # fmt: skip
_ROOT = _SIGNS | {
    "Dockerfile", "heroku.yml", "index.php", "manage.py", "app.py", "main.py", "server.py",
    "setup.py", "gradlew", "runtime.txt", ".python-version", "Pipfile.lock", "poetry.lock",
    "uv.lock", "server.js",
}  # fmt: skip
_ASIDE = re.compile(
    r"(^|/)(docs?|tests?|specs?|examples?|samples?|scripts|tools|fixtures|node_modules|vendor"
    r"|e2e|cypress|\.[^/]+)(/|$)"
)
_FROM_ROOT = ("Procfile", "app.json", ".buildpacks", ".slugignore", ".aptible.yml")


class AppFolder(Frozen):
    """`path` relative to the root; `chosen` by a person, under this question's id, or ""."""

    path: str
    chosen: str = ""
    evidence: tuple[Evidence, ...] = ()


def app_folder(view: RepoView, answers: Mapping[str, str]) -> AppFolder | None:
    """The folder that was asked for, or the only one with an app; None for the root."""
    for id in (ANSWER, SEVERAL):
        wish = posixpath.normpath(answers.get(id, "").strip().strip("/") or ".")
        if wish != ".":
            return AppFolder(path=wish, chosen=id)
    if any(_of_root(entry.path) for entry in view.entries()):
        return None
    below = apps_below(view)
    if len(below) != 1:
        return None
    path, evidence = next(iter(below.items()))
    return AppFolder(path=path, evidence=evidence)


def apps_below(view: RepoView) -> dict[str, tuple[Evidence, ...]]:
    """Folders that hold what an app is built from, at most two deep; none inside another."""
    found: dict[str, list[Evidence]] = {}
    for entry in view.entries():
        folder, _, name = entry.path.rpartition("/")
        if entry.kind != "file" or not folder or folder.count("/") > 1 or name not in _SIGNS:
            continue
        if not _ASIDE.search(folder) and re.fullmatch(r"[\w./@-]+", folder):
            found.setdefault(folder, []).append(Evidence(path=entry.path, fact="is there"))
    outer = [f for f in found if not any(f.startswith(f"{other}/") for other in found)]
    return {folder: tuple(found[folder]) for folder in sorted(outer)}


def _of_root(path: str) -> bool:
    return path in _ROOT or ("/" not in path and path.endswith((".sln", ".csproj", ".sbt")))


class Below:
    """Implements RepoView: a folder as if it were the root. What lies beside it is not seen.

    Files about the deployment are read from the root where the folder has none; `cd FOLDER` in
    them leads nowhere any more and goes.
    """

    def __init__(self, view: RepoView, folder: str) -> None:
        self._view = view
        self._folder = folder
        start = f"{folder}/"
        inside = (e for e in view.entries() if e.path.startswith(start))
        found = {e.path[len(start) :]: e for e in inside}
        self.own = frozenset(found)
        for name in _FROM_ROOT:
            entry = view.entry(name)
            if name not in found and entry is not None and entry.kind == "file":
                found[name] = entry
        self._entries = {
            path: entry.model_copy(update={"path": path}) for path, entry in sorted(found.items())
        }

    def entries(self) -> tuple[RepoEntry, ...]:
        """Every path, sorted."""
        return tuple(self._entries.values())

    def entry(self, path: str) -> RepoEntry | None:
        """What lies at exactly this path; None when nothing does."""
        return self._entries.get(path)

    def read(self, path: str) -> str | None:
        """The text of a regular file; None when absent, no file, too large, or binary."""
        if path not in self._entries:
            return None
        if path in self.own:
            return self._view.read(f"{self._folder}/{path}")
        text = self._view.read(path)
        pattern = rf"\bcd (?:\./)?{re.escape(self._folder)}/?\s*(?:&&|;)\s*"
        return None if text is None else re.sub(pattern, "", text)
