"""Lines of a text with their numbers, and where a word stands: for evidence and errors."""

import re
from collections.abc import Iterator

from wizard.formats.errors import FormatError

LONGEST = 1_500_000


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Every line with its number from 1; only `\\n` and `\\r\\n` end a line."""
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.removesuffix("\r")


def line_at(text: str, offset: int) -> int:
    """The line number of a character."""
    return text.count("\n", 0, offset) + 1


def find_line(text: str, *patterns: str) -> int:
    """The line where the last of `patterns` is found, each searched behind the one before; else 0.

    `find_line(text, '"scripts"', '"build"')` is the build script's line.
    """
    offset = 0
    for pattern in patterns:
        found = re.compile(pattern).search(text, offset)
        if found is None:
            return 0
        start, offset = found.start(), found.end()
    return line_at(text, start) if patterns else 0


def refuse_binary(text: str, path: str, most: int = LONGEST) -> None:
    """Raise FormatError for what is no text at all, or of more than `most` characters."""
    if "\0" in text:
        raise FormatError(path, line_at(text, text.index("\0")), "this is not a text file")
    if len(text) > most:
        raise FormatError(path, 0, f"longer than {most:,} characters")
