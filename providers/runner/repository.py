"""A git repository with one commit, made without a git program: the same files, the same commit."""

from collections.abc import Mapping
from pathlib import Path

from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

_WHO = b"moveday <moveday@localhost>"
_WHEN = 946_684_800
"""A fixed second (2000-01-01): a commit made again must have the name it had."""
_PLAIN_FILE = 0o100644


def make_commit(folder: Path, files: Mapping[str, bytes], words: str) -> str:
    """Make a repository in the empty `folder` whose only commit has `files`; its full hash."""
    with Repo.init_bare(str(folder)) as repo:
        tree = Tree()
        for name, content in files.items():
            blob = Blob.from_string(content)
            repo.object_store.add_object(blob)
            tree.add(name.encode(), _PLAIN_FILE, blob.id)
        repo.object_store.add_object(tree)
        commit = Commit()
        commit.tree, commit.message = tree.id, words.encode()
        commit.author = commit.committer = _WHO
        commit.author_time = commit.commit_time = _WHEN
        commit.author_timezone = commit.commit_timezone = 0
        repo.object_store.add_object(commit)
        repo.refs[Ref(b"refs/heads/main")] = commit.id
        return commit.id.decode()
