"""Who spoils a copy behind the mover's back? This, when the fault postgres.tamper-after-copy is on.

Settings: `statements`, a list of SQL (default: the scenario's own damage); `ready`, a query that
says true when the copy is complete (default: foreign keys validated, materialized views filled).
One database that becomes ready uses up one `times`.
"""

import asyncio
import contextlib
from collections.abc import Sequence

import psycopg

from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.postgres.server import PostgresServer

FAULT = "postgres.tamper-after-copy"
_PAUSE, _LOOKING_PAUSE = 0.3, 0.03
_DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
READY = """
SELECT EXISTS (SELECT FROM pg_matviews)
   AND NOT EXISTS (SELECT FROM pg_matviews WHERE NOT ispopulated)
   AND EXISTS (SELECT FROM pg_constraint WHERE contype = 'f')
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND NOT convalidated)
"""


class Tamperer:
    """Watches the databases of one server while the fault is on."""

    def __init__(
        self,
        server: PostgresServer,
        faults: Faults,
        ledger: Ledger,
        usual_damage: Sequence[str] = (),
    ) -> None:
        self._server = server
        self._usual_damage = list(usual_damage)
        self._faults = faults
        self._ledger = ledger
        self._spoilt: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching. Can be repeated."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            if FAULT not in self._faults.active():
                await asyncio.sleep(_PAUSE)
                continue
            # A database may vanish, or be locked by the mover, while we look.
            with contextlib.suppress(psycopg.Error):
                for (name,) in await self._server.execute("postgres", _DATABASES):
                    await self._look_at(str(name))
            await asyncio.sleep(_LOOKING_PAUSE)

    async def _look_at(self, database: str) -> None:
        if database in self._spoilt:
            return
        wish = self._faults.peek(FAULT)
        if wish is None:
            return
        rows = await self._server.execute(database, str(wish.get("ready", READY)))
        if not rows or not rows[0][0]:
            return
        self._faults.take(FAULT)
        self._spoilt.add(database)
        statements = wish.get("statements", self._usual_damage)
        for statement in statements if isinstance(statements, list) else [statements]:
            await self._server.execute(database, str(statement))
        self._ledger.note("postgres", "tampered", database=database)
