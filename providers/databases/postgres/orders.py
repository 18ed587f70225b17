"""What a target-side runner is told: a row in the target, beside the marker, that both can reach.

Written from here over the tunnel, read by the runner once a second. Whoever is away leaves standing
what was written: a go survives the runner's restart, and a pause is over only when it was lifted.
"""

# ruff: noqa: S608  identifiers are our own, values are parameters or literals

from __future__ import annotations

import asyncio
import contextlib

from providers.databases.postgres import marker
from providers.databases.postgres.catalog import MARKER_SCHEMA
from providers.databases.postgres.connection import application_name
from providers.databases.postgres.session import Session, open_session, session
from providers.databases.postgres.steps import literal
from wizard.errors import MovedayError
from wizard.model.database import Connection
from wizard.model.runner import RunnerOrder

LOOK = 1.0
"""Seconds between the runner's looks."""
_LONGEST_PAUSE = 15.0
TABLE = f"{MARKER_SCHEMA}.orders"
_NOTHING = RunnerOrder()


async def read(target: Session, move_id: str) -> RunnerOrder | None:
    """What stands for this move; None where nothing was ever written."""
    if not await target.value(f"SELECT to_regclass('{TABLE}') IS NOT NULL"):
        return None
    rows = await target.rows(
        f"SELECT go, hold, mark, seconds FROM {TABLE} WHERE move_id = %s", [move_id]
    )
    if not rows:
        return None
    go, hold, mark, seconds = rows[0]
    return RunnerOrder(go=go, hold=hold, mark=mark, seconds=seconds)


async def write(target: Session, move_id: str, order: RunnerOrder) -> None:
    """Let this stand, whatever stood before."""
    # One batch, one way there and back: a go is given within the outage.
    await target.run(
        f"CREATE SCHEMA IF NOT EXISTS {MARKER_SCHEMA}; CREATE TABLE IF NOT EXISTS {TABLE}"
        " (move_id text PRIMARY KEY, go boolean NOT NULL, hold boolean NOT NULL,"
        " mark text NOT NULL, seconds float8 NOT NULL,"
        " written timestamptz NOT NULL DEFAULT pg_catalog.now());"
        f" INSERT INTO {TABLE} (move_id, go, hold, mark, seconds) VALUES ({literal(move_id)},"
        f" {order.go}, {order.hold}, {literal(order.mark)}, {order.seconds:f})"
        " ON CONFLICT (move_id) DO UPDATE SET go = EXCLUDED.go, hold = EXCLUDED.hold,"
        " mark = EXCLUDED.mark, seconds = EXCLUDED.seconds, written = pg_catalog.now()"
    )


async def remove(target: Session, move_id: str) -> None:
    """Take this move's away; the table too when it was the last, and a schema that is empty."""
    if await read(target, move_id) is None:
        return
    await target.rows(f"DELETE FROM {TABLE} WHERE move_id = %s RETURNING go", [move_id])
    if not await target.value(f"SELECT EXISTS (SELECT FROM {TABLE})"):
        await target.run(f"DROP TABLE {TABLE}")
        if await marker.owner(target) is None:
            await target.run(f"DROP SCHEMA {MARKER_SCHEMA}")


class PostgresOrders:
    """Implements wizard.ports.runner.RunnerOrders."""

    async def read(self, target: Connection, move_id: str) -> RunnerOrder | None:
        """What stands."""
        async with session(target, "moveday-orders", "target") as opened:
            return await read(opened, move_id)

    async def write(self, target: Connection, move_id: str, order: RunnerOrder) -> None:
        """Let it stand."""
        async with session(target, "moveday-orders", "target") as opened:
            await write(opened, move_id, order)

    async def remove(self, target: Connection, move_id: str) -> None:
        """Take it away."""
        async with session(target, "moveday-orders", "target") as opened:
            await remove(opened, move_id)


class Ear:
    """The runner's end: a session of its own, opened again whenever it is lost.

    `order` is what was read last: while the target cannot be reached, that stands.
    """

    def __init__(self, target: Connection, move_id: str) -> None:
        self._target, self._move_id = target, move_id
        self._session: Session | None = None
        self._news = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self.order = _NOTHING

    async def open(self) -> None:
        """Read once, and go on in the background. Raises DatabaseTrouble when it cannot even once;
        may then be tried again."""
        if self._listening is None:
            await self._read()
            self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Read no more."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._hang_up()

    async def other_than(self, order: RunnerOrder) -> RunnerOrder:
        """What stands, once it is another."""
        while self.order == order:
            self._news.clear()
            await self._news.wait()
        return self.order

    async def _listen(self) -> None:
        pause = LOOK
        while True:
            await asyncio.sleep(pause)
            try:
                await self._read()
            except MovedayError:
                await self._hang_up()
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = LOOK

    async def _read(self) -> None:
        if self._session is None:
            # Not by the name of the copy's sessions: those are ended when a copy begins again.
            name = application_name("orders", self._move_id)
            self._session = await open_session(self._target, name, "target")
        self.order = await read(self._session, self._move_id) or _NOTHING
        self._news.set()

    async def _hang_up(self) -> None:
        opened, self._session = self._session, None
        if opened is not None:
            with contextlib.suppress(MovedayError):
                await opened.close()
