"""The app's local git repository, read-only."""

from typing import Protocol


class Repo(Protocol):
    """What moveday asks of the checkout beside moveday.yaml."""

    async def head(self) -> str:
        """Full hash of the checked-out commit."""
        ...

    async def dirty(self) -> bool:
        """Whether tracked files differ from the checked-out commit."""
        ...

    async def has_commit(self, commit: str) -> bool: ...

    async def read_file(self, commit: str, path: str) -> str | None:
        """A text file as of a commit; None when it is not there."""
        ...
