"""One session at one of the two servers: queries whose errors name the side and hold no rows."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import pq

from providers.databases.postgres.connection import (
    SESSION_SETTINGS,
    libpq_settings,
    settings_sql,
)
from providers.databases.postgres.errors import trouble
from wizard.model.database import Connection

Row = tuple[Any, ...]


class Session:
    """An autocommit session. `side` is "source" or "target". Every error is a DatabaseTrouble."""

    def __init__(self, driver: psycopg.AsyncConnection[Row], side: str) -> None:
        self.driver = driver
        self.side = side

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.driver.info.server_version // 10000

    async def rows(self, sql: str, parameters: Sequence[object] | None = None) -> list[Row]:
        """All rows of one query."""
        try:
            cursor = await self.driver.execute(sql.encode(), parameters)
            return await cursor.fetchall()
        except psycopg.Error as error:
            raise trouble(error, self.side) from None

    async def row(self, sql: str, parameters: Sequence[object] | None = None) -> Row:
        """The first row of a query that always has one."""
        return (await self.rows(sql, parameters))[0]

    async def value(self, sql: str, parameters: Sequence[object] | None = None) -> Any:
        """The first value of the first row."""
        return (await self.row(sql, parameters))[0]

    async def run(self, sql: str, subject: str = "") -> None:
        """Statements without an answer, sent as one batch (one round trip, one transaction)."""
        try:
            await self.driver.execute(sql.encode())
        except psycopg.Error as error:
            raise trouble(error, self.side, subject) from None

    async def close(self) -> None:
        """Close; a statement under way is cancelled first, so the server does not work on alone."""
        with contextlib.suppress(psycopg.Error):
            if self.driver.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                await self.driver.cancel_safe(timeout=5)
        await self.driver.close()


async def open_session(
    connection: Connection, name: str, side: str, settings: Mapping[str, str] = SESSION_SETTINGS
) -> Session:
    """Connect and apply the settings this server knows. Raises DatabaseTrouble."""
    try:
        driver = await psycopg.AsyncConnection.connect(
            autocommit=True, **libpq_settings(connection, name)
        )
    except psycopg.Error as error:
        raise trouble(error, side, connecting=True) from None
    driver.prepare_threshold = None
    opened = Session(driver, side)
    try:
        await opened.run(settings_sql(settings))
    except BaseException:
        await opened.close()
        raise
    return opened


@contextlib.asynccontextmanager
async def session(
    connection: Connection, name: str, side: str, settings: Mapping[str, str] = SESSION_SETTINGS
) -> AsyncIterator[Session]:
    """`open_session` that closes itself."""
    opened = await open_session(connection, name, side, settings)
    try:
        yield opened
    finally:
        await opened.close()
