"""Where does a copied text go? To the system's clipboard, to the terminal's, always to a file."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

_PROGRAMS: tuple[Sequence[str], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("clip.exe",),
)
_SECONDS = 2.0
_FILE = "copied.txt"


async def copy_out(text: str, folder: Path) -> str:
    """Hand `text` to a clipboard program and write it to `folder`; what was done, in words.

    The text must hold no secret: it lands in a file. A terminal's own clipboard (OSC 52) never
    answers, so it is the caller's to use as well, and nobody can say that it worked.
    """
    path = folder / _FILE
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)
    for words in _PROGRAMS:
        if shutil.which(words[0]) and _has_display(words[0]) and await _feed(words, text):
            return f"sent to the clipboard, and to {path}"
    return f"sent to the terminal's clipboard, and to {path}"


def _has_display(program: str) -> bool:
    needs = {"wl-copy": "WAYLAND_DISPLAY", "xclip": "DISPLAY"}.get(program, "")
    return not needs or bool(os.environ.get(needs))


async def _feed(words: Sequence[str], text: str) -> bool:
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode()), _SECONDS)
    except TimeoutError:
        process.kill()
        return False
    return process.returncode == 0
