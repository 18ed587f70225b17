"""The app's local repository: by the system's git when there is one, else by dulwich."""

import shutil
from pathlib import Path

from wizard.ports.repo import Repo


def open_repo(folder: Path, git: str | None = shutil.which("git")) -> Repo:
    """The repository that holds `folder`. Questions raise BlockedError when there is none."""
    if git is not None:
        from providers.repo.system_git import SystemGit

        return SystemGit(folder, git)
    from providers.repo.dulwich_git import DulwichGit

    return DulwichGit(folder)
