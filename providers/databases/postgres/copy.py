"""The conductor of a copy: who does what when, from the marker's first to its last word."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from providers.databases.postgres import marker, resume, steps
from providers.databases.postgres.builders import Builders
from providers.databases.postgres.claim import claimed
from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.connection import (
    SESSION_SETTINGS,
    TARGET_SETTINGS,
    application_name,
    libpq_settings_in_turn,
    settings_sql,
)
from providers.databases.postgres.effort import Effort, choose, held_back
from providers.databases.postgres.filling import Filling
from providers.databases.postgres.finishing import Finishing
from providers.databases.postgres.hold import held_when_asked
from providers.databases.postgres.limit import Limit
from providers.databases.postgres.plan import Plan, read_plan
from providers.databases.postgres.pool import STALLED_AFTER, WorkerPool
from providers.databases.postgres.progress import Progress
from providers.databases.postgres.reconnect import run_through_losses
from providers.databases.postgres.schema import SchemaArchive, dump_schema
from providers.databases.postgres.session import Session, open_session, session
from providers.databases.postgres.snapshot import import_sql
from providers.databases.postgres.stall import PERIOD, watched
from providers.databases.postgres.steps import Done
from wizard.errors import BlockedError, MovedayError
from wizard.model.database import Connection, MoveResult
from wizard.ports.database import OnProgress, Snapshot

_FIRST_WITH_CTID_RANGES = 14
_SMALLEST_CHUNK, _LARGEST_CHUNK = 32 * 1024 * 1024, 100 * 1024 * 1024
_END_SESSIONS_WITHIN = 10.0


@dataclass(frozen=True)
class Ready:
    """What must be there before the first row."""

    archive: SchemaArchive
    plan: Plan
    effort: Effort
    copiers: WorkerPool
    builders: Builders


@dataclass(frozen=True)
class Copy:
    """One copy under way. `resume`, `frozen`: see wizard.ports.database.Mover; `same_view`,
    `goes_on`: see resume.begin."""

    source: Connection
    target: Connection
    snapshot: Snapshot
    move_id: str
    progress: Progress
    jobs: int | None
    resume: bool = False
    frozen: bool = False
    chunk_bytes: int = 0
    stalled_after: float = STALLED_AFTER
    stall_period: float = PERIOD
    limit: int | None = None
    paused: Callable[[], bool] | None = None
    same_view: bool = False
    goes_on: bool = False
    helpers: list[WorkerPool | Builders] = field(default_factory=list)

    async def run(self) -> MoveResult:
        """Do it all. Whatever ends it early, workers and server sessions are ended."""
        watch = watched(self.source, self.target, self.move_id, self.progress, self.stall_period)
        try:
            async with watch, held_when_asked(self.paused, self.helpers, self.progress):
                result = await self._run()
        except BlockedError:
            # The sessions of this move are another run's, which lives.
            await asyncio.shield(self._stop_helpers())
            raise
        except BaseException:
            await asyncio.shield(self._abandon())
            raise
        await self._stop_helpers()
        return result

    async def _run(self) -> MoveResult:
        async with contextlib.AsyncExitStack() as opened:
            with self.progress.phase("prepare"):
                source, target = await self._open(opened)
                begun = await resume.begin(
                    source,
                    target,
                    self.move_id,
                    resume=self.resume,
                    frozen=self.frozen,
                    same_view=self.same_view,
                    goes_on=self.goes_on,
                )
                self.progress.report(begun.words, urgent=True)
            with self.progress.phase("schema"):
                ready = await self._get_ready(opened, source, target)
                self.progress.expect(ready.plan.tables)
                done = await self._make_tables(target, ready, begun.done)
            with self.progress.phase("copy"):
                filling = Filling(
                    ready.plan,
                    ready.copiers,
                    ready.builders,
                    self.progress,
                    done,
                    self._chunk_bytes(source.major, ready.plan, ready.effort),
                )
                await filling.run(target)
            rest = await ready.archive.sql("post-data", ready.plan.made_here, ())
            await Finishing(
                target, rest, ready.plan, ready.builders, self.progress, done, filling.analyzed
            ).run()
            await marker.finish(target, self.move_id)
            self.progress.report("finished", urgent=True)
            return MoveResult(
                seconds=self.progress.seconds,
                bytes=self.progress.bytes,
                phases=self.progress.phases(),
                tables=self.progress.tables(),
                skipped=ready.archive.skipped,
                choice=ready.effort.words,
                resumed=begun.words if begun.done else "",
                note=begun.words,
            )

    async def _open(self, opened: contextlib.AsyncExitStack) -> tuple[Session, Session]:
        """All sessions at once: each is several round trips. The source's sees the snapshot."""
        name = application_name(self.move_id, "conductor")
        found: dict[str, Session] = {}

        async def one(connection: Connection, side: str, settings: Mapping[str, str]) -> None:
            found[side] = await open_session(connection, name, side, settings)
            opened.push_async_callback(found[side].close)
            if side == "source":
                await found[side].run(import_sql(self.snapshot.id))

        await all_of(
            [
                one(self.source, "source", SESSION_SETTINGS),
                one(self.target, "target", TARGET_SETTINGS),
                opened.enter_async_context(claimed(self.target, self.move_id)),
            ]
        )
        return found["source"], found["target"]

    async def _get_ready(
        self, opened: contextlib.AsyncExitStack, source: Session, target: Session
    ) -> Ready:
        """The dump, the plan and the workers, beside each other: over a line each takes seconds."""
        archives: list[SchemaArchive] = []
        others: list[tuple[Effort, Plan, WorkerPool]] = []

        async def dump() -> None:
            archives.append(
                await opened.enter_async_context(
                    dump_schema(
                        self.source, source.major, self.snapshot.id, self.move_id, target.major
                    )
                )
            )

        async def plan() -> None:
            effort = held_back(
                await choose(source, target, self.jobs),
                self.limit,
                1 + len(self.target.more_ports),
            )
            self.progress.choice = effort.words
            setup = self._setup(application_name(self.move_id, "worker"))
            limit = Limit(self.limit) if self.limit else None
            copiers = WorkerPool(setup, effort.copiers, self.stalled_after, limit)
            self.helpers.append(copiers)
            await copiers.start()
            found = await read_plan(source, self.snapshot, by_size=effort.far)
            others.append((effort, found, copiers))

        await all_of([dump(), plan()])
        effort, found, copiers = others[0]
        name = application_name(self.move_id, "builder")
        builders = Builders(self.target, name, effort.builders)
        self.helpers.append(builders)
        return Ready(archives[0], found, effort, copiers, builders)

    async def _make_tables(
        self, target: Session, ready: Ready, done: dict[str, Done]
    ) -> dict[str, Done]:
        if done:
            return await resume.check_untouched(target, ready.plan.tables, done)
        rows = await target.rows("SELECT nspname FROM pg_catalog.pg_namespace")
        there = {str(row[0]) for row in rows}
        sql = await ready.archive.sql("pre-data", ready.plan.made_here, there)
        await target.run(f"{sql}; {steps.note(steps.SCHEMA)}", steps.SCHEMA)
        await target.run(settings_sql(TARGET_SETTINGS))
        return {}

    def _chunk_bytes(self, source_major: int, plan: Plan, effort: Effort) -> int | None:
        """Large tables are split so that no copier is left with the last one for long."""
        if source_major < _FIRST_WITH_CTID_RANGES:
            return None
        share = sum(table.bytes for table in plan.tables) // (2 * effort.copiers)
        return self.chunk_bytes or max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, share))

    def _setup(self, name: str) -> dict[str, object]:
        return {
            "note": f"INSERT INTO {steps.TABLE} (step, rows, bytes, seconds) VALUES",
            "source": {
                "settings": libpq_settings_in_turn(self.source, name),
                "begin": [settings_sql(SESSION_SETTINGS), import_sql(self.snapshot.id)],
            },
            "target": {
                "settings": libpq_settings_in_turn(self.target, name),
                "begin": [settings_sql(TARGET_SETTINGS)],
            },
        }

    async def _stop_helpers(self) -> None:
        await asyncio.gather(*(helper.stop() for helper in self.helpers))

    async def _abandon(self) -> None:
        """End the workers, then their server sessions: a server goes on for a while by itself."""
        await self._stop_helpers()
        await asyncio.gather(
            self._end_sessions(self.source, "source"), self._end_sessions(self.target, "target")
        )

    async def _end_sessions(self, connection: Connection, side: str) -> None:
        # The side that is out of reach has ended them itself, or will by its keepalives.
        with contextlib.suppress(MovedayError, TimeoutError):
            async with asyncio.timeout(_END_SESSIONS_WITHIN):
                async with session(connection, "moveday-clean-up", side) as opened:
                    await marker.end_sessions(opened, self.move_id)


async def copy(
    source: Connection,
    target: Connection,
    *,
    snapshot: Snapshot,
    move_id: str,
    on_progress: OnProgress | None = None,
    jobs: int | None = None,
    resume: bool = False,
    frozen: bool = False,
    chunk_bytes: int = 0,
    stalled_after: float = STALLED_AFTER,
    stall_period: float = PERIOD,
    limit: int | None = None,
    paused: Callable[[], bool] | None = None,
    reconnect_within: float = 0.0,
) -> MoveResult:
    """Copy everything seen through `snapshot` into a fresh target; see the Mover port.

    `chunk_bytes` is from which size on, and into which pieces, tables are split; 0: by itself.
    `reconnect_within`: seconds to wait, within the run, for a lost line to come back.
    """
    order = Copy(
        source=source,
        target=target,
        snapshot=snapshot,
        move_id=move_id,
        progress=Progress(on_progress),
        jobs=jobs,
        resume=resume,
        frozen=frozen,
        chunk_bytes=chunk_bytes,
        stalled_after=stalled_after,
        stall_period=stall_period,
        limit=limit,
        paused=paused,
    )
    return await run_through_losses(order, reconnect_within)
