"""What does one commit of the repository hold of the files that the target needs?"""

from wizard.errors import BlockedError
from wizard.model.files import Proposal
from wizard.model.frozen import Frozen
from wizard.ports.repo import Repo


class FilesFound(Frozen):
    """Which files the commit holds; `notes` are remarks about HEAD and the working tree.

    `proposal` is for the working tree: that is where files would be written.
    """

    commit: str
    found: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    proposal: Proposal | None = None


WANTED = ("Dockerfile", "Procfile", ".aptible.yml")


async def look_at_commit(repo: Repo, commit: str, checked_out: str = "") -> FilesFound:
    """What one commit of a repository holds. Raises BlockedError when it is not there.

    `checked_out` is that commit, where it is deployed because the source tells none.
    """
    if not commit:
        raise BlockedError(
            "no commit to look at",
            "the running release names none",
            "set `commit:` in moveday.yaml",
        )
    if not await repo.has_commit(commit):
        raise BlockedError(
            f"the running release's commit {commit[:12]} is not in this repository",
            "the files of another commit would say nothing about it",
            "git fetch it, or set `commit:` in moveday.yaml",
        )
    notes = []
    if checked_out:
        notes.append(
            f"the old side runs an image and tells no commit: what is checked out is deployed,"
            f" {commit[:12]} (`commit:` in moveday.yaml names another)"
        )
    elif await repo.head() != commit:
        notes.append(
            f"HEAD is not the running release: {commit[:12]} is deployed; HEAD would need a choice "
            "(`commit:` in moveday.yaml)"
        )
    if await repo.dirty():
        notes.append("the working tree has changes; they are not deployed")
    found: list[str] = []
    missing: list[str] = []
    for path in WANTED:
        text = await repo.read_file(commit, path)
        (missing if text is None else found).append(path)
        if path == "Procfile" and text and any(x.startswith("release:") for x in text.splitlines()):
            notes.append("the Procfile has a release: line; on Aptible it would run for ever")
    return FilesFound(commit=commit, found=tuple(found), missing=tuple(missing), notes=tuple(notes))
