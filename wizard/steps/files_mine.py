"""Which proposed files does the person keep as they are, and what was decided last about files?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wizard.engine.chain import Entry
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.steps.files_hunks import KEY as HUNKS
from wizard.steps.files_hunks import undo_hunk

_KEY = "files-mine"


@dataclass(frozen=True)
class FileDecision:
    """The newest decision about files; `path` is the file kept or taken, "" for a write.

    `hunk` is the number of the change that was taken or left out, of the proposal `change`.
    """

    kind: Literal["mine", "hunk", "write"]
    seq: int
    path: str = ""
    mine: bool = False
    hunk: int = 0
    change: str = ""


def kept_mine(entries: Sequence[Entry]) -> frozenset[str]:
    """Files that stay as they are: the proposal for them is not written."""
    found: dict[str, bool] = {}
    for entry in entries:
        if entry.kind == "decided" and entry.key == _KEY:
            found[str(entry.data.get("path"))] = bool(entry.data.get("mine"))
    return frozenset(path for path, mine in found.items() if mine)


def keep_mine(session: Session, path: str, mine: bool, by: str, undoes: int | None = None) -> None:
    """Journal that a file stays as it is, or is taken after all."""
    session.journal.append("decided", key=_KEY, path=path, mine=mine, by=by, undoes=undoes)


def last_about_files(entries: Sequence[Entry]) -> FileDecision | None:
    """What `u` takes back next: a file or a hunk that was kept or taken, or a write."""
    made: list[FileDecision] = []
    for entry in entries:
        if entry.kind == "decided" and entry.key in (_KEY, HUNKS):
            undoes = entry.data.get("undoes")
            if undoes is not None:
                made = [each for each in made if each.seq != undoes]
                continue
            made = _with(made, entry)
        elif entry.key == "files-written" and entry.kind == "done":
            made.append(FileDecision("write", entry.seq))
        elif entry.key == "files-written" and entry.kind == "undone":
            writes = [each for each in made if each.kind == "write"]
            made = [each for each in made if each not in writes[-1:]]
    return made[-1] if made else None


def _with(made: list[FileDecision], entry: Entry) -> list[FileDecision]:
    """One more decision; choices of hunks that were forgotten are none any more."""
    path = str(entry.data.get("path"))
    if entry.key == _KEY:
        return [*made, FileDecision("mine", entry.seq, path, bool(entry.data.get("mine")))]
    change, number = str(entry.data.get("change")), entry.data.get("number")
    if not isinstance(number, int):
        return [each for each in made if each.change != change]
    return [*made, FileDecision("hunk", entry.seq, path, hunk=number, change=change)]


def undo_mine(session: Session, by: str) -> FileDecision:
    """Take back the last choice of a file or a hunk; a write is returned as it is.

    A hunk's `mine` says, as a file's does, what was undone: whether it had been left out.

    Raises BlockedError when nothing was decided.
    """
    found = last_about_files(session.journal.entries)
    if found is None:
        raise BlockedError("there is nothing to undo here", "nothing was decided about files yet")
    if found.kind == "mine":
        keep_mine(session, found.path, not found.mine, by, undoes=found.seq)
    if found.kind == "hunk":
        taken = undo_hunk(session, found.path, found.change, found.hunk, by, found.seq)
        return replace(found, mine=taken)
    return found
