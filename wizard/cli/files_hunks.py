"""Which changes of the proposed files are written: asked one by one, or named by number."""

from collections.abc import Mapping, Sequence

import click

from wizard.cli.prompt import ask_line
from wizard.cli.talk import show
from wizard.errors import BlockedError, UsageError
from wizard.generate.hunks import Hunk, hunks_of, with_hunks
from wizard.model.files import GeneratedFile
from wizard.safety.clean import clean

_KEYS = "y,n,a,d,q,?"
_HELP = (
    "  y  write this change\n  n  leave it\n  a  write it and all that follow in this file\n"
    "  d  leave it and all that follow in this file\n"
    "  q  leave it and everything that follows"
)
Numbers = Mapping[str, frozenset[int] | None]
"""Path → the numbers of its changes, None for all of them."""


def read_numbers(wishes: Sequence[str]) -> Numbers:
    """FILE:1,3 or FILE. Raises click's UsageError."""
    found: dict[str, frozenset[int] | None] = {}
    for wish in wishes:
        path, colon, numbers = wish.rpartition(":")
        if not colon:
            found[wish] = None
            continue
        words = numbers.split(",")
        if not all(word.strip().isdecimal() for word in words):
            raise click.UsageError(f"--hunks wants FILE:1,3, not {wish}")
        found[path] = frozenset(int(word) for word in words)
    return found


def picked(files: Sequence[GeneratedFile], numbers: Numbers) -> tuple[GeneratedFile, ...]:
    """The files with the named changes only. Raises UsageError for what is not proposed."""
    there = {file.path: file for file in files}
    found = []
    for path, chosen in numbers.items():
        file = there.get(path)
        if file is None:
            names = ", ".join(there)
            raise UsageError(f"no change is proposed to {clean(path, 200)}", f"changes: {names}")
        count = len(hunks_of(file))
        if chosen is not None and not chosen <= frozenset(range(1, count + 1)):
            raise UsageError(
                f"{path} has no such change", f"its changes are numbered 1 to {count}", ""
            )
        some = with_hunks(file, range(1, count + 1) if chosen is None else chosen)
        found += [some] if some is not None else []
    return tuple(found)


async def choose(files: Sequence[GeneratedFile]) -> tuple[GeneratedFile, ...]:
    """Ask about each change at the terminal. Raises BlockedError when none is wanted."""
    found = []
    for file in files:
        hunks = hunks_of(file)
        chosen, goes_on = await _file(file, hunks)
        some = with_hunks(file, chosen)
        found += [some] if some is not None else []
        if not goes_on:
            break
    if not found:
        raise BlockedError("not confirmed", "nothing was written")
    return tuple(found)


async def _file(file: GeneratedFile, hunks: Sequence[Hunk]) -> tuple[set[int], bool]:
    """The numbers that are wanted, and whether later files are asked about."""
    kind = "a new file" if file.before is None else f"{len(hunks)} changes"
    show(f"\n{clean(file.path, 200)}: {kind}")
    chosen: set[int] = set()
    for hunk in hunks:
        show("\n".join([hunk.header, *(clean(row, 2_000) for row in hunk.rows)]))
        key = await _key(f"write this change to {clean(file.path, 200)}?")
        if key in ("y", "a"):
            chosen.add(hunk.number)
        if key == "a":
            return chosen | {later.number for later in hunks if later.number > hunk.number}, True
        if key in ("d", "q"):
            return chosen, key == "d"
    return chosen, True


async def _key(text: str) -> str:
    while True:
        said = (await ask_line(f"{text} [{_KEYS}]")).lower()
        if said in ("y", "n", "a", "d", "q"):
            return said
        show(_HELP)
