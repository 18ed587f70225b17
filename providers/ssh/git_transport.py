"""What git calls instead of `ssh` (GIT_SSH_COMMAND): one command over asyncssh, bytes passed on.

Own options come first, then those git adds for an ssh of its kind:
`--host-key TEXT --token-fd N [-p PORT] [-o …] USER@HOST COMMAND`. The access token is the first
line of an inherited pipe, so it stands in no argument list and in no environment, git's own
included. The other end of that pipe stays open in moveday: when it closes, moveday is gone and the
transfer ends.
"""

import argparse
import asyncio
import os
import sys

import asyncssh

from providers.ssh.connect import connect
from providers.ssh.login import Login, LoginFailed

FAILED = 255


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line as git writes it for GIT_SSH_VARIANT=ssh."""
    parser = argparse.ArgumentParser(prog="moveday-git-transport", allow_abbrev=False)
    parser.add_argument("--host-key", required=True)
    parser.add_argument("--token-fd", type=int, required=True)
    parser.add_argument("-p", dest="port", type=int, default=22)
    parser.add_argument("-o", dest="options", action="append", default=[])
    parser.add_argument("-4", "-6", dest="family", action="store_true")
    parser.add_argument("destination")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def read_token(descriptor: int) -> str:
    """The first line of the inherited pipe."""
    token = bytearray()
    while (byte := os.read(descriptor, 1)) not in (b"\n", b""):
        token += byte
    return token.decode()


async def _pump_in(channel: "asyncssh.SSHWriter[bytes]") -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while block := await reader.read(65_536):
        channel.write(block)
        await channel.drain()
    channel.write_eof()


async def _pump_out(channel: "asyncssh.SSHReader[bytes]", descriptor: int) -> None:
    while block := await channel.read(65_536):
        view = memoryview(block)
        while view:
            view = view[await asyncio.to_thread(os.write, descriptor, view) :]


async def run(words: argparse.Namespace, token: str) -> int:
    """Run the command over there; its exit status."""
    user, _, host = words.destination.rpartition("@")
    login = Login(
        host=host.strip("[]"),
        port=words.port,
        user=user or "root",
        host_key=words.host_key,
        environment={"ACCESS_TOKEN": token},
    )
    connection, _client = await connect(login)
    _end_with_parent(words.token_fd, connection)
    try:
        process = await connection.create_process(
            " ".join(words.command), env=login.environment, encoding=None
        )
        feeding = asyncio.create_task(_pump_in(process.stdin))
        await asyncio.gather(_pump_out(process.stdout, 1), _pump_out(process.stderr, 2))
        feeding.cancel()
        ended = await process.wait()
        return FAILED if ended.exit_status is None else ended.exit_status
    finally:
        connection.close()


def _end_with_parent(descriptor: int, connection: asyncssh.SSHClientConnection) -> None:
    loop = asyncio.get_running_loop()

    def at_end() -> None:
        loop.remove_reader(descriptor)
        connection.abort()

    loop.add_reader(descriptor, at_end)


def main() -> int:
    """Parse, run, and say why it failed on stderr, where git shows it."""
    words = parse(sys.argv[1:])
    token = read_token(words.token_fd)
    try:
        return asyncio.run(run(words, token))
    except (LoginFailed, ValueError) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        pass
    except (OSError, asyncssh.Error) as error:
        print(f"{words.destination}: {error}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    raise SystemExit(main())
