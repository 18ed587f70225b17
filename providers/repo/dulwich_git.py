"""The local repository without a git program, by dulwich, read-only."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from dulwich.errors import NotGitRepository, NotTreeError
from dulwich.ignore import IgnoreFilterManager
from dulwich.object_store import iter_tree_contents, tree_lookup_path
from dulwich.objects import Blob, Commit, SubmoduleEncountered
from dulwich.porcelain import status
from dulwich.repo import Repo as DulwichRepo

from providers.repo.errors import no_commit, no_repository, not_here
from providers.repo.git_modes import entry_of
from providers.repo.remote_address import without_credentials
from providers.repo.working_tree import WorkingTree, walk
from wizard.errors import BlockedError
from wizard.model.repo_view import TEXT_LIMIT, RepoEntry, RepoView, Snapshot, as_text

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

    async def remotes(self) -> Mapping[str, str]:
        """Name of each remote → the address it fetches from; credentials taken out of it."""

        def look(repo: DulwichRepo) -> Mapping[str, str]:
            config = repo.get_config_stack()
            found: dict[str, str] = {}
            for section in config.sections():
                if len(section) != 2 or section[0] != b"remote":
                    continue
                try:
                    address = config.get(section, b"url")
                except KeyError:
                    continue
                name = section[1].decode("utf-8", "replace")
                found.setdefault(name, without_credentials(address.decode("utf-8", "replace")))
            return found

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

    async def list_files(self, commit: str) -> tuple[RepoEntry, ...]:
        """Every path of a commit below the folder, sorted; empty when it is not here."""

        def look(repo: DulwichRepo) -> tuple[RepoEntry, ...]:
            return tuple(sorted((e for e, _ in self._tree(repo, commit)), key=lambda e: e.path))

        return await asyncio.to_thread(self._ask, look)

    async def commit_view(self, commit: str) -> RepoView:
        """The files of a commit below the folder. Raises BlockedError when it is not here."""

        def look(repo: DulwichRepo) -> RepoView:
            if self._commit(repo, commit) is None:
                raise not_here(commit)
            entries, texts = [], {}
            for entry, content in self._tree(repo, commit):
                entries.append(entry)
                text = as_text(content) if entry.kind == "file" else None
                if text is not None and entry.size <= TEXT_LIMIT:
                    texts[entry.path] = text
            return Snapshot(entries, texts)

        return await asyncio.to_thread(self._ask, look)

    async def working_tree(self) -> RepoView:
        """The folder's files as they lie there; see the port."""

        def look(repo: DulwichRepo) -> WorkingTree:
            ignored = IgnoreFilterManager.from_repo(repo)
            below = self._below(repo)
            tracked = {path.decode("utf-8", "surrogateescape") for path in repo.open_index()}
            paths = {p.removeprefix(below) for p in tracked if p.startswith(below)}
            paths |= {p for p in walk(self._folder) if not ignored.is_ignored(below + p)}
            return WorkingTree(self._folder, paths)

        try:
            return await asyncio.to_thread(self._ask, look)
        except BlockedError:
            return await asyncio.to_thread(
                lambda: WorkingTree(self._folder, list(walk(self._folder)))
            )

    def _below(self, repo: DulwichRepo) -> str:
        """The folder's place in the repository, "" for its root, else with a `/` at the end."""
        place = self._folder.resolve().relative_to(Path(repo.path).resolve()).as_posix()
        return "" if place == "." else f"{place}/"

    def _tree(self, repo: DulwichRepo, commit: str) -> Iterator[tuple[RepoEntry, bytes]]:
        found = self._commit(repo, commit)
        if found is None:
            return
        below = self._below(repo)
        for place in iter_tree_contents(repo.object_store, found.tree):
            path = place.path.decode("utf-8", "surrogateescape")
            if not path.startswith(below):
                continue
            # A submodule names a commit of another repository.
            blob = None if place.mode == 0o160000 else repo[place.sha]
            content = blob.data if isinstance(blob, Blob) else b""
            size = 0 if (place.mode & 0o170000) == 0o120000 else len(content)
            yield entry_of(path.removeprefix(below), place.mode, size), content

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
