"""What is said when the local repository cannot answer."""

from pathlib import Path

from wizard.errors import BlockedError
from wizard.safety.clean import clean


def no_repository(folder: Path, why: str = "") -> BlockedError:
    """There is no usable repository at `folder`."""
    return BlockedError(
        f"{folder} is not a git repository that can be read",
        clean(why, 500),
        "run moveday in the app's checkout, or `git init && git commit` there first",
    )


def no_commit(folder: Path) -> BlockedError:
    """The repository is empty."""
    return BlockedError(
        f"the repository {folder} has no commit yet", "", "commit the app's files first"
    )


def not_here(commit: str) -> BlockedError:
    """A commit was asked for that this clone does not have."""
    return BlockedError(
        f"commit {clean(commit, 12)} is not in this repository", "", "git fetch it first"
    )
