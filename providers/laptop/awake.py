"""Keeps this machine awake: the system's program holds the lock as long as its own child lives.

Both programs take the lock first and then start what they are given, here a shell that says so and
waits for the end of its input. That comes when we let go, and also when we are killed.
Sources: systemd-inhibit(1), logind.conf(5) (a lid is held off only by handle-lid-switch),
caffeinate(8) (the lid never; -s on mains only). macOS was not seen on a real machine.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from providers import process
from wizard.errors import MachineError
from wizard.model.laptop import Awake
from wizard.safety.clean import clean

_HELD = b"held\n"
_HOLD = ("/bin/sh", "-c", "echo held; read -r end")
_HELD_WITHIN = 5.0
_SILENT = "it gave no answer"
_BUS = "DBUS_SYSTEM_BUS_ADDRESS"
_KERNEL = "proc/sys/kernel/osrelease"


@dataclass(frozen=True)
class _Way:
    """A command to put before `_HOLD`, and whether it holds the lid too."""

    command: tuple[str, ...]
    lid: bool


@contextlib.asynccontextmanager
async def keep_awake(why: str, root: Path, environ: Mapping[str, str]) -> AsyncIterator[Awake]:
    """Hold sleep off as long as the context; what could not be held is said, and never raised."""
    if _on_windows(root):
        # Its Linux would take the lock, and Windows would fall asleep all the same.
        yield Awake(sleep=False, detail="Windows decides when it sleeps, and is not asked here")
        return
    ways = _ways(why, environ.get("PATH", ""))
    if not ways:
        yield Awake(sleep=False, detail="there is neither systemd-inhibit nor caffeinate")
        return
    refusal = ""
    for way in ways:
        child, refusal = await _hold(way.command, environ)
        if child is None and refusal == _SILENT:
            break  # whoever is silent now is so about less, too
        if child is None:
            continue
        try:
            yield Awake(sleep=True, lid=way.lid)
        finally:
            await asyncio.shield(child.stop(grace=1.0))
        return
    yield Awake(sleep=False, detail=f"{Path(ways[0].command[0]).name}: {refusal}")


def _ways(why: str, path: str) -> tuple[_Way, ...]:
    """The most that may be held first: who came in over ssh may hold off less, or nothing."""
    if program := shutil.which("systemd-inhibit", path=path):
        words = ("--who=moveday", f"--why={why}", "--mode=block")
        return tuple(
            _Way((program, f"--what={what}", *words), "lid" in what)
            for what in ("sleep:idle:handle-lid-switch", "sleep:idle", "idle")
        )
    if program := shutil.which("caffeinate", path=path):
        return (_Way((program, "-i", "-m", "-s"), lid=False),)
    return ()


async def _hold(
    command: Sequence[str], environ: Mapping[str, str]
) -> tuple[process.Child | None, str]:
    """The child that holds the lock, or None and why not."""
    bus = {name: environ[name] for name in (_BUS,) if name in environ}
    try:
        child = await process.start([*command, *_HOLD], env=process.environment(bus), stdin=True)
    except MachineError as error:
        return None, error.detail
    assert child.process.stdout is not None
    said = b""
    try:
        with contextlib.suppress(TimeoutError):
            said = await asyncio.wait_for(child.process.stdout.readline(), _HELD_WITHIN)
    finally:
        if said != _HELD:
            await asyncio.shield(child.stop(grace=0))
    if said == _HELD:
        return child, ""
    last = child.last_lines.rpartition("\n")[2]
    return None, clean(last, 200) or _SILENT


def _on_windows(root: Path) -> bool:
    """Whether this Linux runs inside Windows (WSL names itself in the kernel's release)."""
    try:
        return "microsoft" in (root / _KERNEL).read_text().lower()
    except OSError:
        return False
