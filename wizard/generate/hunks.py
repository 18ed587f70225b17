"""A proposed file change by change: which there are, and the file with only some of them."""

import difflib
from collections.abc import Collection

from wizard.model.files import GeneratedFile
from wizard.model.frozen import Frozen

_CONTEXT = 3
_ENDINGS = "line endings only"


class Hunk(Frozen):
    """One change as a diff shows it: `number` from 1; `rows` begin with " ", "-" or "+"."""

    number: int
    header: str
    rows: tuple[str, ...]


def hunks_of(file: GeneratedFile) -> tuple[Hunk, ...]:
    """The changes in order, numbered as the headers of its diff; a new file is one change."""
    if not file.changed:
        return ()
    old, new = (file.before or "").splitlines(), file.text.splitlines()
    found = []
    for number, group in enumerate(_groups(old, new), 1):
        rows: list[str] = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                rows += [f" {row}" for row in old[i1:i2]]
                continue
            rows += [f"-{row}" for row in old[i1:i2]]
            rows += [f"+{row}" for row in new[j1:j2]]
        first, last = group[0], group[-1]
        header = f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@ {number}"
        found.append(Hunk(number=number, header=header, rows=tuple(rows)))
    if not found and file.changed:
        return (Hunk(number=1, header=f"@@ {_ENDINGS} @@ 1", rows=()),)
    return tuple(found)


def numbered_diff(file: GeneratedFile) -> str:
    """The file's diff with the number of each change behind its header."""
    source = "/dev/null" if file.before is None else f"a/{file.path}"
    rows = [f"--- {source}", f"+++ b/{file.path}"]
    for hunk in hunks_of(file):
        rows += [hunk.header, *hunk.rows]
    return "\n".join(rows) if len(rows) > 2 else ""


def with_hunks(file: GeneratedFile, chosen: Collection[int]) -> GeneratedFile | None:
    """The file with only the chosen changes; None when that is what is there already.

    Raises ValueError for a number that is no change of this file.
    """
    numbers = {hunk.number for hunk in hunks_of(file)}
    unknown = sorted(set(chosen) - numbers)
    if unknown:
        raise ValueError(f"{file.path} has no change {unknown[0]}")
    if numbers <= set(chosen):
        return file if file.changed else None
    text = _partly(file, chosen)
    some = file.model_copy(update={"exact": text})
    return some if chosen and some.changed else None


def _partly(file: GeneratedFile, chosen: Collection[int]) -> str:
    """What is there with some changes made; rows that stay keep their own line endings."""
    old = (file.before or "").splitlines(keepends=True)
    new = file.text.splitlines(keepends=True)
    bare = [row.rstrip("\r\n") for row in old]
    rows: list[str] = []
    at = 0
    for number, group in enumerate(_groups(bare, file.text.splitlines()), 1):
        for tag, i1, i2, j1, j2 in group:
            taken = tag != "equal" and number in chosen
            rows += old[at:i1] if taken else old[at:i2]
            rows += new[j1:j2] if taken else []
            at = i2
    rows += old[at:]
    # A last row without its end gets one when something follows it now.
    whole = [row if row.endswith(("\n", "\r")) else row + file.newline for row in rows[:-1]]
    return "".join([*whole, *rows[-1:]])


def _groups(old: list[str], new: list[str]) -> list[list[tuple[str, int, int, int, int]]]:
    matcher = difflib.SequenceMatcher(None, old, new)
    return [list(group) for group in matcher.get_grouped_opcodes(_CONTEXT)]


def _range(start: int, stop: int) -> str:
    """Start and length as a diff prints them."""
    length = stop - start
    return f"{start + 1}" if length == 1 else f"{start + bool(length)},{length}"
