"""Which changes of a proposed file does the person leave out? Chosen hunk by hunk, kept in order.

A choice belongs to one change: what was there and what was proposed then. For another proposal it
does not hold; it holds again when the same one comes back, as after an undone write.
"""

import hashlib
from collections.abc import Iterable, Sequence

from wizard.engine.chain import Entry
from wizard.engine.session import Session
from wizard.generate.hunks import Hunk, hunks_of, with_hunks
from wizard.model.files import GeneratedFile, Proposal
from wizard.safety.clean import clean

KEY = "files-hunks"
DOCKERFILE = "Dockerfile"
_BY_ITSELF = "moveday"


def change_of(file: GeneratedFile) -> str:
    """What a choice belongs to: the digest (SHA-256, hex) of what is there and what is proposed."""
    before = "" if file.before is None else f"there\n{file.before}"
    parts = (part.encode("utf-8", "surrogatepass") for part in (file.path, before, file.text))
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def left_out(entries: Sequence[Entry], file: GeneratedFile) -> frozenset[int]:
    """The numbers of the changes of `file` that are not to be written."""
    change = change_of(file)
    for entry in reversed(entries):
        if entry.kind == "decided" and entry.key == KEY and entry.data.get("change") == change:
            out = entry.data.get("out")
            return (
                frozenset(int(number) for number in out) if isinstance(out, list) else frozenset()
            )
    return frozenset()


def as_chosen(entries: Sequence[Entry], file: GeneratedFile) -> GeneratedFile | None:
    """The file with what is taken of it; None when that is nothing."""
    out = left_out(entries, file)
    if not out:
        return file if file.changed else None
    return with_hunks(file, {hunk.number for hunk in hunks_of(file)} - out)


def share_words(entries: Sequence[Entry], file: GeneratedFile) -> str:
    """How much of a file is taken: "2 of 5 hunks"; "" for all of it."""
    out = left_out(entries, file)
    total = len(hunks_of(file))
    return f"{total - len(out)} of {total} hunks" if out else ""


def half_taken(entries: Sequence[Entry], file: GeneratedFile) -> str:
    """What to know before a Dockerfile is written of which only some is taken; else ""."""
    out, hunks = left_out(entries, file), hunks_of(file)
    if file.path != DOCKERFILE or not out or len(out) == len(hunks):
        return ""
    left = ", ".join(f"{hunk.number} ({_first(hunk)})" for hunk in hunks if hunk.number in out)
    return (
        f"Left out of {file.path}: hunk {left}. What is taken was thought of together with it:"
        " read the whole file before you commit it, and build it once"
    )


def _first(hunk: Hunk) -> str:
    """The first line that a hunk adds, else removes."""
    added = [row for row in hunk.rows if row.startswith("+") and row[1:].strip()]
    row = next(iter(added or _changed(hunk)), "line endings")
    return clean(f"{row[:1]} {row[1:].strip()}" if row[:1] in "+-" else row, 40)


def choose_hunk(session: Session, file: GeneratedFile, number: int, taken: bool, by: str) -> None:
    """Journal that one change of a file is taken or left out."""
    out = left_out(session.journal.entries, file)
    out = out - {number} if taken else out | {number}
    _journal(session, file.path, change_of(file), out, by, number=number)


def undo_hunk(session: Session, path: str, change: str, number: int, by: str, undoes: int) -> bool:
    """Turn one choice round; whether the change is taken now."""
    made = [e for e in session.journal.entries if e.key == KEY and e.data.get("change") == change]
    kept = made[-1].data.get("out") if made else []
    out = frozenset(kept if isinstance(kept, list) else ()) ^ {number}
    _journal(session, path, change, out, by, number=number, undoes=undoes)
    return number not in out


def settle_choices(session: Session, before: Proposal | None, after: Proposal) -> tuple[str, ...]:
    """Choices of changed files are forgotten; one line for each file that lost some.

    When exactly what was taken is there by now, what was left out stays left out.
    """
    notes = []
    for file in before.files if before else ():
        entries = session.journal.entries
        out, new = left_out(entries, file), after.file(file.path)
        if not out or (new is not None and change_of(new) == change_of(file)):
            continue
        if new is not None and left_out(entries, new):
            continue  # a change that was there before: its own choices hold again
        written = new is not None and _is_written(file, out, new)
        if new is not None and written and _is_rest(file, out, new):
            numbers = {hunk.number for hunk in hunks_of(new)}
            _journal(session, new.path, change_of(new), numbers, _BY_ITSELF)
            continue
        if not written:  # a write can be taken back, and then what was chosen before it holds
            _journal(session, file.path, change_of(file), (), _BY_ITSELF)
        notes.append(
            f"what is proposed for {file.path} is not what it was: your choice of its hunks "
            "is forgotten"
        )
    return tuple(notes)


def _is_written(file: GeneratedFile, out: frozenset[int], new: GeneratedFile) -> bool:
    """Whether what is there by now is `file` with its taken hunks and no others."""
    written = with_hunks(file, {hunk.number for hunk in hunks_of(file)} - out)
    return written is not None and written.text == new.before


def _is_rest(file: GeneratedFile, out: frozenset[int], new: GeneratedFile) -> bool:
    """Whether `new` proposes what was left out of `file`, and nothing else."""
    rest = [_changed(hunk) for hunk in hunks_of(file) if hunk.number in out]
    return rest == [_changed(hunk) for hunk in hunks_of(new)]


def _changed(hunk: Hunk) -> tuple[str, ...]:
    return tuple(row for row in hunk.rows if not row.startswith(" "))


def _journal(
    session: Session,
    path: str,
    change: str,
    out: Iterable[int],
    by: str,
    *,
    number: int | None = None,
    undoes: int | None = None,
) -> None:
    """`out` are all that are left out from now on; `number` the one that a person chose about."""
    session.journal.append(
        "decided",
        key=KEY,
        path=path,
        change=change,
        out=sorted(out),
        number=number,
        by=by,
        undoes=undoes,
    )
