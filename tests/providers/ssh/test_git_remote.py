"""Pushing into a real bare repository over a real SSH server, with git and with dulwich."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.ssh.git_remote import GitRemote, GitServer
from tests.providers.ssh.portal import Portal
from wizard.errors import OutsideError

TOKEN = "tok-9a2b8c7d6e5f-secret"
GIT = shutil.which("git")
PATH = "clinic/web.git"
BRANCH = "refs/heads/moveday-abc"


def git(*words: str, cwd: Path) -> str:
    if GIT is None:
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail("there is no git program")
        pytest.skip("there is no git program")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.test",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.test",
    }
    done = subprocess.run(
        [GIT, *words], cwd=cwd, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    root = tmp_path / "remote"
    (root / "clinic").mkdir(parents=True)
    git("init", "--bare", "-q", str(root / PATH), cwd=tmp_path)
    portal = Portal(token=TOKEN, git_root=root)
    await portal.start()
    yield portal
    await portal.stop()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    git("init", "-q", "-b", "trunk", cwd=folder)
    for text in ("one", "two"):
        (folder / "file.txt").write_text(text)
        git("add", "file.txt", cwd=folder)
        git("commit", "-q", "-m", text, cwd=folder)
    return folder


def remote(portal: Portal, program: str | None, token: str = TOKEN) -> GitRemote:
    server = GitServer("root", "127.0.0.1", portal.port, portal.host_key_text)
    return GitRemote(server, PATH, SecretStr(token), git=program)


PROGRAMS = [pytest.param(GIT, id="git"), pytest.param(None, id="dulwich")]


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_commit_arrives_on_its_branch_and_is_listed(
    portal: Portal, repository: Path, program: str | None
) -> None:
    first = git("rev-parse", "HEAD~1", cwd=repository)
    target = remote(portal, program)
    assert await target.refs() == {}
    await target.push(repository, first, BRANCH)
    await target.push(repository, first, BRANCH)  # again: nothing to do, no error
    assert await target.refs() == {BRANCH: first} or (await target.refs())[BRANCH] == first
    assert portal.git_root
    assert git("rev-parse", BRANCH, cwd=portal.git_root / PATH) == first
    assert git("show", f"{BRANCH}:file.txt", cwd=portal.git_root / PATH) == "one"
    assert {note["token"] for note in portal.sessions} == {TOKEN}


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_refused_token_is_told_in_the_servers_words(
    portal: Portal, repository: Path, program: str | None
) -> None:
    commit = git("rev-parse", "HEAD", cwd=repository)
    with pytest.raises(OutsideError, match="token refused"):
        await remote(portal, program, token="wrong-token").push(repository, commit, BRANCH)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_another_host_key_ends_it_before_the_token_is_sent(
    portal: Portal, repository: Path, program: str | None
) -> None:
    commit = git("rev-parse", "HEAD", cwd=repository)
    target = remote(portal, program)
    target.server = replace(target.server, host_key=Portal().host_key.get_fingerprint())
    with pytest.raises(OutsideError, match="host key"):
        await target.push(repository, commit, BRANCH)
    assert portal.sessions == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_git_and_its_hooks_never_see_the_token(
    portal: Portal, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APTIBLE_ACCESS_TOKEN", TOKEN)
    seen = tmp_path / "seen"
    spy = tmp_path / "git"
    spy.write_text(
        f'#!/bin/sh\n(cat /proc/$$/environ /proc/$$/cmdline) >> "{seen}"\nexec {GIT} "$@"\n'
    )
    spy.chmod(0o755)
    hook = repository / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\necho hook-ran >> "{seen}"\nexit 1\n')
    hook.chmod(0o755)
    commit = git("rev-parse", "HEAD", cwd=repository)
    await remote(portal, str(spy)).push(repository, commit, BRANCH)
    text = seen.read_bytes().decode(errors="replace")
    assert "GIT_SSH_COMMAND" in text
    assert TOKEN not in text
    assert "hook-ran" not in text


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_transfer_ends_when_its_parent_is_killed(
    portal: Portal, program: str | None
) -> None:
    portal.stall = True
    script = (
        "import asyncio, sys\n"
        "from pydantic import SecretStr\n"
        "from providers.ssh.git_remote import GitRemote, GitServer\n"
        "port, key, token, git = sys.stdin.read().split(chr(10))\n"
        "server = GitServer('root', '127.0.0.1', int(port), key)\n"
        "asyncio.run(GitRemote(server, 'c/w.git', SecretStr(token), git=git or None).refs())\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdin=asyncio.subprocess.PIPE
    )
    assert child.stdin
    words = [str(portal.port), portal.host_key_text, TOKEN, program or ""]
    child.stdin.write("\n".join(words).encode())
    child.stdin.close()
    async with asyncio.timeout(30):
        while not portal.sessions:
            await asyncio.sleep(0.05)
        assert not portal.ended.is_set()
        child.kill()
        await child.wait()
        await portal.ended.wait()
