"""Who ends our children when we are killed without a chance to do it? One small guard process.

It reads process group ids from a pipe. When the pipe ends, which it does however we die, it kills
the groups that are still listed. Works where no parent-death signal exists, and reaches
grandchildren, which such a signal does not.
"""

import contextlib
import os
import subprocess
import sys
import threading

_PROGRAM = """
import os, signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
groups = set()
for line in sys.stdin:
    number = int(line)
    groups.add(number) if number > 0 else groups.discard(-number)
for number in groups:
    try:
        os.killpg(number, signal.SIGKILL)
    except OSError:
        pass
"""
_lock = threading.Lock()
_guard: subprocess.Popen[bytes] | None = None
_owner = 0


def ensure() -> None:
    """Start the guard unless this process (not a parent it was forked from) has a living one."""
    global _guard, _owner  # noqa: PLW0603  one guard per process is the point
    with _lock:
        if _guard is not None and _owner == os.getpid() and _guard.poll() is None:
            return
        _guard = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            bufsize=0,
            start_new_session=True,
        )
        _owner = os.getpid()


def watch(group: int) -> None:
    """The guard kills process group `group` when this process ends."""
    _tell(group)


def forget(group: int) -> None:
    """The group has ended and its id may be used again by a stranger."""
    _tell(-group)


def _tell(number: int) -> None:
    with _lock:
        if _guard is None or _guard.stdin is None or _owner != os.getpid():
            return
        with contextlib.suppress(OSError):
            _guard.stdin.write(f"{number}\n".encode())
