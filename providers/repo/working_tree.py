"""A folder as it lies there, read-only: no symbolic link is followed, nothing outside is read."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from wizard.model.repo_view import TEXT_LIMIT, RepoEntry, as_text

LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".moveday", "node_modules", ".venv", "venv", "__pycache__", ".tox"}
)
"""Folders that are in no commit; left out where there is no git to ask."""
_MOST = 100_000
_CHUNK = 1_000_000


class WorkingTree:
    """Implements RepoView over a folder; texts are read when asked for, once."""

    def __init__(self, folder: Path, paths: Iterable[str]) -> None:
        """`paths` relative to `folder`; those that are not below it are not there."""
        self._folder = folder
        self._linked: dict[str, bool] = {"": False}
        found = (self._look(path) for path in sorted(set(paths)))
        self._entries = {entry.path: entry for entry in found if entry is not None}
        self._texts: dict[str, str | None] = {}

    def entries(self) -> tuple[RepoEntry, ...]:
        """Every path, sorted."""
        return tuple(self._entries.values())

    def entry(self, path: str) -> RepoEntry | None:
        """What lies at exactly this path; None when nothing does."""
        return self._entries.get(path)

    def read(self, path: str) -> str | None:
        """The text of a regular file; None when absent, no file, too large, or binary."""
        entry = self._entries.get(path)
        if entry is None or entry.kind != "file" or entry.size > TEXT_LIMIT:
            return None
        if path not in self._texts:
            self._texts[path] = self._read(path, entry.size)
        return self._texts[path]

    def _look(self, path: str) -> RepoEntry | None:
        if not path or path.startswith("/") or ".." in path or os.sep != "/":
            # Only a name that looks odd is taken apart: there may be tens of thousands.
            named = Path(path)
            if not named.parts or named.is_absolute() or ".." in named.parts:
                return None
        # A folder that is a link leads elsewhere: what seems to lie in it is not ours.
        if self._behind_link(path.rpartition("/")[0]):
            return None
        try:
            found = os.lstat(f"{self._folder}/{path}")
        except OSError:
            return None
        if stat.S_ISLNK(found.st_mode):
            return RepoEntry(path=path, kind="symlink")
        if not stat.S_ISREG(found.st_mode):
            return RepoEntry(path=path, kind="other")
        executable = bool(found.st_mode & stat.S_IXUSR)
        return RepoEntry(path=path, executable=executable, size=found.st_size)

    def _behind_link(self, folder: str) -> bool:
        """Whether a folder, or one above it, is a link; each is looked at once."""
        if folder not in self._linked:
            above = self._behind_link(folder.rpartition("/")[0])
            self._linked[folder] = above or (self._folder / folder).is_symlink()
        return self._linked[folder]

    def _read(self, path: str, size: int) -> str | None:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(f"{self._folder}/{path}", flags | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return None
        try:
            # Nothing between the file and its bytes: a checkout has thousands of files.
            content = os.read(descriptor, TEXT_LIMIT + 1)
            while len(content) < size and (more := os.read(descriptor, _CHUNK)):
                content += more
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return as_text(content)


def walk(folder: Path) -> Iterator[str]:
    """Every path below `folder` but the usual leftovers, for a folder without git."""
    count = 0
    start = len(str(folder).rstrip("/")) + 1
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        linked = [name for name in folders if os.path.islink(f"{here}/{name}")]  # noqa: PTH114
        below = here[start:].replace(os.sep, "/")
        for name in [*names, *linked]:
            count += 1
            if count > _MOST:
                return
            yield f"{below}/{name}" if below else name
