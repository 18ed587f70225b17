"""Can this terminal show the screens? Asked before Textual takes it over."""

import os
import sys
from collections.abc import Mapping

from wizard.errors import UsageError


def refuse_without_terminal(environ: Mapping[str, str] = os.environ) -> None:
    """Raise UsageError when there is nobody to see the screens or nothing to draw them on.

    Textual draws on stderr, but for Windows, where it is stdout.
    """
    out = sys.stdout if sys.platform == "win32" else sys.stderr
    if not (sys.stdin.isatty() and out.isatty()):
        why = "input or output is not a terminal"
    elif environ.get("TERM", "") in ("dumb", "") and sys.platform != "win32":
        why = "TERM says that this terminal cannot move its cursor"
    else:
        return
    raise UsageError(
        "the screens need a terminal",
        why,
        "every step also has a command: moveday --help; the first is moveday plan",
    )
