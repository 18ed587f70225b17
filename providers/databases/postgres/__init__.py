"""PostgreSQL as a database engine: probe, mover, verifier, keeper. Loads no driver by itself."""

from __future__ import annotations  # copying processes start without the models

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from providers.databases import DatabaseEngine
    from wizard.model.database import (
        Connection,
        DatabaseFacts,
        Finding,
        Leftover,
        MoveResult,
        Repair,
        Tier,
        Verdict,
        WriteCounters,
    )
    from wizard.model.dump import DumpRestored
    from wizard.model.routes import Slice
    from wizard.ports.database import OnProgress, Snapshot
    from wizard.safety.consent import Consent


class PostgresProbe:
    """Read-only looks at one database; see wizard.ports.database.Probe."""

    async def facts(self, connection: Connection) -> DatabaseFacts:
        """Version, size, tables, extensions and a hash of the schema."""
        from providers.databases.postgres import probe

        return await probe.facts(connection)

    async def preflight(self, source: Connection, target: Connection) -> Sequence[Finding]:
        """Everything that would go wrong or be left out, before the first byte."""
        from providers.databases.postgres import preflight

        return await preflight.preflight(source, target)

    async def write_counters(self, connection: Connection) -> WriteCounters:
        """Who holds a transaction, and what the counters, sequences and files say now."""
        from providers.databases.postgres import counters

        return await counters.write_counters(connection)

    async def count(self, connection: Connection, query: str) -> int:
        """The single integer of a read-only query; at most ten seconds."""
        from providers.databases.postgres import probe

        return await probe.count(connection, query)

    async def changes_since(self, connection: Connection, baseline: WriteCounters) -> int | None:
        """Rows written since `baseline`; None when the counters cannot tell."""
        from providers.databases.postgres import counters

        return await counters.changes_since(connection, baseline)

    def snapshot(self, connection: Connection) -> AbstractAsyncContextManager[Snapshot]:
        """An exported view of the source, open as long as the context."""
        from providers.databases.postgres.snapshot import export_snapshot

        return export_snapshot(connection)


class PostgresFreezer:
    """Lets a frozen database come to rest; see wizard.ports.database.Freezer."""

    async def end_idle_sessions(self, connection: Connection, consent: Consent) -> int:
        """End idle sessions of our own role; how many there were."""
        from providers.databases.postgres.idle_sessions import end_idle_sessions

        return await end_idle_sessions(connection, consent)


class PostgresMover:
    """Brings a whole database over; see wizard.ports.database.Mover.

    `reconnect_within`: seconds that a copy waits, within its run, for a lost line to come back.
    """

    def __init__(self, reconnect_within: float = 0.0) -> None:
        self._reconnect_within = reconnect_within

    async def owner(self, target: Connection) -> str | None:
        """The move id in the target's marker table; None when there is none."""
        from providers.databases.postgres import marker
        from providers.databases.postgres.session import session

        async with session(target, "moveday-look", "target") as opened:
            return await marker.owner(opened)

    async def is_empty(self, target: Connection) -> bool:
        """Whether the target holds nothing of anybody's, extensions aside."""
        from providers.databases.postgres import marker
        from providers.databases.postgres.session import session

        async with session(target, "moveday-look", "target") as opened:
            return await marker.owner(opened) is None and not await marker.contents(opened)

    async def clean(self, target: Connection, move_id: str) -> None:
        """Empty a target that carries this move's marker; CheckFailedError for any other."""
        from providers.databases.postgres import marker
        from providers.databases.postgres.connection import TARGET_SETTINGS
        from providers.databases.postgres.session import session

        async with session(target, "moveday-clean", "target", TARGET_SETTINGS) as opened:
            await marker.empty(opened, move_id)

    async def remove_marker(self, target: Connection, move_id: str) -> None:
        """Take the marker away once the copy is accepted; nothing else changes."""
        from providers.databases.postgres import marker
        from providers.databases.postgres.session import session

        async with session(target, "moveday-accept", "target") as opened:
            await marker.remove(opened, move_id)

    async def copy(
        self,
        source: Connection,
        target: Connection,
        *,
        snapshot: Snapshot,
        move_id: str,
        on_progress: OnProgress | None = None,
        jobs: int | None = None,
        resume: bool = False,
        frozen: bool = False,
        limit: int | None = None,
        paused: Callable[[], bool] | None = None,
    ) -> MoveResult:
        """Copy everything seen through `snapshot` into a fresh target."""
        from providers.databases.postgres.copy import copy

        return await copy(
            source,
            target,
            snapshot=snapshot,
            move_id=move_id,
            on_progress=on_progress,
            jobs=jobs,
            resume=resume,
            frozen=frozen,
            limit=limit,
            paused=paused,
            reconnect_within=self._reconnect_within,
        )


class PostgresSliceTimer:
    """Times one way between two databases; see wizard.ports.routes.SliceTimer."""

    async def stored_bytes(self, source: Connection) -> int:
        """What all rows take in the source's files, without indexes."""
        from providers.databases.postgres import slice as slices

        return await slices.stored_bytes(source)

    async def time_slice(
        self, source: Connection, target: Connection, *, seconds: float, jobs: int | None = None
    ) -> Slice:
        """Some seconds of rows into temporary tables, rolled back."""
        from providers.databases.postgres import slice as slices

        return await slices.time_slice(source, target, seconds=seconds, jobs=jobs)


class PostgresVerifier:
    """Says, item by item, whether two databases hold the same."""

    async def verify(
        self,
        source: Connection,
        target: Connection,
        *,
        snapshot: Snapshot | None,
        on_progress: OnProgress | None = None,
        tier: Tier = "full",
        seed: int = 0,
        roles: Sequence[str] = (),
    ) -> Verdict:
        """Compare rows, sequences, schema, large objects, views, rights."""
        from providers.databases.postgres.verify import verify

        return await verify(
            source,
            target,
            snapshot=snapshot,
            on_progress=on_progress,
            tier=tier,
            seed=seed,
            roles=roles,
        )


class PostgresKeeper:
    """Repairs and cleans a target; see wizard.ports.database.Keeper."""

    async def repairs(self, source: Connection, target: Connection) -> Sequence[Repair]:
        """Sequences, indexes, constraints and statistics that can be put right."""
        from providers.databases.postgres import repair

        return await repair.look(source, target)

    async def repair(
        self, source: Connection, target: Connection, repairs: Sequence[Repair]
    ) -> Sequence[Repair]:
        """Do them and look again."""
        from providers.databases.postgres import repair

        return await repair.repair(source, target, repairs)

    async def leftovers(self, target: Connection) -> Sequence[Leftover]:
        """Databases of the target's server that carry a marker."""
        from providers.databases.postgres import leftovers

        return await leftovers.leftovers(target)

    async def clean(self, target: Connection, database: str) -> Leftover:
        """Empty one that carries a marker and that nobody else uses."""
        from providers.databases.postgres import leftovers

        return await leftovers.clean_one(target, database)


class PostgresRestorer:
    """Restores dump files; see wizard.ports.dump.Restorer."""

    async def preflight(self, dump: Path, target: Connection) -> Sequence[Finding]:
        """What the dump is, and what would go wrong."""
        from providers.databases.postgres.dump import preflight

        return await preflight.preflight(dump, target)

    async def restore(
        self,
        dump: Path,
        target: Connection,
        *,
        resume: bool = False,
        accepted: Collection[str] = (),
        on_progress: OnProgress | None = None,
    ) -> DumpRestored:
        """Run all of it into a fresh target; every entry's fate by name."""
        from providers.databases.postgres.dump import restore

        return await restore.restore(
            dump, target, resume=resume, accepted=accepted, on_progress=on_progress
        )


def engine() -> DatabaseEngine:
    """The ports under the engine's name."""
    from providers.databases import DatabaseEngine

    return DatabaseEngine(
        "postgres",
        PostgresProbe(),
        PostgresMover(),
        PostgresVerifier(),
        PostgresFreezer(),
        PostgresKeeper(),
    )
