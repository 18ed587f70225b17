"""What do the modes in a git tree mean?"""

import stat

from wizard.model.repo_view import RepoEntry

_SUBMODULE = 0o160000


def entry_of(path: str, mode: int, size: int) -> RepoEntry:
    """One entry of a tree; submodules are "other"."""
    if stat.S_ISLNK(mode):
        return RepoEntry(path=path, kind="symlink")
    if mode == _SUBMODULE or not stat.S_ISREG(mode):
        return RepoEntry(path=path, kind="other")
    return RepoEntry(path=path, executable=bool(mode & stat.S_IXUSR), size=size)
