"""How many sessions does a copy use, and why? By processors, free connections and the line."""

# ruff: noqa: S608  a constant of our own

import os
import time
from dataclasses import dataclass, replace

from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.session import Session
from wizard.model.rate import rate_words

# A round trip longer than this is a line on which bytes and round trips count, not processors.
_FAR_SECONDS = 0.01
_MOST_LOOKS = 8
_FAR_STREAMS = 4
_MOST_NEAR = 4
# The conductor's, the snapshot's and the schema dump's are there already or come beside.
_KEPT_FREE = 3
_PLENTY = 100_000
_ROOM = f"""
    SELECT least(
      current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname IS NOT NULL),
      CASE WHEN d.datconnlimit < 0 THEN {_PLENTY} ELSE d.datconnlimit
        - (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid = d.oid) END,
      CASE WHEN r.rolconnlimit < 0 THEN {_PLENTY} ELSE r.rolconnlimit
        - (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usesysid = r.oid) END)
    FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
    WHERE d.datname = current_database() AND r.rolname = current_user"""


@dataclass(frozen=True)
class Effort:
    """`copiers` processes, `builders` sessions; `far`: the line is what limits; `words`: why."""

    copiers: int
    builders: int
    far: bool
    words: str


@dataclass
class _Side:
    session: Session
    room: int = 0
    round_trip: float = 0.0

    async def look(self) -> None:
        self.room = int(await self.session.value(_ROOM))
        # The shortest: a busy machine lengthens the others.
        self.round_trip = 60.0
        for _ in range(_MOST_LOOKS):
            started = time.monotonic()
            await self.session.value("SELECT 1")
            self.round_trip = min(self.round_trip, time.monotonic() - started)
            if self.round_trip < _FAR_SECONDS:
                break


async def choose(source: Session, target: Session, jobs: int | None) -> Effort:
    """Look at both sides and decide; `jobs` is a person's wish for the number of copiers."""
    sides = _Side(source), _Side(target)
    await all_of([side.look() for side in sides])
    return decide(
        os.cpu_count() or 2,
        max(side.round_trip for side in sides),
        (sides[0].room, sides[1].room),
        jobs,
    )


def held_back(effort: Effort, limit: int | None, lines: int = 1) -> Effort:
    """The same, with a person's `limit` (bytes a second, None: none) and `lines` in its words."""
    words = [effort.words]
    if limit:
        words.append(f"at most {rate_words(limit)} read from the source, by all of them together")
    if lines > 1:
        words.append(f"{lines} lines lead to the target, taken in turn")
    return replace(effort, words="; ".join(words))


def decide(cores: int, round_trip: float, room: tuple[int, int], jobs: int | None) -> Effort:
    """The rule: `round_trip` in seconds, `room` free connections at source and target."""
    far = round_trip > _FAR_SECONDS
    wish = jobs or max(2, min(_MOST_NEAR, cores))
    why = f"{jobs} asked for" if jobs else f"{cores} processors here"
    if far and not jobs:
        wish = max(_FAR_STREAMS, wish)
        why = "several streams fill a long line"
    source_room, target_room = room[0] - _KEPT_FREE, (room[1] - 1) // 2
    copiers = max(1, min(wish, source_room, target_room))
    builders = max(1, min(max(2, wish), room[1] - 1 - copiers))
    if copiers < wish:
        side = "source" if source_room <= target_room else "target"
        why = f"the {side} has no more connections free"
    free = f"connections free: {room[0]} at the source, {room[1]} at the target"
    words = f"{copiers} copying, {builders} building: {why}"
    return Effort(
        copiers, builders, far, f"{words} (round trip {1000 * round_trip:.1f} ms; {free})"
    )
