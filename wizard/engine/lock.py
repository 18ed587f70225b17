"""Who works on this move? A lock of the operating system that ends with its process."""

import json
import os
import socket
import sys
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.engine.folder import machine_trouble, prepare_folder, write_fully
from wizard.errors import BlockedError
from wizard.model.frozen import Frozen

FILE_NAME = "lock"
_PATIENCE = 0.3
"""Seconds: a look by `holder` takes the lock for an instant; do not mistake it for a holder."""

if sys.platform == "win32":
    import msvcrt

    # Windows refuses reads of a locked byte, so lock one far behind the text.
    _FAR = 1 << 30

    def _seize(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _seize(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Holder(Frozen):
    """The process that holds the lock. `command` is the moveday command, without arguments."""

    pid: int
    started: datetime
    host: str
    command: str

    def __str__(self) -> str:
        return (
            f"`{self.command}`, process {self.pid} on {self.host},"
            f" since {self.started:%Y-%m-%d %H:%M:%S} UTC"
        )


class Lock:
    """A held lock; `release` it, use it as a context, or let the process end."""

    def __init__(self, descriptor: int, holder: Holder) -> None:
        self.holder = holder
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, command: str, clock: Clock = SYSTEM_CLOCK) -> "Lock":
        """Lock the state folder `folder` for `command` ("moveday rehearse").

        Raises `BlockedError` naming the holder when another process has it.
        """
        prepare_folder(folder)
        path = folder / FILE_NAME
        with machine_trouble("lock", path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with machine_trouble("lock", path):
                if not _seize_patiently(descriptor):
                    raise _blocked(path)
                holder = Holder(
                    pid=os.getpid(),
                    started=clock.now(),
                    host=socket.gethostname(),
                    command=command,
                )
                os.lseek(descriptor, 0, os.SEEK_SET)
                os.ftruncate(descriptor, 0)
                write_fully(descriptor, holder.model_dump_json().encode())
        except BaseException:
            os.close(descriptor)
            raise
        return cls(descriptor, holder)

    def release(self) -> None:
        """Let the next one in; releasing twice is fine."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def holder(folder: Path) -> Holder | None:
    """Who holds the lock of `folder` now; None when nobody does. Changes nothing."""
    path = folder / FILE_NAME
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        return None if _seize(descriptor) else _read_holder(path)
    finally:
        os.close(descriptor)


def _seize_patiently(descriptor: int) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while not _seize(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _read_holder(path: Path) -> Holder | None:
    try:
        return Holder.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, ValidationError):
        return None


def _blocked(path: Path) -> BlockedError:
    found = _read_holder(path)
    who = str(found) if found else "a process that did not leave its name"
    return BlockedError(
        "another moveday works on this move",
        f"{path} is held by {who}",
        "wait for it or end it; `moveday status --follow` shows what it does",
    )
