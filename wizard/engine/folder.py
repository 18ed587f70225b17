"""Where does moveday keep its state? A private folder (`.moveday`) that git never sees."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from wizard.acts import do
from wizard.errors import MachineError

STATE_FOLDER = ".moveday"
# Windows would otherwise write two bytes for each newline.
BINARY: int = getattr(os, "O_BINARY", 0)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def prepare_folder(folder: Path) -> None:
    """Make `folder` (0700, with a `.gitignore` that ignores all of it) unless it is there.

    Raises `MachineError` when it cannot be made.
    """
    with machine_trouble("prepare", folder):
        created = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        sync_folder(folder)
        if created:
            sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names inside `folder` survive a power cut (nothing to do on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_fully(descriptor: int, content: bytes) -> None:
    """Write every byte: a nearly full disk accepts a part of a write without an error."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextlib.contextmanager
def machine_trouble(action: str, path: Path) -> Iterator[None]:
    """Turn an `OSError` inside into a `MachineError` that says what could not be done."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise MachineError(
                f"no space left to {action} {path}",
                "nothing was half-written; what was there before is intact",
                f"free some space, then {do('again')}",
            ) from error
        raise MachineError(
            f"cannot {action} {path}",
            error.strerror or str(error),
            "check that the folder is on a working disk and belongs to you",
        ) from error
