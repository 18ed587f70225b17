"""`git receive-pack` for a machine without git: dulwich's, over standard input and output.

Run as `python -m providers.sandbox.ssh.receive_pack REPOSITORY`.
"""

import os
import sys

from dulwich.protocol import ReceivableProtocol
from dulwich.server import FileSystemBackend, ReceivePackHandler


def main() -> int:
    """Serve one push into the repository named as the only argument."""
    # A pack has no length in front of it, and the client keeps its side open for the report. So
    # the pack is read in whatever portions arrive: waiting for full blocks, as dulwich's own
    # `serve_command` does, would be waiting for bytes that never come.
    protocol = ReceivableProtocol(_receive, _send)
    ReceivePackHandler(FileSystemBackend("/"), [sys.argv[1]], protocol).handle()
    return 0


def _receive(size: int) -> bytes:
    return os.read(sys.stdin.fileno(), size)


def _send(data: bytes) -> int:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return len(data)


if __name__ == "__main__":
    sys.exit(main())
