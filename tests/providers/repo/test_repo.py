"""The local repository, the same answers from git and from dulwich."""

import shutil
from pathlib import Path

import pytest

from providers.repo import open_repo
from tests.providers.ssh.test_git_remote import git, repository
from wizard.errors import BlockedError

__all__ = ["repository"]
PROGRAMS = [pytest.param(shutil.which("git"), id="git"), pytest.param(None, id="dulwich")]


@pytest.mark.parametrize("program", PROGRAMS)
async def test_what_a_checkout_says(repository: Path, program: str | None) -> None:
    (repository / "sub").mkdir()
    repo = open_repo(repository / "sub", program)
    head, first = git("rev-parse", "HEAD", "HEAD~1", cwd=repository).split()
    assert await repo.head() == head
    assert await repo.has_commit(first)
    assert not await repo.has_commit("0" * 40)
    assert not await repo.has_commit("")
    assert await repo.read_file(first, "file.txt") == "one"
    assert await repo.read_file(first, "absent.txt") is None
    assert await repo.read_file(first, "file.txt/deeper") is None
    assert await repo.read_file("f" * 40, "file.txt") is None


@pytest.mark.parametrize("program", PROGRAMS)
async def test_dirty_means_tracked_files_differ(
    repository: Path,
    program: str | None,
) -> None:
    repo = open_repo(repository, program)
    assert not await repo.dirty()
    (repository / "new.txt").write_text("untracked")
    assert not await repo.dirty()
    (repository / "file.txt").write_text("changed")
    assert await repo.dirty()
    git("add", "file.txt", cwd=repository)
    assert await repo.dirty()


@pytest.mark.parametrize("program", PROGRAMS)
async def test_no_repository_and_no_commit_are_named(tmp_path: Path, program: str | None) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BlockedError, match="not a git repository"):
        await open_repo(empty, program).head()
    with pytest.raises(BlockedError, match="not a git repository"):
        await open_repo(empty, program).has_commit("a" * 40)
    git("init", "-q", cwd=empty)
    with pytest.raises(BlockedError, match="no commit yet"):
        await open_repo(empty, program).head()
