"""Two real clusters for the tests, databases in them, and a line between that can be cut."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import SecretStr

from providers.sandbox.authority import Authority
from providers.sandbox.postgres.server import PostgresServer
from wizard.model.database import Connection

OWNER = "clinic_owner"
PASSWORD = "pw-canary-7f3a:with\\odd'signs"
SCRIPTS = Path("providers/sandbox/scenarios/acme_clinic/database").resolve()


class Site:
    """A server and how its databases are reached, over verified TLS."""

    def __init__(self, server: PostgresServer, ca_file: Path) -> None:
        self.server = server
        self._ca_file = ca_file
        self._numbers = itertools.count(1)

    def connection(self, database: str, port: int | None = None) -> Connection:
        return Connection(
            host="localhost",
            port=port or self.server.port,
            database=database,
            user=OWNER,
            password=SecretStr(PASSWORD),
            tls="verify-full",
            ca_file=str(self._ca_file),
        )

    async def fresh(self) -> Connection:
        """A new, empty database."""
        name = f"fresh{next(self._numbers)}"
        await self.server.create_database(name, OWNER, PASSWORD)
        return self.connection(name)

    async def twin(self, database: str) -> Connection:
        """A new database with the same content, made by the server."""
        name = f"twin{next(self._numbers)}"
        await self.server.execute(
            "postgres", f"CREATE DATABASE {name} TEMPLATE {database} OWNER {OWNER}"
        )
        return self.connection(name)

    async def sql(self, connection: Connection, statements: str) -> list[tuple[object, ...]]:
        """As superuser, past all our own code."""
        return await self.server.execute(connection.database, statements)

    async def clinic(self, scale: str, *, xml: str = "text") -> Connection:
        """A database with the generator's rows."""
        connection = await self.fresh()
        for script in ("schema.sql", "rows.sql", "constraints.sql"):
            await self.server.run_script(
                connection.database,
                SCRIPTS / script,
                {"scale": scale, "sf": scale, "xml_type": xml},
                OWNER,
            )
        return connection


@contextlib.asynccontextmanager
async def site(
    folder: Path, authority: Authority, programs: Path | None = None
) -> AsyncIterator[Site]:
    server = await PostgresServer.start(folder, authority, ["localhost"], programs=programs)
    try:
        yield Site(server, authority.ca_file)
    finally:
        await server.stop()


class Line:
    """A TCP relay that can be cut (all connections end, new ones are refused) or stalled."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None
        self.stalled = asyncio.Event()

    @property
    def carried(self) -> int:
        """How many connections went through it."""
        return len(self._writers) // 2

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> "Line":
        self._server = await asyncio.start_server(self._serve, "localhost", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()

    def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    def drop(self) -> None:
        """All connections end; new ones are taken, as by a tunnel that is opened again."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("localhost", self._to_port)
        self._writers += [writer, far_writer]
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(65536):
                if self.stalled.is_set():
                    # Accepted and never passed on, as by a tunnel whose far end is gone.
                    continue
                writer.write(block)
                await writer.drain()
            writer.close()
