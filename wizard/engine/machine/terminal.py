"""Is this a terminal that moveday can talk and, later, draw on?"""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.model.doctor import Finding, State

WIDE, NARROW = (100, 30), (80, 24)


@dataclass(frozen=True)
class Terminal:
    """What the standard streams are: `interactive` when a person can be asked on them."""

    interactive: bool
    columns: int
    lines: int
    encoding: str


def this_terminal() -> Terminal:
    """The terminal this process was started from; stdout may lead elsewhere."""
    size = shutil.get_terminal_size()
    for stream in (sys.stderr, sys.stdin, sys.stdout):
        try:
            size = os.get_terminal_size(stream.fileno())
            break
        except (OSError, ValueError):
            continue
    encoding = getattr(sys.stderr, "encoding", None) or ""
    asked = sys.stdin.isatty() and sys.stderr.isatty()
    return Terminal(asked, size.columns, size.lines, encoding.lower())


def terminal_findings(terminal: Terminal, environ: Mapping[str, str]) -> list[Finding]:
    """Kind, size, colours, characters, and what stands between (tmux, SSH)."""
    if not terminal.interactive:
        return [
            _finding(
                "terminal",
                "ok",
                "no terminal: input and talk are not both on one",
                "commands work; what they would ask has to be said by flags, else they end with 4",
            )
        ]
    return [
        _kind(environ),
        _size(terminal),
        _colours(environ),
        _characters(terminal),
        *_between(environ),
    ]


def _kind(environ: Mapping[str, str]) -> Finding:
    name = environ.get("TERM", "")
    if name in ("", "dumb"):
        return _finding(
            "terminal",
            "warn",
            f"TERM is {name or 'not set'}",
            "nothing can be drawn; commands and their questions work",
            "use a terminal program, or set TERM to what yours is",
        )
    return _finding("terminal", "ok", f"TERM is {name}")


def _size(terminal: Terminal) -> Finding:
    here = (terminal.columns, terminal.lines)
    seen = f"{here[0]} columns, {here[1]} lines"
    if here[0] < NARROW[0] or here[1] < NARROW[1]:
        return _finding(
            "size",
            "warn",
            seen,
            "lines will wrap",
            f"make the window {WIDE[0]} by {WIDE[1]}, at least {NARROW[0]} by {NARROW[1]}",
        )
    return _finding("size", "ok", seen)


def _colours(environ: Mapping[str, str]) -> Finding:
    if environ.get("NO_COLOR"):
        return _finding("colours", "ok", "NO_COLOR is set", "states are told by sign and word")
    true = environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    many = "256" in environ.get("TERM", "")
    seen = "16 million" if true else "256" if many else "16 or fewer, or not told"
    return _finding("colours", "ok", f"colours: {seen}")


def _characters(terminal: Terminal) -> Finding:
    if terminal.encoding.replace("-", "") == "utf8":
        return _finding("characters", "ok", "UTF-8")
    return _finding(
        "characters",
        "warn",
        f"characters are encoded as {terminal.encoding or 'nobody says what'}",
        "signs such as ✓ and names with accents will look wrong",
        "set LANG to a UTF-8 locale, for instance C.UTF-8",
    )


def _between(environ: Mapping[str, str]) -> list[Finding]:
    found = []
    if environ.get("TMUX"):
        found.append(
            _finding(
                "tmux",
                "ok",
                "inside tmux",
                "good for a long move: it survives a closed window."
                " Copying needs `set -g set-clipboard on`",
            )
        )
    elif environ.get("SSH_CONNECTION"):
        found.append(
            _finding(
                "ssh",
                "warn",
                "over SSH, outside tmux and screen" if not environ.get("STY") else "over SSH",
                "if the line drops, the run stops in good order and waits to be continued",
                "start tmux first",
            )
        )
    return found


def _finding(name: str, state: State, seen: str, means: str = "", todo: str = "") -> Finding:
    return Finding(id=name, group="terminal", state=state, seen=seen, means=means, todo=todo)
