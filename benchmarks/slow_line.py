"""A line with delay and rate to a network namespace: packets pass through a program of ours.

Not every kernel has netem; two TUN devices and a queue do the same. `python benchmarks/slow_line.py
NEAR FAR NAMESPACE ROUND_TRIP_MS MBIT` is that program; `slow_line` starts it.
"""

import contextlib
import fcntl
import heapq
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

_TUNSETIFF, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001
# Larger than on a real line, so that this program is not what limits the rate.
_MTU = 9000
_MOST_WAITING_SECONDS = 0.1


@dataclass(frozen=True)
class Line:
    """How the client reaches the servers: `host`, as seen from where `prefix` runs a command."""

    name: str
    host: str
    prefix: tuple[str, ...]


LAN = Line("LAN (loopback)", "127.0.0.1", ())


@contextlib.contextmanager
def slow_line(round_trip_ms: float, mbit: float) -> Iterator[Line]:
    """A namespace at the far end of a line. Raises OSError where this user may not make one."""
    name = f"mvd{os.getpid()}"
    near, far = f"{name}n"[:15], f"{name}f"[:15]
    subnet = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
    inside = ("ip", "netns", "exec", name)
    _ip("ip", "netns", "add", name)
    try:
        words = [sys.executable, __file__, near, far, name, str(round_trip_ms), str(mbit)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as program:
            try:
                assert program.stdout is not None
                if not program.stdout.readline():
                    raise OSError("no TUN device can be made")
                for prefix, device, number in (((), near, 1), (inside, far, 2)):
                    _ip(*prefix, "ip", "addr", "add", f"{subnet}.{number}/30", "dev", device)
                    _ip(*prefix, "ip", "link", "set", device, "mtu", str(_MTU), "up")
                title = f"line of {round_trip_ms:g} ms round trip and {mbit:g} Mbit/s each way"
                yield Line(title, f"{subnet}.1", inside)
            finally:
                program.kill()
    finally:
        _ip("ip", "netns", "del", name)


def _ip(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


class _Direction:
    """Packets from one device to the other: sent at the rate, delivered after the delay."""

    def __init__(self, inlet: int, outlet: int, delay: float, bytes_per_second: float) -> None:
        self._inlet, self._outlet = inlet, outlet
        self._delay, self._rate = delay, bytes_per_second
        self._free_at = 0.0
        self._waiting: list[tuple[float, int, bytes]] = []
        self._changed = threading.Condition()

    def start(self) -> None:
        for work in (self._take, self._deliver):
            threading.Thread(target=work, daemon=True).start()

    def _take(self) -> None:
        number = 0
        while packet := os.read(self._inlet, _MTU + 100):
            now = time.monotonic()
            if self._free_at - now > _MOST_WAITING_SECONDS:
                continue  # a full queue drops, as a router's does; TCP slows down by it
            self._free_at = max(now, self._free_at) + len(packet) / self._rate
            number += 1
            with self._changed:
                heapq.heappush(self._waiting, (self._free_at + self._delay, number, packet))
                self._changed.notify()

    def _deliver(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                at, _, packet = heapq.heappop(self._waiting)
            if (wait := at - time.monotonic()) > 0:
                time.sleep(wait)
            with contextlib.suppress(OSError):
                os.write(self._outlet, packet)


def _tun(name: str) -> int:
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN_WITHOUT_HEADER))
    return descriptor


def main() -> None:
    """Pass packets until the parent's pipe ends."""
    near, far, namespace, round_trip_ms, mbit = sys.argv[1:]
    ends = _tun(near), _tun(far)
    _ip("ip", "link", "set", far, "netns", namespace)
    delay, rate = float(round_trip_ms) / 2000, float(mbit) * 1e6 / 8
    with contextlib.suppress(OSError):
        os.nice(-10)  # a busy machine must not lengthen the line
    for inlet, outlet in (ends, ends[::-1]):
        _Direction(inlet, outlet, delay, rate).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
