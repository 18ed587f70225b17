"""How does moveday run a child program: environment, own group, deadline, and an end for all?"""

import asyncio
import contextlib
import ctypes
import os
import signal
import stat
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from providers import process_guard
from wizard.errors import MachineError

if TYPE_CHECKING:
    import pwd

# What a program needs to find itself and speak; nothing that could carry a secret or a proxy.
_ALLOWED = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE")
_PR_SET_PDEATHSIG = 1
_LONGEST_LINE = 1 << 16
_LAST_WORDS = 2.0
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

OnLine = Callable[[str], None]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The allow-listed part of our own environment, plus `extra`."""
    kept = {name: os.environ[name] for name in _ALLOWED if name in os.environ}
    return kept | dict(extra or {})


def can_step_down() -> bool:
    """Are we root on a machine that has the user `nobody`?"""
    return os.name == "posix" and os.geteuid() == 0 and _nobody() is not None


def give_to_nobody(path: Path) -> None:
    """Hand `path` to the user that stepped-down children run as; no effect for ordinary users."""
    nobody = _nobody()
    if can_step_down() and nobody is not None:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def reachable(folder: Path) -> bool:
    """Can stepped-down children get to what lies in `folder`? Always, when there is no step down.

    Private temp folders and home folders of root are closed to them.
    """
    if not can_step_down():
        return True
    inside = folder.resolve()
    return all(path.stat().st_mode & stat.S_IXOTH for path in (inside, *inside.parents))


def shared_temp_folder() -> Path:
    """A temp folder that stepped-down children can reach: the usual one, else /tmp."""
    usual = Path(tempfile.gettempdir())
    return usual if reachable(usual) else Path("/tmp")  # noqa: S108 - names inside are random


@dataclass(frozen=True)
class Outcome:
    """How a program ended: exit code (negative: ended by that signal) and what it printed."""

    code: int
    stdout: bytes
    stderr: str


class Child:
    """A running program with its whole process group."""

    def __init__(self, process: asyncio.subprocess.Process, name: str, on_line: OnLine | None):
        self.process = process
        self.name = name
        self._tail: list[str] = []
        self._ended = False
        self._reader: asyncio.Task[None] | None = None
        if process.stderr is not None:
            self._reader = asyncio.create_task(self._read_lines(process.stderr, on_line))

    @property
    def pid(self) -> int:
        """Process id, which is also the id of its group."""
        return self.process.pid

    @property
    def last_lines(self) -> str:
        """The last lines of the error stream, at most 200. May hold outside text."""
        return "\n".join(self._tail)

    async def wait(self) -> int:
        """Wait for its end; the exit code, negative when a signal ended it."""
        code = await self.process.wait()
        if not self._ended:
            self._ended = True
            # What the leader left in its group must not outlive it.
            self.signal_group(signal.SIGKILL)
            process_guard.forget(self.pid)
        if self._reader is not None:
            # Something that left the group may still hold the other end of the stream.
            await asyncio.wait([self._reader], timeout=_LAST_WORDS)
            self._reader.cancel()
        return code

    async def stop(self, grace: float = 5.0, first: int = signal.SIGTERM) -> int:
        """End the whole group: `first`, `grace` seconds, KILL. The exit code. Can be repeated."""
        if self.process.returncode is None:
            self.signal_group(first)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.process.wait()), grace)
        if self.process.returncode is None:
            self.signal_group(signal.SIGKILL)
        return await self.wait()

    def signal_group(self, number: int) -> None:
        """Send a signal to the group; one that is gone already is fine."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def _read_lines(self, stream: asyncio.StreamReader, on_line: OnLine | None) -> None:
        async for line in _lines(stream):
            self._tail.append(line)
            del self._tail[:-200]
            if on_line is not None:
                on_line(line)


async def start(
    arguments: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: bool | int = False,
    stdout: bool | int = True,
    stderr: bool | int = True,
    on_stderr: OnLine | None = None,
    as_nobody: bool = False,
    death_signal: int = signal.SIGKILL,
) -> Child:
    """Start a program in a process group of its own that cannot outlive this process.

    `env` is its whole environment (see `environment`). `stdin`, `stdout` and `stderr` are a pipe
    (True), nothing (False) or a file descriptor. `as_nobody` steps
    down when we are root. When we die, however that happens, the program gets `death_signal` and
    what is left of its group is killed. Raises MachineError when it cannot be started.
    """
    words = [os.fspath(word) for word in arguments]
    who: dict[str, object] = {}
    nobody = _nobody()
    if as_nobody and can_step_down() and nobody is not None:
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    process_guard.ensure()
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            env=dict(env),
            cwd=cwd,
            stdin=_stream(stdin),
            stdout=_stream(stdout),
            stderr=_stream(stderr),
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal),
            limit=_LONGEST_LINE,
            **who,  # type: ignore[arg-type]
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MachineError(f"{Path(words[0]).name} could not be started", reason) from error
    process_guard.watch(process.pid, death_signal)
    return Child(process, Path(words[0]).name, on_stderr)


async def run(
    arguments: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: bytes = b"",
    on_stderr: OnLine | None = None,
    deadline: float = 60.0,
    as_nobody: bool = False,
    death_signal: int = signal.SIGKILL,
) -> Outcome:
    """Run a program to its end. Raises TimeoutError after `deadline` seconds, the group ended."""
    child = await start(
        arguments,
        env=env,
        cwd=cwd,
        stdin=bool(stdin),
        on_stderr=on_stderr,
        as_nobody=as_nobody,
        death_signal=death_signal,
    )
    try:
        async with asyncio.timeout(deadline):
            _, output = await asyncio.gather(_feed(child, stdin), _drain(child))
            code = await child.wait()
    finally:
        await asyncio.shield(child.stop())
    return Outcome(code, output, child.last_lines)


def _stream(wish: bool | int) -> int:
    if wish is True:
        return asyncio.subprocess.PIPE
    return asyncio.subprocess.DEVNULL if wish is False else wish


async def _feed(child: Child, data: bytes) -> None:
    writer = child.process.stdin
    if writer is None:
        return
    # A program may end without reading all of its input; its exit code tells the story.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        writer.write(data)
        await writer.drain()
    writer.close()


async def _drain(child: Child) -> bytes:
    reader = child.process.stdout
    return b"" if reader is None else await reader.read()


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines of a stream; one without an end comes in pieces instead of filling memory."""
    rest = b""
    while block := await stream.read(_LONGEST_LINE):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r").decode("utf-8", "replace")
        if len(rest) >= _LONGEST_LINE:
            yield rest.decode("utf-8", "replace")
            rest = b""
    if rest:
        yield rest.decode("utf-8", "replace")


def _die_with_parent(number: int) -> Callable[[], None] | None:
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def in_child() -> None:
        # Runs after the step down to another user, which would clear the setting.
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(127)

    return in_child


def _nobody() -> "pwd.struct_passwd | None":
    try:
        import pwd  # not on Windows, where this module must still be importable

        return pwd.getpwnam("nobody")
    except (ImportError, KeyError):
        return None
