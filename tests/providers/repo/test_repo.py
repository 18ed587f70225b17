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


def prepared(folder: Path) -> Path:
    """A folder below a repository's root with a link out, a script and a binary."""
    app = folder / "app"
    (app / "bin").mkdir(parents=True)
    (app / "bin" / "run").write_text("#!/bin/sh\r\n")
    (app / "bin" / "run").chmod(0o755)
    (app / "Procfile").write_text("web: ./bin/run\n")
    (app / "picture").write_bytes(b"\0\1")
    (app / "out").symlink_to("/etc/passwd")
    (app / "linked").symlink_to(folder, target_is_directory=True)
    (app / ".gitignore").write_text("*.log\n")
    git("add", "-A", cwd=folder)
    git("commit", "-q", "-m", "app", cwd=folder)
    return app


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_view_of_a_commit_and_of_the_folder(repository: Path, program: str | None) -> None:
    app = prepared(repository)
    repo = open_repo(app, program)
    commit = await repo.head()
    (app / "noise.log").write_text("ignored")
    (app / "new.txt").write_text("not added yet")
    (app / "Procfile").write_text("web: changed\n")
    listed = await repo.list_files(commit)
    then, now = await repo.commit_view(commit), await repo.working_tree()
    assert [e.path for e in listed] == [e.path for e in then.entries()]
    expected = {".gitignore", "Procfile", "bin/run", "linked", "out", "picture"}
    assert {e.path for e in listed} == expected
    assert {e.path for e in now.entries()} == expected | {"new.txt"}
    for view in (then, now):
        run = view.entry("bin/run")
        assert run is not None
        assert (run.kind, run.executable, run.size) == ("file", True, 11)
        assert view.read("bin/run") == "#!/bin/sh\r\n"
        assert view.read("picture") is None
        assert [view.entry(p).kind for p in ("out", "linked")] == ["symlink"] * 2  # type: ignore[union-attr]
        for outside in ("out", "linked", "linked/file.txt", "../file.txt", "/etc/passwd", "absent"):
            assert view.read(outside) is None, outside
    assert (then.read("Procfile"), now.read("Procfile")) == ("web: ./bin/run\n", "web: changed\n")
    assert await repo.list_files("0" * 40) == ()
    with pytest.raises(BlockedError, match="is not in this repository"):
        await repo.commit_view("0" * 40)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_folder_without_git_has_files_too(tmp_path: Path, program: str | None) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.js").write_text("")
    (tmp_path / "app.py").write_text("print()")
    view = await open_repo(tmp_path, program).working_tree()
    assert [e.path for e in view.entries()] == ["app.py"]
