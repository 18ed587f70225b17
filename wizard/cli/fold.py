"""Long lines broken at blanks where a person reads them; whole where a program does."""

import shutil
import textwrap
from typing import TextIO

_NARROWEST = 40


def folded(text: str, stream: TextIO) -> str:
    """`text` in the width of the terminal that `stream` is, its indents kept; else as it is.

    Words longer than a line (a URL, a hash, a command to copy) stay whole.
    """
    if not stream.isatty():
        return text
    width = max(shutil.get_terminal_size().columns, _NARROWEST)
    return "\n".join(_fold(line, width) for line in text.split("\n"))


def _fold(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return "\n".join(
        textwrap.wrap(
            line,
            width,
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
