"""May this move write to the target, and what of an earlier try can stay?

An earlier try's rows are of an earlier snapshot. They are kept only when the source is the same as
then: nothing in its whole cluster has been given a transaction number since, its counters,
sequences and files are the same, or the caller has proven it frozen. Otherwise the target is
emptied and everything begins anew. Counters come late: the comparison after it has the last word.
"""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from providers.databases.postgres import marker, steps
from providers.databases.postgres.catalog import Table
from providers.databases.postgres.counters import read_counters
from providers.databases.postgres.plan import is_step_of
from providers.databases.postgres.session import Session
from providers.databases.postgres.steps import Done
from wizard.errors import CheckFailedError, OutsideError
from wizard.model.database import WriteCounters
from wizard.model.frozen import Frozen

_END_WITHIN = 10.0
_SAME = (
    "goes on where an earlier try ended: {kept} steps are kept. They were read through an earlier"
    " snapshot, and {why}, so the copy is as of one moment"
)
_ONE_VIEW = (
    "goes on where the connection was lost: {kept} steps are kept, and the rest is read through the"
    " same view of the source, which stayed open"
)
_VOID = (
    "this run is void as a proof: the line to the source was lost, and with it the view of it",
    "the source lives: what was copied before and what would be copied now are of two moments",
    "run it again: it begins anew with a new view; with the source frozen it would go on",
)
_NOTHING_WRITTEN = "nothing has been written in the source's cluster since"
_FLAT = (
    "by the source's counters, sequences and files nothing has been written since (the comparison"
    " of all rows is the proof)"
)
_FROZEN = "the source was frozen and proven frozen in between"
_ANEW = (
    "begun anew: the source lives, and what an earlier try had copied was of another moment; a"
    " copy of two moments would prove nothing"
)


@dataclass(frozen=True)
class Beginning:
    """`done` is what stays of an earlier try, `words` what is to be said about it."""

    done: dict[str, Done] = field(default_factory=dict)
    words: str = ""


async def begin(
    source: Session,
    target: Session,
    move_id: str,
    *,
    resume: bool,
    frozen: bool,
    same_view: bool = False,
    goes_on: bool = False,
) -> Beginning:
    """Claim the target; `source` looks through the snapshot. CheckFailedError when not ours.

    `same_view`: the snapshot is the one that an earlier try of this run has looked through.
    `goes_on`: within a run nothing is begun anew; OutsideError says that it is void instead.
    """
    now, found = await asyncio.gather(_look(source), marker.owner(target))
    if found is not None and found != move_id:
        raise _not_fresh(f"the copy of move {found}", ", go on with that copy (--resume)")
    if found is None:
        if names := await marker.contents(target):
            raise _not_fresh(", ".join(names))
        await marker.write(target, move_id, now.model_dump_json())
        return Beginning()
    await _end_orphans(source, target, move_id)
    done = await steps.read(target) if resume else {}
    if done and steps.SCHEMA not in done:
        done = {}
    words = ""
    if done:
        then = _Seen.model_validate_json(done[steps.VIEW].detail)
        if same_view and then.view == now.view:
            return Beginning(done, _ONE_VIEW.format(kept=len(done)))
        if why := _why_the_same(then, now, frozen):
            return Beginning(done, _SAME.format(kept=len(done), why=why))
        if goes_on:
            raise OutsideError(*_VOID)
        words = _ANEW
    await marker.empty(target, move_id, keep_orders=True)
    await marker.write(target, move_id, now.model_dump_json())
    return Beginning({}, words)


async def check_untouched(
    target: Session, tables: Sequence[Table], done: Mapping[str, Done]
) -> dict[str, Done]:
    """What is done and still there. CheckFailedError when anybody else has written rows.

    A server that crashed has emptied its unlogged tables: those are copied again.
    """
    kept = dict(done)
    for table, rows in await _counted(target, tables):
        mine = [step for step in kept if is_step_of(step, table)]
        expected = sum(kept[step].rows for step in mine)
        if rows == expected:
            continue
        if table.unlogged and rows == 0:
            if steps.REST in kept:
                raise CheckFailedError(
                    "the target's server has crashed and emptied an unlogged table",
                    f"{table.name} held {expected} rows; its triggers are there already, so it"
                    " cannot be filled again by itself",
                    "empty the database (`moveday database clean`) or give a new one",
                )
            await steps.forget(target, mine)
            for step in mine:
                del kept[step]
            continue
        raise CheckFailedError(
            "somebody else has changed the target",
            f"{table.name} holds {rows} rows, and this move has copied {expected}",
            "find out what writes to it (a deploy, a worker), and start with a fresh database",
        )
    return kept


async def _counted(target: Session, tables: Sequence[Table]) -> list[tuple[Table, int]]:
    if not tables:
        return []
    each = (
        f"SELECT {number}, count(*) FROM ONLY {table.name}" for number, table in enumerate(tables)
    )
    rows = await target.rows(" UNION ALL ".join(each))
    return [(tables[number], count) for number, count in rows]


async def _end_orphans(source: Session, target: Session, move_id: str) -> None:
    """Server sessions of an earlier try go on for a while by themselves: end them and wait."""

    async def end(side: Session) -> None:
        async with asyncio.timeout(_END_WITHIN):
            while await marker.end_sessions(side, move_id):  # noqa: ASYNC110 - the server's event
                await asyncio.sleep(0.05)

    try:
        await asyncio.gather(end(source), end(target))
    except TimeoutError:
        raise CheckFailedError(
            "sessions of an earlier try do not end",
            f"their names begin with moveday-{move_id}",
            "end them at the server, then run it again",
        ) from None


def _not_fresh(holds: str, other: str = "") -> CheckFailedError:
    return CheckFailedError(
        "the target is not fresh",
        f"it holds {holds}",
        f"give a new database{other}, or empty this one yourself",
    )


class _Seen(Frozen):
    """The source at a snapshot: `view` is txid_current_snapshot, `xmin:xmax:under way`."""

    view: str
    counters: WriteCounters


async def _look(source: Session) -> _Seen:
    view = await source.value("SELECT pg_catalog.txid_current_snapshot()::text")
    return _Seen(view=view, counters=await read_counters(source))


def _why_the_same(then: _Seen, now: _Seen, frozen: bool) -> str:
    """Why the source is the same as then; "" when it may not be."""
    lowest, highest, running = now.view.split(":")
    if then.view == now.view and lowest == highest and not running:
        return _NOTHING_WRITTEN
    if frozen:
        return _FROZEN
    quiet = not any((now.counters.writers, now.counters.prepared, then.counters.prepared))
    return _FLAT if quiet and now.counters.counts_as(then.counters) else ""
