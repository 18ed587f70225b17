"""Where does the sandbox keep its files, and who clears up after one that was killed?

Each temp folder holds a file that its living owner keeps locked. A folder whose lock is free is a
leftover and is removed at the next start.
"""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

_PREFIX = "moveday-sandbox-"
_LOCK = ".alive"
# A folder so young may be between its making and its lock.
_YOUNG_SECONDS = 60.0


class TempFolder:
    """A folder that other users may pass through but not list; `remove` ends it."""

    def __init__(self, base: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        self._lock: IO[bytes] = (self.path / _LOCK).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The database server's user has to reach its own folder inside.
        self.path.chmod(0o711)

    def remove(self) -> None:
        """Delete it with everything inside. Can be repeated."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def remove_leftovers(base: Path | None = None) -> None:
    """Delete our own folders whose owner is dead."""
    for folder in (base or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        if _is_ours(folder) and _is_dead(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
    except OSError:
        return False


def _is_dead(folder: Path) -> bool:
    try:
        if not (folder / _LOCK).exists():
            return time.time() - folder.stat().st_mtime > _YOUNG_SECONDS
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
    except OSError:
        return False
