"""What does an operation print while it runs? Its log, line by line, over Aptible's SSH portal.

The portal streams it to a session without a command, as `aptible operation:follow` reads it
(aptible-cli, attach_to_operation_logs). Read in the client's source, never tried against the real
service. There is no other live log; what an operation's state is, only polling says.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from providers.ssh.login import LoginFailed
from providers.targets.aptible.portal_login import PortalSignIn
from providers.targets.aptible.shapes import OperationShape, Shape
from wizard.errors import MovedayError

if TYPE_CHECKING:
    import asyncssh

LONGEST_LINE = 8_192
"""Bytes; what is longer (a progress bar without line ends) comes in pieces."""

OnLine = Callable[[str], None]


class LiveLog:
    """Follows operations; never the reason for anything to fail."""

    def __init__(self, sign_in: PortalSignIn) -> None:
        self._sign_in = sign_in

    async def follow(self, operation: OperationShape, on_line: OnLine) -> None:
        """Tell every line to `on_line` until the log ends; in one line why there is none."""
        import asyncssh

        from providers.ssh.connect import connect

        try:
            login, _ = await self._sign_in.login(operation, Shape())
            connection, _ = await connect(login)
        except (MovedayError, LoginFailed, OSError) as error:
            why = error.title if isinstance(error, MovedayError) else str(error)
            on_line(f"(its log cannot be followed: {why}; if it fails, the log's end is read)")
            return
        try:
            session = await connection.create_process(
                env=login.environment, encoding=None, request_pty=False, stderr=asyncssh.STDOUT
            )
            session.stdin.write_eof()
            await tell_lines(session.stdout, on_line)
        except (OSError, asyncssh.Error):
            on_line("(the log's connection was lost; the operation itself goes on)")
        finally:
            connection.abort()


async def tell_lines(stream: "asyncssh.SSHReader[bytes]", on_line: OnLine) -> None:
    """Every line of a stream, until it ends; a line without an end comes in pieces."""
    rest = b""
    while block := await stream.read(65_536):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            for begin in range(0, len(line) or 1, LONGEST_LINE):
                on_line(line[begin : begin + LONGEST_LINE].decode("utf-8", "replace"))
        if len(rest) > LONGEST_LINE:
            on_line(rest.decode("utf-8", "replace"))
            rest = b""
        # Other work gets its turn, however fast the log comes.
        await asyncio.sleep(0)
    if rest:
        on_line(rest.decode("utf-8", "replace"))
