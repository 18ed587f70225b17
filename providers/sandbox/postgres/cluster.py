"""How is a PostgreSQL cluster made, started and ended on this machine?"""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from providers import process
from providers.sandbox.postgres.template import Template
from providers.sandbox.temp_folder import TempFolder

SUPERUSER = "postgres"
SOCKET_PORT = 5432
# The limit for a unix socket's path is 107 bytes on Linux, 103 on macOS.
_LONGEST_SOCKET_PATH = 100
_START_SECONDS = 60.0
_BUILTIN_LOCALE_SINCE = 17
_SETTINGS = """
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0777
max_connections = 100
shared_buffers = 128MB
max_wal_size = 2GB
password_encryption = scram-sha-256
# A sandbox has nothing to lose in a power cut.
fsync = off
full_page_writes = off
"""
_QUIET_INITDB_SINCE = 14
_SCRAM_ITERATIONS_SINCE = 16
# Its passwords are random and short-lived: stretching them 4096 times would protect nothing, and
# costs every connection 3 ms of a processor.
_FEW_ITERATIONS = "scram_iterations = 1\n"


class Cluster:
    """A running server on a private unix socket; `folder` may not be where its data are.

    Data and socket go to a temp folder of their own when `folder` is too long for a socket's path
    or closed to the user that the server steps down to.
    """

    def __init__(self, folder: Path, programs: Path, major: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._own: TempFolder | None = None
        if not _suitable(folder):
            self._own = TempFolder(process.shared_temp_folder())
            folder = self._own.path
        self.major = major
        self.socket_dir = folder / "s"
        self.pass_file = folder / "superuser.pass"
        self._data = folder / "data"
        self._programs = programs
        self._password = secrets.token_hex(24)
        self._server: process.Child | None = None
        for path in (self.socket_dir, self._data):
            path.mkdir(mode=0o755 if path == self.socket_dir else 0o700)
            process.give_to_nobody(path)

    @property
    def socket(self) -> Path:
        """The unix socket's path."""
        return self.socket_dir / f".s.PGSQL.{SOCKET_PORT}"

    def environment(self, database: str) -> dict[str, str]:
        """Environment for the client programs, as superuser; the password is in a 0600 file."""
        return process.environment(
            {
                "PGHOST": str(self.socket_dir),
                "PGPORT": str(SOCKET_PORT),
                "PGUSER": SUPERUSER,
                "PGPASSFILE": str(self.pass_file),
                "PGDATABASE": database,
            }
        )

    async def start(self) -> None:
        """Make the cluster and wait until it answers. Raises RuntimeError with the server's log."""
        try:
            await self._initialise()
            await self._run()
            await self._renew_password()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Immediate shutdown: sessions are ended, and no checkpoint is written, since the data
        goes with the server (on a busy disk that checkpoint takes longer than people wait). Can be
        repeated."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop(grace=10, first=signal.SIGQUIT)
        for path in (self._data, self.socket_dir):
            shutil.rmtree(path, ignore_errors=True)
        self.pass_file.unlink(missing_ok=True)
        if self._own is not None:
            self._own.remove()

    async def restart(self, *, crash: bool = False) -> None:
        """End all sessions, as a maintenance does, or die as in a crash; then start again."""
        if self._server is not None:
            await self._server.stop(grace=30, first=signal.SIGQUIT if crash else signal.SIGINT)
        await self._run()

    @asynccontextmanager
    async def connection(self, database: str) -> AsyncIterator[psycopg.AsyncConnection]:
        """A superuser session over the unix socket, in autocommit."""
        session = await psycopg.AsyncConnection.connect(
            host=str(self.socket_dir),
            port=SOCKET_PORT,
            user=SUPERUSER,
            password=self._password,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )
        try:
            yield session
        finally:
            await session.close()

    async def _initialise(self) -> None:
        locale = ["--locale=C"]
        if self.major >= _BUILTIN_LOCALE_SINCE:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = ["-U", SUPERUSER, "-E", "UTF8", "-A", "scram-sha-256", "--no-sync", *locale]
        template = Template(self._programs, options)
        password = await template.copy_to(self._data)
        if password is None:
            await self._make(options)
            await template.keep(self._data, self._password)
        self._password = password or self._password
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS.format(port=SOCKET_PORT, socket_dir=self.socket_dir))
            settings.write(_FEW_ITERATIONS if self.major >= _SCRAM_ITERATIONS_SINCE else "")

    async def _make(self, options: Sequence[str]) -> None:
        password_file = self._data.parent / "initial.pass"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        process.give_to_nobody(password_file)
        more = [f"--pwfile={password_file}"]
        more += ["--no-instructions"] if self.major >= _QUIET_INITDB_SINCE else []
        try:
            made = await process.run(
                [self._programs / "initdb", "-D", self._data, *options, *more],
                env=_environment(),
                as_nobody=True,
            )
        finally:
            password_file.unlink(missing_ok=True)
        if made.code != 0:
            raise RuntimeError(f"initdb failed:\n{made.stderr}")

    async def _renew_password(self) -> None:
        """One of this cluster's own, made with the iterations of its settings."""
        password = secrets.token_hex(24)
        change = sql.SQL("ALTER ROLE {} PASSWORD {}")
        async with self.connection("postgres") as session:
            await session.execute(change.format(sql.Identifier(SUPERUSER), sql.Literal(password)))
        self._password = password
        self.pass_file.touch(mode=0o600)
        self.pass_file.write_text(f"*:*:*:{SUPERUSER}:{password}\n")

    async def _run(self) -> None:
        self._server = await process.start(
            [self._programs / "postgres", "-D", self._data],
            env=_environment(),
            stdout=False,
            as_nobody=True,
            death_signal=signal.SIGQUIT,
        )
        async with asyncio.timeout(_START_SECONDS):
            while not await self._answers():
                if self._server.process.returncode is not None:
                    raise RuntimeError(f"PostgreSQL ended:\n{self._server.last_lines}")
                await asyncio.sleep(0.03)

    async def _answers(self) -> bool:
        try:
            async with self.connection("postgres"):
                return True
        except psycopg.OperationalError:
            return False


def _environment() -> dict[str, str]:
    # The server's messages are in English whatever the user's language is.
    return process.environment({"LC_ALL": "C", "TZ": "UTC"})


def _suitable(folder: Path) -> bool:
    socket = os.fsencode(folder / "s" / f".s.PGSQL.{SOCKET_PORT}")
    return len(socket) <= _LONGEST_SOCKET_PATH and process.reachable(folder)
