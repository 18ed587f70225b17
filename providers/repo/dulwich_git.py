"""The local repository without a git program, by dulwich, read-only."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from dulwich.errors import NotGitRepository, NotTreeError
from dulwich.object_store import tree_lookup_path
from dulwich.objects import Blob, Commit, SubmoduleEncountered
from dulwich.porcelain import status
from dulwich.repo import Repo as DulwichRepo

from providers.repo.errors import no_commit, no_repository

T = TypeVar("T")


class DulwichGit:
    """Implements the Repo port; questions run in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def head(self) -> str:
        """Full hash of the checked-out commit."""
        return await asyncio.to_thread(self._ask, self._head)

    async def dirty(self) -> bool:
        """Whether tracked files differ from the checked-out commit."""

        def look(repo: DulwichRepo) -> bool:
            self._head(repo)
            found = status(repo, untracked_files="no")
            return any(found.staged.values()) or bool(found.unstaged)

        return await asyncio.to_thread(self._ask, look)

    async def has_commit(self, commit: str) -> bool:
        """Whether this commit is here."""

        def look(repo: DulwichRepo) -> bool:
            return self._commit(repo, commit) is not None

        return await asyncio.to_thread(self._ask, look)

    async def read_file(self, commit: str, path: str) -> str | None:
        """A text file as of a commit; None when it is not there or no file."""

        def look(repo: DulwichRepo) -> str | None:
            found = self._commit(repo, commit)
            if found is None:
                return None
            try:
                _mode, name = tree_lookup_path(repo.__getitem__, found.tree, path.encode())
            except (KeyError, NotTreeError, SubmoduleEncountered):
                return None
            blob = repo[name]
            return blob.data.decode("utf-8", "replace") if isinstance(blob, Blob) else None

        return await asyncio.to_thread(self._ask, look)

    def _ask(self, question: Callable[[DulwichRepo], T]) -> T:
        try:
            repo = DulwichRepo.discover(str(self._folder))
        except (NotGitRepository, OSError) as error:
            raise no_repository(self._folder, str(error)) from error
        with repo:
            return question(repo)

    def _head(self, repo: DulwichRepo) -> str:
        try:
            return repo.head().decode()
        except KeyError:
            raise no_commit(self._folder) from None

    @staticmethod
    def _commit(repo: DulwichRepo, commit: str) -> Commit | None:
        try:
            found = repo[commit.encode()]
        except (KeyError, ValueError, AssertionError):
            return None
        return found if isinstance(found, Commit) else None
