"""`moveday` at a real terminal (a pty): what the terminal got, its settings, and the exit code."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.screens.replay import ENVIRON

ROOT = Path(__file__).parents[2]
_SEQUENCE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]"
)
_LEAVES_SCREEN = b"\x1b[?1049l"
_PATIENCE = 40.0


def environ_of(home: Path, **more: str) -> dict[str, str]:
    """A person whose accounts answer nowhere, and who has no keyring."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
        **ENVIRON,
        **more,
    }


class PtyApp:
    """A started `moveday`. `raw` is every byte that the terminal got so far."""

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        *words: str,
        columns: int,
        rows: int,
        controlling: bool,
    ) -> None:
        self.leader, self.follower = pty.openpty()
        self._size(columns, rows)
        self.before = termios.tcgetattr(self.follower)
        self.process = subprocess.Popen(
            [sys.executable, "-P", *(words or ("-m", "wizard"))],
            stdin=self.follower,
            stdout=self.follower,
            stderr=self.follower,
            env=dict(environ),
            cwd=folder,
            start_new_session=True,
            preexec_fn=_take_terminal if controlling else None,  # noqa: PLW1509
        )
        self.raw = b""
        self._mark = 0
        self._more = threading.Condition()
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def expect(self, text: str, seconds: float = _PATIENCE) -> None:
        """Wait until `text` is drawn after what was expected or pressed last."""
        deadline = time.monotonic() + seconds
        with self._more:
            while text not in plain(self.raw[self._mark :]):
                left = deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    time.sleep(0.1)
                    if text in plain(self.raw[self._mark :]):
                        break
                    shown = plain(self.raw[self._mark :])[-6_000:]
                    raise AssertionError(f"{text!r} was not drawn (exit {self.code}):\n{shown}")
                self._more.wait(min(left, 0.2))

    def press(self, keys: str | bytes) -> None:
        """Send keys as a terminal does; what `expect` looks for comes after them."""
        data = keys.encode() if isinstance(keys, str) else keys
        with self._more:
            self._mark = len(self.raw)
        while data:
            data = data[os.write(self.leader, data[:4096]) :]

    def open(self, digit: str, text: str) -> None:
        """Open a step: a digit that comes while a dialogue is closing is no key of the step's."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            self.press(digit)
            try:
                return self.expect(text, 3)
            except AssertionError:
                if time.monotonic() > deadline or self.code is not None:
                    raise

    def paste(self, text: str) -> None:
        """A bracketed paste."""
        self.press(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """The window becomes another size, and the process is told."""
        with self._more:
            self._mark = len(self.raw)
        self._size(columns, rows)
        os.kill(self.process.pid, signal.SIGWINCH)

    def signal(self, number: int) -> None:
        """Send a signal to the process."""
        os.kill(self.process.pid, number)

    def end(self, seconds: float = _PATIENCE) -> int:
        """Wait for the end; the exit code. Nothing more comes out afterwards."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end:\n{plain(self.raw)[-4_000:]}") from None
        if self.leader >= 0:
            self._drain()
        return code

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self.process.poll()

    def restored(self) -> None:
        """The terminal is as before: own screen, cursor shown, no reports, cooked."""
        for number in (1049, 1000, 1003, 1004, 1006, 1015, 2004):
            on, off = self.raw.rfind(b"\x1b[?%dh" % number), self.raw.rfind(b"\x1b[?%dl" % number)
            assert on < off, f"private mode {number} was left switched on"
        assert self.raw.rfind(b"\x1b[?25l") < self.raw.rfind(b"\x1b[?25h"), "the cursor is hidden"
        assert self.raw.rfind(b"\x1b[?7l") < self.raw.rfind(b"\x1b[?7h"), "lines do not wrap"
        assert self.raw.rfind(b"\x1b[>") < self.raw.rfind(b"\x1b[<u"), "keys come as kitty's"
        assert termios.tcgetattr(self.follower) == self.before

    def left_behind(self) -> str:
        """What stands on the person's own screen after the end."""
        return plain(self.raw.rpartition(_LEAVES_SCREEN)[2])

    def hang_up(self) -> None:
        """The terminal's window is closed: nobody reads, nobody types."""
        os.close(self.follower)
        self.follower = -1
        leader, self.leader = self.leader, -1
        self._ended.set()
        self._reader.join()
        os.close(leader)

    def close(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.leader >= 0:
            self.hang_up()

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while not self._ended.is_set():
            if not select.select([self.leader], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self.leader, 65_536)
            except OSError:
                return
            with self._more:
                self.raw += data
                self._more.notify_all()

    def _drain(self) -> None:
        """Read what the process wrote last."""
        size = -1
        while size != len(self.raw):
            size = len(self.raw)
            time.sleep(0.12)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextmanager
def pty_app(
    folder: Path,
    environ: Mapping[str, str],
    *words: str,
    columns: int = 100,
    rows: int = 30,
    controlling: bool = True,
) -> Iterator[PtyApp]:
    """Start `moveday` (or a Python script in its place) in `folder`, end it afterwards.

    Without `controlling` nobody is sent a signal when the terminal closes, nor on ctrl-c.
    """
    app = PtyApp(folder, environ, *words, columns=columns, rows=rows, controlling=controlling)
    try:
        yield app
    finally:
        app.close()


def plain(raw: bytes) -> str:
    """The text in what a terminal got, without its sequences."""
    return _SEQUENCE.sub(b"", raw).decode("utf-8", "replace")
