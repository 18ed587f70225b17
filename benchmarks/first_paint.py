"""How soon is something on the screen? `moveday` against a bare Textual app with one Static.

Both run in a pseudo terminal of 100 by 30, in turn; the time is from the start of the process to
the first characters of its own text. Run: `python benchmarks/first_paint.py [rounds]`.
"""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("moveday bare")
Bare().run()
"""
LIMIT = 30.0


def first_paint(words: list[str], folder: Path, wanted: bytes) -> float:
    """Seconds until `wanted` came out of the terminal that `words` run in."""
    began = time.perf_counter()
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(TERM="xterm-256color", COLUMNS="100", LINES="30")
        os.execv(words[0], words)  # noqa: S606 (no shell is wanted)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    seen = b""
    try:
        while wanted not in seen:
            ready, _, _ = select.select([master], [], [], LIMIT)
            if not ready:
                raise SystemExit(f"nothing was painted within {LIMIT:g} s: {seen[-300:]!r}")
            seen += os.read(master, 65_536)
        return time.perf_counter() - began
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)


def told(name: str, times: list[float]) -> str:
    """Median and range in milliseconds."""
    middle, low, high = (1e3 * f(times) for f in (statistics.median, min, max))
    return f"{name:<22} {middle:6.0f} ms  ({low:.0f} to {high:.0f})"


def main(rounds: int) -> None:
    """Time both in turn."""
    python = sys.executable
    moveday = str(Path(python).with_name("moveday"))
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(rounds + 1):
            bare.append(first_paint([python, "-c", BARE], folder, b"moveday bare"))
            ours.append(first_paint([moveday], folder, b"opening"))
    bare, ours = bare[1:], ours[1:]
    print(told("bare Textual app", bare))
    print(told("moveday", ours))
    ratio = statistics.median(o / b for o, b in zip(ours, bare, strict=True))
    print(f"ratio of each pair, median: {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
