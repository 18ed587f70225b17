"""What do the app's files look like, to somebody who may only read them?"""

import codecs
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

from wizard.model.frozen import Frozen

TEXT_LIMIT = 1_500_000
"""Bytes: larger files are listed, never read. Lock files of large front ends reach a megabyte."""


class RepoEntry(Frozen):
    """One path of a repository, relative to its root with `/`; `size` in bytes.

    A symbolic link is seen as such and never followed; "other" is a submodule or a special file.
    """

    path: str
    kind: Literal["file", "symlink", "other"] = "file"
    executable: bool = False
    size: int = 0


class RepoView(Protocol):
    """One state of a repository: a commit, or the working tree. Nothing outside it is reached."""

    def entries(self) -> tuple[RepoEntry, ...]:
        """Every path, sorted."""
        ...

    def entry(self, path: str) -> RepoEntry | None:
        """What lies at exactly this path; None when nothing does."""
        ...

    def read(self, path: str) -> str | None:
        """The text of a regular file; None when absent, no file, too large, or binary."""
        ...


class Snapshot:
    """A view held in memory. `texts` may lack what was too large or binary."""

    def __init__(self, entries: Iterable[RepoEntry], texts: Mapping[str, str]) -> None:
        self._entries = {entry.path: entry for entry in sorted(entries, key=lambda e: e.path)}
        self._texts = dict(texts)

    @classmethod
    def of(cls, files: Mapping[str, str]) -> "Snapshot":
        """The view of plain files, path → text."""
        entries = (RepoEntry(path=path, size=len(text)) for path, text in files.items())
        return cls(entries, files)

    def entries(self) -> tuple[RepoEntry, ...]:
        """Every path, sorted."""
        return tuple(self._entries.values())

    def entry(self, path: str) -> RepoEntry | None:
        """What lies at exactly this path; None when nothing does."""
        return self._entries.get(path)

    def read(self, path: str) -> str | None:
        """The text of a regular file; None when absent, no file, too large, or binary."""
        return self._texts.get(path)


def as_text(content: bytes) -> str | None:
    """Text as it stands, with its line endings; None for what is binary or too large."""
    if len(content) > TEXT_LIMIT or b"\0" in content:
        return None
    return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
