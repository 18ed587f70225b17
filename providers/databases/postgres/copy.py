"""The conductor of a copy: who does what when, from the marker's first to its last word."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable
from dataclasses import dataclass, field

from providers.databases.postgres import finishing, marker
from providers.databases.postgres.catalog import Table
from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.connection import (
    SESSION_SETTINGS,
    TARGET_SETTINGS,
    application_name,
    libpq_settings,
    settings_sql,
)
from providers.databases.postgres.plan import Plan, copy_tasks, read_plan
from providers.databases.postgres.pool import STALLED_AFTER, WorkerPool
from providers.databases.postgres.progress import Progress
from providers.databases.postgres.schema import SchemaArchive, dump_schema
from providers.databases.postgres.session import Session, session
from providers.databases.postgres.snapshot import import_sql
from wizard.errors import CheckFailedError, MovedayError
from wizard.model.database import Connection, MoveResult
from wizard.ports.database import OnProgress, Snapshot

_FIRST_WITH_CTID_RANGES = 14
_CHUNK_BYTES = 100 * 1024 * 1024
_LARGE_OBJECTS_PER_TASK = 100
_END_SESSIONS_WITHIN = 10.0


@dataclass(frozen=True)
class Copy:
    """One copy under way."""

    source: Connection
    target: Connection
    snapshot: Snapshot
    move_id: str
    progress: Progress
    jobs: int
    chunk_bytes: int = _CHUNK_BYTES
    stalled_after: float = STALLED_AFTER
    pools: list[WorkerPool] = field(default_factory=list)

    async def run(self) -> MoveResult:
        """Do it all. Whatever ends it early, workers and server sessions are ended."""
        try:
            result = await self._run()
        except BaseException:
            await asyncio.shield(self._abandon())
            raise
        await self._stop_pools()
        return result

    async def _run(self) -> MoveResult:
        name = application_name(self.move_id, "conductor")
        async with (
            session(self.source, name, "source") as source,
            session(self.target, name, "target", TARGET_SETTINGS) as target,
        ):
            with self.progress.phase("prepare"):
                await self._claim(target)
                await source.run(import_sql(self.snapshot.id))
            copiers = await self._start_pool(self.jobs)
            builders = await self._start_pool(self.jobs)
            async with dump_schema(
                self.source, source.major, self.snapshot.id, self.move_id, target.major
            ) as archive:
                with self.progress.phase("schema"):
                    plan = await read_plan(source, self.snapshot)
                    self.progress.expect(plan.tables)
                    await self._make_tables(target, archive, plan)
                with self.progress.phase("copy"):
                    await self._fill(source.major, plan, copiers, builders)
                await finishing.finish(target, archive, plan, builders, self.progress)
            await marker.finish(target, self.move_id)
            self.progress.report("finished", urgent=True)
            return MoveResult(
                seconds=self.progress.seconds,
                bytes=self.progress.bytes,
                phases=self.progress.phases(),
                tables=self.progress.tables(),
                skipped=archive.skipped,
            )

    async def _claim(self, target: Session) -> None:
        """Only a fresh target, or what this very move left behind, may be written to."""
        found = await marker.owner(target)
        if found == self.move_id:
            await marker.empty(target, self.move_id)
        elif found is not None or (names := await marker.contents(target)):
            what = f"the copy of move {found}" if found is not None else ", ".join(names)
            raise CheckFailedError(
                "the target is not fresh",
                f"it holds {what}",
                "give a new database, or empty this one yourself",
            )
        await marker.write(target, self.move_id)

    async def _make_tables(self, target: Session, archive: SchemaArchive, plan: Plan) -> None:
        rows = await target.rows("SELECT nspname FROM pg_catalog.pg_namespace")
        there = {str(row[0]) for row in rows}
        await target.run(await archive.sql("pre-data", plan.made_here, there), "schema")
        await target.run(settings_sql(TARGET_SETTINGS))

    async def _fill(
        self, source_major: int, plan: Plan, copiers: WorkerPool, builders: WorkerPool
    ) -> None:
        """All rows, and each table's indexes as soon as its last row is in."""
        split = source_major >= _FIRST_WITH_CTID_RANGES
        work: list[Awaitable[object]] = [
            self._table(table, plan, copiers, builders, split=split) for table in plan.tables
        ]
        for start in range(0, len(plan.large_objects), _LARGE_OBJECTS_PER_TASK):
            oids = plan.large_objects[start : start + _LARGE_OBJECTS_PER_TASK]
            work.append(copiers.do({"kind": "large-objects", "oids": oids}, "large objects"))
        await all_of(work)

    async def _table(
        self, table: Table, plan: Plan, copiers: WorkerPool, builders: WorkerPool, *, split: bool
    ) -> None:
        count = self.progress.table(table.oid)
        passed: dict[int, int] = {}

        async def chunk(number: int, task: dict[str, object]) -> None:
            def on_bytes(so_far: int) -> None:
                count.bytes += so_far - passed.get(number, 0)
                passed[number] = so_far
                self.progress.report(table.name)

            done = await copiers.do(task, f"table {table.name}", on_bytes)
            on_bytes(done["bytes"])
            count.rows += done["rows"]
            count.copy_seconds += done["seconds"]

        tasks = copy_tasks(table, self.chunk_bytes if split else None)
        await all_of([chunk(number, task) for number, task in enumerate(tasks)])
        count.copied = True
        self.progress.report(table.name, urgent=True)

        async def build(subject: str, statements: list[str]) -> None:
            done = await builders.do({"kind": "sql", "statements": statements}, subject)
            count.index_seconds += done["seconds"]

        mine = [index for index in plan.indexes if index.table == table.oid]
        await all_of([build(f"index {index.name}", [index.definition]) for index in mine])
        keys = [index.constraint for index in mine if index.constraint]
        if keys:
            await build(f"keys of {table.name}", keys)

    async def _start_pool(self, size: int) -> WorkerPool:
        name = application_name(self.move_id, "worker")
        setup = {
            "source": {
                "settings": libpq_settings(self.source, name),
                "begin": [settings_sql(SESSION_SETTINGS), import_sql(self.snapshot.id)],
            },
            "target": {
                "settings": libpq_settings(self.target, name),
                "begin": [settings_sql(TARGET_SETTINGS)],
            },
        }
        pool = WorkerPool(setup, size, self.stalled_after)
        self.pools.append(pool)
        await pool.start()
        return pool

    async def _stop_pools(self) -> None:
        await asyncio.gather(*(pool.stop() for pool in self.pools))

    async def _abandon(self) -> None:
        """End the workers, then their server sessions: a server goes on for a while by itself."""
        await self._stop_pools()
        await asyncio.gather(
            self._end_sessions(self.source, "source"), self._end_sessions(self.target, "target")
        )

    async def _end_sessions(self, connection: Connection, side: str) -> None:
        # The side that is out of reach has ended them itself, or will by its keepalives.
        with contextlib.suppress(MovedayError, TimeoutError):
            async with asyncio.timeout(_END_SESSIONS_WITHIN):
                async with session(connection, "moveday-clean-up", side) as opened:
                    await marker.end_sessions(opened, self.move_id)


def default_jobs() -> int:
    """Copy processes: as many as processors, between two and four."""
    return max(2, min(4, os.cpu_count() or 2))


async def copy(
    source: Connection,
    target: Connection,
    *,
    snapshot: Snapshot,
    move_id: str,
    on_progress: OnProgress | None = None,
    jobs: int | None = None,
    chunk_bytes: int = _CHUNK_BYTES,
    stalled_after: float = STALLED_AFTER,
) -> MoveResult:
    """Copy everything seen through `snapshot` into a fresh target; see the Mover port."""
    return await Copy(
        source=source,
        target=target,
        snapshot=snapshot,
        move_id=move_id,
        progress=Progress(on_progress),
        jobs=jobs or default_jobs(),
        chunk_bytes=chunk_bytes,
        stalled_after=stalled_after,
    ).run()
