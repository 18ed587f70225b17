"""A program at a real terminal (a pty), and a person who reads and types."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Terminal:
    """`seen` is everything that the terminal showed, echoes included."""

    def __init__(self, *words: str, environ: Mapping[str, str], cwd: Path = ROOT) -> None:
        self.leader, follower = os.openpty()
        # Wide, so that no sentence that is waited for is broken in two.
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 250, 0, 0))
        self.before = termios.tcgetattr(follower)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wizard", *words],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env={**environ, "PYTHONPATH": str(ROOT)},
            cwd=cwd,
            start_new_session=True,
            # Ctrl-c reaches who has this as its controlling terminal.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        self.follower = follower
        self.seen = ""
        self._read_to = 0

    def expect(self, text: str, seconds: float = 120) -> None:
        """Wait until `text` is shown behind what was expected before."""
        deadline = time.monotonic() + seconds
        while text not in self.seen[self._read_to :]:
            left = deadline - time.monotonic()
            if left <= 0 or not self._more(left):
                raise AssertionError(f"{text!r} was not shown; the terminal:\n{self.seen}")
        self._read_to = self.seen.index(text, self._read_to) + len(text)

    def type(self, text: str) -> None:
        """Type a line."""
        self.press(text + "\n")

    def press(self, keys: str) -> None:
        """Type keys as they are; \\x03 is ctrl-c."""
        os.write(self.leader, keys.encode())

    def answer(self, question: str, text: str) -> None:
        """Wait for a question and type its answer."""
        self.expect(question)
        self.expect(": ")
        self.type(text)

    def end(self, seconds: float = 120) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self._more(0.05)
        while self._more(0.05):
            pass
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"it did not end; the terminal:\n{self.seen}")
        return self.process.returncode

    def sane(self) -> bool:
        """Whether the terminal is as it was before."""
        return termios.tcgetattr(self.follower) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.leader)
        os.close(self.follower)

    def _more(self, seconds: float) -> bool:
        if not select.select([self.leader], [], [], seconds)[0]:
            return False
        self.seen += os.read(self.leader, 65536).decode("utf-8", "replace").replace("\r\n", "\n")
        return True
