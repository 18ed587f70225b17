"""A pause asked for from another terminal: a file that names the process it is meant for.

A signal would end a command that does not expect one, and could reach a stranger to whom the
process number was given since. A bare file would outlive a kill and pause tomorrow's run.
"""

import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from wizard.engine.chain import Entry
from wizard.engine.folder import BINARY, machine_trouble, write_fully
from wizard.engine.lock import Holder

FILE_NAME = "pause"


class PauseRequest:
    """The request in the state folder `folder`, as far as it is meant for `holder`."""

    def __init__(self, folder: Path, holder: Holder) -> None:
        self._path = folder / FILE_NAME
        self._holder = holder

    def stands(self) -> bool:
        """Whether somebody asks this holder of the lock for a pause; costs one look at a name."""
        try:
            return Holder.model_validate_json(self._path.read_bytes()) == self._holder
        except (OSError, ValueError):
            return False

    def make(self) -> None:
        """Ask. Raises `MachineError` when the disk refuses."""
        temporary = self._path.with_name(f"{FILE_NAME}-{secrets.token_hex(4)}")
        with machine_trouble("write", self._path):
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY
                descriptor = os.open(temporary, flags, 0o600)
                try:
                    write_fully(descriptor, self._holder.model_dump_json().encode())
                finally:
                    os.close(descriptor)
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)

    def withdraw(self) -> None:
        """Ask no longer; one that was meant for a process long gone is cleared away, too."""
        with machine_trouble("remove", self._path):
            self._path.unlink(missing_ok=True)


def paused_since(entries: Sequence[Entry]) -> datetime | None:
    """Since when the process at work is paused; None when it is not. Ask only while one works."""
    for entry in reversed(entries):
        if entry.kind == "paused":
            return entry.at
        if entry.kind in ("continued", "opened", "run-started", "run-finished"):
            return None
    return None
