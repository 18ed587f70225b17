"""Where a checkout is pushed to: the same answer from git and from dulwich, without secrets."""

import shutil
from pathlib import Path

import pytest

from providers.repo import open_repo
from tests.providers.ssh.test_git_remote import git, repository
from wizard.errors import BlockedError

__all__ = ["repository"]


@pytest.mark.parametrize("program", [pytest.param(shutil.which("git"), id="git"), None])
async def test_remotes_are_told_without_their_secrets(
    repository: Path, program: str | None
) -> None:
    addresses = {
        "heroku": "https://user:s3cret-t0ken@git.heroku.com/clinic.git",
        "staging": "git@heroku.com:clinic-staging.git",
        "with.dot": "ssh://git@heroku.com/other.git?token=abcdef",
    }
    for name, address in addresses.items():
        git("remote", "add", name, address, cwd=repository)
    found = dict(await open_repo(repository, program).remotes())
    found.pop("origin", None)
    assert found == {
        "heroku": "https://git.heroku.com/clinic.git",
        "staging": "git@heroku.com:clinic-staging.git",
        "with.dot": "ssh://heroku.com/other.git",
    }


@pytest.mark.parametrize("program", [pytest.param(shutil.which("git"), id="git"), None])
async def test_a_folder_without_repository_says_so(tmp_path: Path, program: str | None) -> None:
    with pytest.raises(BlockedError, match="not a git repository"):
        await open_repo(tmp_path, program).remotes()
