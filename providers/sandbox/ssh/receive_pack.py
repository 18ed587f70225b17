"""`git receive-pack` for a machine without git: dulwich's, over standard input and output.

Run as `python -m providers.sandbox.ssh.receive_pack REPOSITORY`.
"""

import sys

from dulwich.server import FileSystemBackend, ReceivePackHandler, serve_command


def main() -> int:
    """Serve one push into the repository named as the only argument."""
    backend = FileSystemBackend("/")
    code = serve_command(
        ReceivePackHandler,
        ["receive-pack", sys.argv[1]],
        backend=backend,
        inf=sys.stdin.buffer,
        outf=sys.stdout.buffer,
    )
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(main())
