"""One SSH session without a terminal: input in, output and exit status out."""

import asyncio
from dataclasses import dataclass

import asyncssh

from providers.ssh.connect import connect
from providers.ssh.login import Login, LoginFailed

OUTPUT_LIMIT = 4 << 20


@dataclass(frozen=True)
class SessionResult:
    """`status` is None when the connection was lost before the program ended."""

    status: int | None
    stdout: bytes
    stderr: bytes


async def run_session(login: Login, stdin: bytes, timeout: float) -> SessionResult:
    """Run what the server's forced command runs, with `stdin` as its input.

    No command is sent: the server knows from the sign-in what to run. Raises LoginFailed when there
    is no session, TimeoutError after `timeout` seconds.
    """
    async with asyncio.timeout(timeout):
        connection, _client = await connect(login)
        try:
            session = await connection.create_process(
                env=login.environment, encoding=None, request_pty=False
            )
            session.stdin.write(stdin)
            session.stdin.write_eof()
            output, errors = await asyncio.gather(_read(session.stdout), _read(session.stderr))
            ended = await session.wait()
            return SessionResult(ended.exit_status, output, errors)
        except (OSError, asyncssh.Error) as error:
            raise LoginFailed(str(error) or type(error).__name__) from error
        finally:
            connection.abort()


async def _read(stream: "asyncssh.SSHReader[bytes]") -> bytes:
    kept = b""
    while block := await stream.read(65_536):
        if len(kept) < OUTPUT_LIMIT:
            kept += block
    return kept[:OUTPUT_LIMIT]
