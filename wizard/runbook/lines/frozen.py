"""Proof that the frozen side cannot write: queues empty, no open transaction, counters flat."""

import asyncio
from dataclasses import dataclass

from wizard.acts import do
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.database import Connection, WriteCounters
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.lines.databases_moved import by_job, databases_to_move
from wizard.runbook.lines.freeze import frozen_app
from wizard.runbook.lines.source_look import SourceLook, frozen_look, where_looked
from wizard.runbook.task import Task
from wizard.safety.consent import Level

QUIET_SECONDS = 2.0
"""How long nothing may move for the freeze to count as proven."""
COUNTERS_LATE = 11.0
"""PostgreSQL 15 and later lets an idle session keep its counts for up to ten seconds."""
DRAIN_SECONDS = 120.0


def _look(context: RunContext, variable: str) -> SourceLook | None:
    """At the frozen app's database behind a config variable; None, and said, where nobody can."""
    found = frozen_look(context, frozen_app(context), variable)
    if found is None and context.opened.get(f"unseen/{variable}") is None:
        context.opened[f"unseen/{variable}"] = True
        context.say(f"{variable}: the twin's database is out of reach; not looked at", "warn")
    return found


def _seen(context: RunContext) -> list[str]:
    """The variables of what moves, as far as the frozen app's own can be looked at."""
    moved = [choice.variable for choice in databases_to_move(context)]
    return [variable for variable in moved if _look(context, variable) is not None]


async def _waiting(context: RunContext) -> dict[str, int]:
    counts: dict[str, int] = {}
    queues = context.session.plan.queues
    for variable in dict.fromkeys(queue.variable for queue in queues):
        look, its = _look(context, variable), [q for q in queues if q.variable == variable]
        if look is not None:
            found = await look.counts(its)
            counts |= {queue.name: count for queue, count in zip(its, found, strict=True)}
    return counts


async def _drain(context: RunContext) -> None:
    clock = context.session.clock
    deadline = clock.elapsed() + DRAIN_SECONDS
    shown = ""
    while True:
        left = {name: count for name, count in (await _waiting(context)).items() if count}
        if not left:
            return
        words = ", ".join(f"{name}: {count}" for name, count in left.items())
        if words != shown:
            context.say(f"waiting for the queue to drain — {words}")
            shown = words
        if clock.elapsed() > deadline:
            raise BlockedError(
                f"the queue does not drain: {words}",
                f"after {DRAIN_SECONDS:g} s jobs are still waiting; the workers are still on",
                f"look at the workers' log; to wait on, {do('again')}; to go back,"
                f" {do('roll-back')}",
            )
        await asyncio.sleep(0.5)


async def _drained(context: RunContext) -> Evidence | None:
    counts = await _waiting(context)
    if any(counts.values()):
        return None
    none = "none could be looked at" if context.session.plan.queues else "no queue is named in"
    none += "" if context.session.plan.queues else " the plan"
    return context.proof(f"queues empty: {', '.join(counts) or none}", where_looked(context))


async def _looks(context: RunContext) -> dict[str, WriteCounters]:
    found = {}
    for variable in _seen(context):
        look = _look(context, variable)
        if look is not None:
            found[variable] = await look.write_counters()
    return found


async def _prove_frozen(context: RunContext) -> None:
    """Two looks, some seconds apart: nobody holds a transaction id and nothing moved."""
    await _end_idle_sessions(context)
    last = ""
    for _ in range(10):
        before = await _looks(context)
        await asyncio.sleep(QUIET_SECONDS)
        after = await _looks(context)
        last = _still_moving(before, after)
        if not last:
            context.record("frozen_at", context.session.clock.now().timestamp())
            for variable, counters in after.items():
                context.record(f"frozen/{variable}", counters.model_dump(mode="json"))
            return
        context.say(f"not frozen yet: {last}", "warn")
    raise CheckFailedError(
        "the old side still writes",
        last,
        "find the writer (another app on the same database, a one-off container, a BI tool), end"
        f" it, and {do('again')}; to go back, {do('roll-back')}",
    )


@dataclass(frozen=True)
class Moved:
    """What says that a frozen database was written to. `counted`: rows only, which may be late."""

    words: str
    counted: bool = False


async def _end_idle_sessions(context: RunContext) -> None:
    """Where a connection from here can: what a job's source still has open is counted later."""
    frozen = frozen_app(context)
    app = frozen.app
    for choice in databases_to_move(context):
        if choice in by_job(context):
            continue
        connection = await frozen.database(choice.variable)
        if await _is_production(context, choice.variable, connection):
            continue
        consent = context.session.consent(Level.USERS_NOTICE, f"end idle sessions: {app}", app)
        ended = await context.session.outside.freezer.end_idle_sessions(connection, consent)
        if ended:
            context.say(f"{choice.variable}: {ended} idle session(s) of the app ended")


async def _is_production(context: RunContext, variable: str, connection: Connection) -> bool:
    """Whether a rehearsal's twin hangs on production's own database, which is then left alone."""
    if context.stage.source_frozen:
        return False
    live = await context.session.outside.source.database(variable)
    same = (live.host, live.port, live.database) == (
        connection.host,
        connection.port,
        connection.database,
    )
    if same:
        context.say(f"{variable}: the twin uses production's database; no session is ended", "warn")
    return same


def _still_moving(before: dict[str, WriteCounters], after: dict[str, WriteCounters]) -> str:
    moved = (moved_between(variable, before[variable], now) for variable, now in after.items())
    return next((found.words for found in moved if found is not None), "")


def moved_between(variable: str, then: WriteCounters, now: WriteCounters) -> Moved | None:
    """What moved between two looks at one database; None when it was not written to.

    Rows of a session that stays open (any app with a pool) are counted late. Where no transaction
    ended meanwhile, they were written before the first look.
    """
    if now.writers:
        names = ", ".join(now.writer_names)
        return Moved(f"{variable}: {now.writers} session(s) hold a transaction open ({names})")
    if now.prepared:
        return Moved(f"{variable}: {now.prepared} prepared transaction(s)")
    if now.sequences != then.sequences:
        return Moved(f"{variable}: a sequence moved between two looks")
    if now.tables != then.tables:
        return Moved(f"{variable}: a table was truncated or rewritten between two looks")
    if now.changes != then.changes and not (then.horizon and now.horizon == then.horizon):
        return Moved(f"{variable}: rows changed between two looks", counted=True)
    return None


async def _frozen(context: RunContext) -> Evidence | None:
    names = _seen(context)
    if context.recall("frozen_at") is None or any(
        context.recall(f"frozen/{name}") is None for name in names
    ):
        return None
    what = f"no writer, counters and sequences flat for {QUIET_SECONDS:g} s: {', '.join(names)}"
    unseen = "the twin's database could not be looked at"
    return context.proof(what if names else unseen, where_looked(context))


async def still_frozen(context: RunContext) -> None:
    """Raise CheckFailedError unless nothing was written since the proof."""
    for variable, now in (await _looks(context)).items():
        moved = _since_proof(context, variable, now)
        if moved is not None:
            raise was_written_to(moved)


async def counted_since_proof(context: RunContext) -> dict[str, WriteCounters]:
    """The databases where rows were counted since the proof, and the look that said so.

    They may be late counts of writes before it, which no counter can tell: compare the rows, then
    `prove_again`. Raises CheckFailedError for everything else that moved.
    """
    counted = {}
    for variable, now in (await _looks(context)).items():
        moved = _since_proof(context, variable, now)
        if moved is None:
            continue
        if not moved.counted:
            raise was_written_to(moved)
        counted[variable] = now
    return counted


def prove_again(context: RunContext, variable: str, counters: WriteCounters) -> None:
    """From this look on is counted: the rows were compared after it."""
    context.record(f"frozen/{variable}", counters.model_dump(mode="json"))


def was_written_to(moved: Moved) -> CheckFailedError:
    """The words for a freeze that did not hold."""
    return CheckFailedError(
        "the old side was written to after the freeze was proven",
        moved.words,
        f"end the writer, {do('roll-back')}, and start the cutover anew",
    )


def _since_proof(context: RunContext, variable: str, now: WriteCounters) -> Moved | None:
    then = WriteCounters.model_validate(context.recall(f"frozen/{variable}"))
    return moved_between(variable, then, now)


QUEUE_DRAINED = Task(
    id="queue-drained",
    title="queue drained",
    side="old",
    check=_drained,
    do=_drain,
    needs=("clock-off",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    expected=20,
)


async def _look_late(context: RunContext) -> None:
    """Look once more after the time in which a committed write must have reached the counters."""
    proven = float(str(context.recall("frozen_at") or 0))
    left = proven + COUNTERS_LATE - context.session.clock.now().timestamp()
    if left > 0:
        await asyncio.sleep(left)
    await still_frozen(context)
    context.record("still-frozen", True)


async def _held(context: RunContext) -> Evidence | None:
    if not context.recall("still-frozen"):
        return None
    what = f"counters still flat {COUNTERS_LATE:g} s and more after the proof"
    return context.proof(what, where_looked(context))


STILL_FROZEN = Task(
    id="still-frozen",
    title="old side looked at again: still frozen",
    side="old",
    check=_held,
    do=_look_late,
    needs=("smoke",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    expected=3,
)
FREEZE_PROVEN = Task(
    id="freeze-proven",
    title="freeze proven: nothing can write",
    side="old",
    check=_frozen,
    do=_prove_frozen,
    needs=("workers-off",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=5,
)
