"""Pushing on a machine without git: dulwich on both ends of a real SSH connection."""

import asyncio
import hashlib
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.objects import Commit, ObjectID, Tree
from dulwich.repo import Repo
from pydantic import SecretStr

from providers.sandbox.ssh import receive_pack
from providers.ssh import git_dulwich
from providers.ssh.git_remote import GitRemote, GitServer
from tests.providers.ssh.portal import Portal
from wizard.errors import OutsideError

TOKEN = "tok-5c1d9e7f3a2b-secret"
PATH = "clinic/web.git"
BRANCH = "refs/heads/moveday-abc"
# Shows no refs, as for an empty repository, and is never heard of again.
SILENT = """
import sys, time
line = b"0" * 40 + b" capabilities^{}\\0report-status delete-refs ofs-delta"
sys.stdout.buffer.write(b"%04x" % (len(line) + 4) + line + b"0000")
sys.stdout.buffer.flush()
time.sleep(600)
"""


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    root = tmp_path / "remote"
    (root / PATH).mkdir(parents=True)
    Repo.init_bare(str(root / PATH)).close()
    portal = Portal(token=TOKEN, git_root=root)
    portal.receive_pack = [sys.executable, str(receive_pack.__file__)]
    await portal.start()
    yield portal
    await portal.stop()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    porcelain.init(str(folder)).close()
    return folder


def commit(repository: Path, name: str, content: bytes) -> str:
    (repository / name).write_bytes(content)
    porcelain.add(str(repository), [str(repository / name)])
    person = b"a <a@example.test>"
    made = porcelain.commit(str(repository), message=name.encode(), author=person, committer=person)
    return made.decode()


def remote(portal: Portal) -> GitRemote:
    server = GitServer("root", "127.0.0.1", portal.port, portal.host_key_text)
    return GitRemote(server, PATH, SecretStr(TOKEN), git=None)


@pytest.mark.parametrize("size", [3, 4096, 1_000_000], ids=["small", "one-block", "large"])
async def test_commits_arrive_and_are_listed(portal: Portal, repository: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    first = commit(repository, "first", content)
    target = remote(portal)
    async with asyncio.timeout(30):
        assert await target.refs() == {}
        await target.push(repository, first, BRANCH)
        await target.push(repository, first, BRANCH)  # again: nothing to do, no error
        second = commit(repository, "second", b"more")
        await target.push(repository, second, f"{BRANCH}-2")
        assert await target.refs() == {BRANCH: first, f"{BRANCH}-2": second}
    assert portal.git_root
    with Repo(str(portal.git_root / PATH)) as there:
        last = there[ObjectID(second.encode())]
        assert isinstance(last, Commit)
        tree = there[last.tree]
        assert isinstance(tree, Tree)
        arrived = there[tree[b"first"][1]].as_raw_string()
    assert hashlib.sha256(arrived).digest() == hashlib.sha256(content).digest()


async def test_a_listing_that_is_never_answered_ends(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert git_dulwich._LISTING == 60
    monkeypatch.setattr(git_dulwich, "_LISTING", 2.0)
    portal.stall = True
    async with asyncio.timeout(15):
        with pytest.raises(OutsideError, match=r"silent for 2 s|no end after 2 s"):
            await remote(portal).refs()
        await portal.ended.wait()


async def test_a_push_that_is_never_answered_ends(
    portal: Portal, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert git_dulwich._SILENCE <= 180
    monkeypatch.setattr(git_dulwich, "_SILENCE", 2.0)
    portal.receive_pack = [sys.executable, "-c", SILENT]
    made = commit(repository, "first", b"one")
    async with asyncio.timeout(15):
        with pytest.raises(OutsideError, match="silent for 2 s"):
            await remote(portal).push(repository, made, BRANCH)
        await portal.ended.wait()
