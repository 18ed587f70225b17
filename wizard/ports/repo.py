"""The app's local git repository, read-only."""

from collections.abc import Mapping
from typing import Protocol

from wizard.model.repo_view import RepoEntry, RepoView


class Repo(Protocol):
    """What moveday asks of the checkout beside moveday.yaml."""

    async def head(self) -> str:
        """Full hash of the checked-out commit."""
        ...

    async def dirty(self) -> bool:
        """Whether tracked files differ from the checked-out commit."""
        ...

    async def remotes(self) -> Mapping[str, str]:
        """Name of each remote → the address it fetches from; credentials taken out of it."""
        ...

    async def has_commit(self, commit: str) -> bool: ...

    async def read_file(self, commit: str, path: str) -> str | None:
        """A text file as of a commit; None when it is not there."""
        ...

    async def list_files(self, commit: str) -> tuple[RepoEntry, ...]:
        """Every path of a commit below the folder, sorted; empty when it is not here."""
        ...

    async def commit_view(self, commit: str) -> RepoView:
        """The files of a commit below the folder. Raises BlockedError when it is not here."""
        ...

    async def working_tree(self) -> RepoView:
        """The folder's files as they lie there: tracked ones and new ones that git would take.

        Works without git and without a commit too: then every file but the usual leftovers.
        """
        ...
