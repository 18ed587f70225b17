"""The database work in ports: Probe (what is there), Mover (bring it), Verifier (same?), Keeper."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from wizard.model.database import (
    Connection,
    DatabaseFacts,
    Finding,
    Leftover,
    MoveProgress,
    MoveResult,
    Repair,
    Tier,
    Verdict,
    WriteCounters,
)
from wizard.safety.consent import Consent

OnProgress = Callable[[MoveProgress], None]


class Snapshot(Protocol):
    """An exported, open, read-only view of the source; copy and verification both look through it.

    `id` is what other sessions import. `age_seconds()` is how long it holds back vacuum.
    """

    id: str

    def age_seconds(self) -> float: ...


class Probe(Protocol):
    """Read-only looks at one database."""

    async def facts(self, connection: Connection) -> DatabaseFacts: ...

    async def preflight(self, source: Connection, target: Connection) -> Sequence[Finding]:
        """Everything that would go wrong or be left out, before the first byte."""
        ...

    async def write_counters(self, connection: Connection) -> WriteCounters: ...

    async def count(self, connection: Connection, query: str) -> int:
        """The single integer of a read-only query (how many jobs are waiting, writes since …)."""
        ...

    async def changes_since(self, connection: Connection, baseline: WriteCounters) -> int | None:
        """Rows written since `baseline`; None when the counters cannot tell (reset, restart)."""
        ...

    def snapshot(self, connection: Connection) -> AbstractAsyncContextManager[Snapshot]: ...


class Freezer(Protocol):
    """Lets a frozen source come to rest."""

    async def end_idle_sessions(self, connection: Connection, consent: Consent) -> int:
        """End the idle sessions that apps of the same role hold open; how many there were.

        What they wrote is counted then; an app that is still needed connects again by itself.
        Raises ConsentMissing below the level at which users may notice.
        """
        ...


class Mover(Protocol):
    """Brings a whole database over."""

    async def owner(self, target: Connection) -> str | None:
        """The move id in the target's marker table; None when there is no marker."""
        ...

    async def is_empty(self, target: Connection) -> bool:
        """Whether the target holds nothing of anybody's."""
        ...

    async def clean(self, target: Connection, move_id: str) -> None:
        """Empty a target that carries this move's marker; refuses any other."""
        ...

    async def remove_marker(self, target: Connection, move_id: str) -> None:
        """Take this move's marker away; nothing happens when it is gone already."""
        ...

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
        """Copy everything seen through `snapshot` into a fresh target.

        `limit`: rows are read from the source at no more bytes a second than this, in all. While
        `paused` says so, nothing is read and nothing begun; everything stays open, the view too.

        Refuses a target that is not empty (CheckFailedError) unless it carries `move_id`. Then it
        is emptied first; with `resume`, what an earlier try has copied is kept when the source is
        proven the same since, by the server or by the caller (`frozen`). The result says which.
        Cancelling ends all workers and their server sessions.
        """
        ...


class Verifier(Protocol):
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
        """Compare everything; a cheaper `tier` never passes, it only finds differences.

        `seed` draws the sample. Grants to `roles` are compared as differences, not explained.
        """
        ...


class Keeper(Protocol):
    """Puts a target right without copying again, and takes away what copies left behind."""

    async def repairs(self, source: Connection, target: Connection) -> Sequence[Repair]:
        """What can be repaired; changes nothing."""
        ...

    async def repair(
        self, source: Connection, target: Connection, repairs: Sequence[Repair]
    ) -> Sequence[Repair]:
        """Do them and look again; CheckFailedError names those that are still needed."""
        ...

    async def leftovers(self, target: Connection) -> Sequence[Leftover]:
        """Every database of the target's server that carries a marker; changes nothing."""
        ...

    async def clean(self, target: Connection, database: str) -> Leftover:
        """Empty one of them; refuses any without a marker or with somebody else connected."""
        ...
