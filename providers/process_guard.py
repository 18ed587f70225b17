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

# Gentle first: PostgreSQL, asked to quit, ends its server processes, which have sessions of their
# own, and gives its shared memory back.
_PROGRAM = """
import os, signal, sys, time
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
groups = {}
for line in sys.stdin:
    group, number = map(int, line.split())
    if number:
        groups[group] = number
    else:
        groups.pop(group, None)
def send(call, group, number):
    try:
        call(group, number)
        return True
    except OSError:
        return False
for group, number in groups.items():
    send(os.kill, group, number)
for _ in range(20):
    if not any(send(os.kill, group, 0) for group in groups):
        break
    time.sleep(0.1)
for group in groups:
    send(os.killpg, group, signal.SIGKILL)
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


def watch(group: int, death_signal: int) -> None:
    """When this process ends, the leader of `group` gets `death_signal`, then the group KILL."""
    _tell(group, death_signal)


def forget(group: int) -> None:
    """The group has ended and its id may be used again by a stranger."""
    _tell(group, 0)


def _tell(group: int, number: int) -> None:
    with _lock:
        if _guard is None or _guard.stdin is None or _owner != os.getpid():
            return
        with contextlib.suppress(OSError):
            _guard.stdin.write(f"{group} {number}\n".encode())
