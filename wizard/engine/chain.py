"""Is a journal what was once written? Reads its lines and names every line that is damaged."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from wizard.engine.folder import machine_trouble
from wizard.engine.plain_json import canonical
from wizard.model.frozen import Frozen

START = "0" * 64
"""The head of an empty journal, and `prev` of the first line."""


class Entry(Frozen):
    """One line. `seq` counts from 1 and is the line number; `hash` covers all other fields."""

    seq: int
    at: datetime
    kind: str
    task: str = ""
    key: str = ""
    data: dict[str, object] = {}
    prev: str
    hash: str


@dataclass(frozen=True)
class Verification:
    """`head` is the hash of the last line, `problems` sentences that begin with "line N".

    `torn` says that the file ends in a half-written line, as after a power cut: not a damage.
    """

    ok: bool
    lines: int
    head: str
    problems: tuple[str, ...]
    torn: bool = False


@dataclass(frozen=True)
class Chain:
    """What a journal file holds: whole entries, damage in words, and the bytes that are whole."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    whole_bytes: int
    torn: bool

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return self.entries[-1].hash if self.entries else START


def digest(fields: dict[str, object]) -> str:
    """SHA-256 (hex) of a line without its hash."""
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def verify(path: Path, expected_head: str = "") -> Verification:
    """Check the journal file at `path`; a missing file is an empty journal.

    A chain alone cannot show that its last lines were cut off. `expected_head`, kept elsewhere
    (the report, the keyring), can: it must be the hash of one of the lines.
    """
    with machine_trouble("read", path):
        content = path.read_bytes() if path.exists() else b""
    chain = read_chain(content)
    problems = list(chain.problems)
    expected = expected_head.strip().lower()
    if expected and expected not in {START, *(entry.hash for entry in chain.entries)}:
        last = len(chain.entries)
        problems.append(
            f"line {last + 1} is missing or was rewritten: the head {expected[:12]}… that was kept"
            f" elsewhere is the hash of none of the {last} lines"
        )
    return Verification(
        not problems, content.count(b"\n"), chain.head, tuple(problems), torn=chain.torn
    )


def read_chain(content: bytes, after: Entry | None = None) -> Chain:
    """Read lines that follow `after` (None: from the start of the file).

    A last line without its newline, or one that the file system left as zero bytes, is torn: it was
    never acknowledged, so it is no part of the journal.
    """
    lines = content.split(b"\n")
    tail = lines.pop()
    if lines and not tail and b"\0" in lines[-1]:
        tail = lines.pop()
    extra = _tail_was_edited(tail)
    numbered = [
        (number, line, _parse(line))
        for number, line in enumerate(lines, start=after.seq + 1 if after else 1)
    ]
    all_seqs = {fields["seq"] for _, _, fields in numbered if fields is not None}
    problems: list[str] = []
    entries: list[Entry] = []
    expected_seq, previous, doubt = (
        (after.seq + 1, after.hash, False) if after else (1, START, False)
    )
    for number, _line, fields in numbered:
        entry = None if fields is None else _entry(fields)
        if entry is None:
            problems.append(f"line {number} was edited: its text and its hash do not agree")
            previous = str(fields.get("hash")) if fields else previous
            expected_seq, doubt = expected_seq + 1, True
            continue
        problem = _misplaced(number, entry, expected_seq, previous, doubt, all_seqs)
        if problem:
            problems.append(problem)
        entries.append(entry)
        expected_seq, previous, doubt = entry.seq + 1, entry.hash, False
    if extra:
        problems.append(f"line {len(lines) + 1} was edited: there is text behind its end")
    whole = sum(len(line) + 1 for line in lines)
    return Chain(tuple(entries), tuple(problems), whole, torn=bool(tail) and not extra)


def _misplaced(
    number: int, entry: Entry, expected: int, previous: str, doubt: bool, present: set[object]
) -> str:
    if entry.seq > expected:
        missing = range(expected, entry.seq)
        if any(seq in present for seq in missing):
            return f"line {number} was swapped: it holds entry {entry.seq}, not {expected}"
        gone = f"{expected}" if len(missing) == 1 else f"{expected} to {entry.seq - 1}"
        return f"line {number} follows a gap: entry {gone} was removed"
    if entry.seq < expected:
        return f"line {number} was swapped or repeated: it holds entry {entry.seq}, not {expected}"
    if entry.prev != previous and not doubt:
        if number == 1:
            return "line 1 does not begin a journal: what came before it was removed"
        return (
            f"line {number - 1} was edited: line {number} was written after another text than the"
            " one that is there now"
        )
    return ""


def _parse(line: bytes) -> dict[str, object] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    if not isinstance(fields, dict) or type(fields.get("seq")) is not int:
        return None
    # One way to write a line: a changed space or a doubled key is an edit as well.
    try:
        return fields if canonical(fields).encode() == line else None
    except ValueError:
        return None


def _entry(fields: dict[str, object]) -> Entry | None:
    unsigned = {name: value for name, value in fields.items() if name != "hash"}
    if digest(unsigned) != fields.get("hash"):
        return None
    try:
        return Entry.model_validate(fields)
    except ValidationError:
        return None


def _tail_was_edited(tail: bytes) -> bool:
    """A torn line is the beginning of a line; a whole line with more behind it is an edit."""
    if not tail or b"\0" in tail:
        return False
    text = tail.decode("ascii", "replace")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return not text.startswith("{"[: len(text)])
    return end < len(text)
