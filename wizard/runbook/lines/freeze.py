"""Freezing the old side, in the order that leaves no writer: page, clock, queue, workers, proof."""

import asyncio
from collections.abc import Mapping

from wizard.errors import BlockedError, CheckFailedError, OutsideError
from wizard.model.database import Connection, WriteCounters
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.ports.source import Source
from wizard.runbook.context import RunContext
from wizard.runbook.singletons import is_clock
from wizard.runbook.task import Task, Words
from wizard.safety.consent import Level

QUIET_SECONDS = 2.0
"""How long nothing may move for the freeze to count as proven."""
DRAIN_SECONDS = 120.0
STOP_SECONDS = 60.0
"""Heroku gives a dyno 30 seconds after TERM before it is killed."""


def frozen_app(context: RunContext) -> Source:
    """The app this run freezes."""
    app = context.stage.frozen_app
    if app is None:
        raise BlockedError("there is no app to freeze in this run", "no twin is configured")
    return app


def databases_to_move(context: RunContext) -> list[DatabaseChoice]:
    """The plan's databases whose data moves."""
    return [d for d in context.session.plan.databases if d.engine == "postgres" and d.move_data]


async def frozen_database(context: RunContext, variable: str) -> Connection:
    """The frozen app's database behind a config variable."""
    app = frozen_app(context)
    return await app.database(variable)


def recorded_formation(context: RunContext) -> dict[str, int]:
    """The quantities from before the freeze."""
    formation = context.recall("formation")
    if not isinstance(formation, Mapping):
        raise BlockedError(
            "the formation from before the freeze is not recorded", "`remember` has not run"
        )
    return {str(name): int(str(count)) for name, count in formation.items()}


async def _remember(context: RunContext) -> None:
    app = frozen_app(context)
    formation, maintenance = await asyncio.gather(app.formation(), app.maintenance())
    context.record("formation", dict(formation))
    context.record("maintenance", maintenance)


async def _remembered(context: RunContext) -> Evidence | None:
    if context.recall("formation") is None:
        return None
    formation = recorded_formation(context)
    words = ", ".join(f"{name} {count}" for name, count in sorted(formation.items()))
    app = frozen_app(context).app
    return context.proof(f"formation before the freeze: {words}", f"formation of {app}")


async def _maintenance_on(context: RunContext) -> None:
    app = frozen_app(context)
    context.record("down_at", context.session.clock.now().timestamp())
    consent = context.session.consent(Level.USERS_NOTICE, f"maintenance on: {app.app}", app.app)
    await app.set_maintenance(True, consent)


async def _maintenance_is_on(context: RunContext) -> Evidence | None:
    app = frozen_app(context)
    if not await app.maintenance():
        return None
    if context.recall("down_at") is None:
        context.record("down_at", context.session.clock.now().timestamp())
    return context.proof(f"{app.app} shows its maintenance page", f"app info of {app.app}")


async def _maintenance_back(context: RunContext) -> None:
    app = frozen_app(context)
    before = bool(context.recall("maintenance"))
    consent = context.session.consent(
        Level.USERS_NOTICE, f"maintenance {before}: {app.app}", app.app
    )
    await app.set_maintenance(before, consent)


def _names(context: RunContext, *, clocks: bool) -> list[str]:
    inventory = context.session.inventory()
    commands = {p.name: p.command for p in inventory.processes} if inventory else {}
    return [
        name
        for name, count in recorded_formation(context).items()
        if name not in ("web", "release")
        and count
        and is_clock(name, commands.get(name, "")) is clocks
    ]


async def _to_zero(context: RunContext, names: list[str]) -> None:
    app = frozen_app(context)
    if not names:
        return
    consent = context.session.consent(
        Level.USERS_NOTICE, f"scale to zero: {app.app} {' '.join(names)}", app.app
    )
    await app.scale(dict.fromkeys(names, 0), consent)


async def _are_zero(context: RunContext, names: list[str], what: str) -> Evidence | None:
    app = frozen_app(context)
    formation, running = await asyncio.gather(app.formation(), app.running())
    still = [n for n in names if formation.get(n, 0) or running.get(n, 0)]
    if still:
        return None
    where = f"formation and dynos of {app.app}"
    return context.proof(f"{what} at zero: {', '.join(names) or 'there are none'}", where)


async def _restore(context: RunContext, names: list[str]) -> None:
    app = frozen_app(context)
    formation = recorded_formation(context)
    wanted = {name: formation[name] for name in names}
    if not wanted:
        return
    consent = context.session.consent(Level.USERS_NOTICE, f"restore scale: {app.app}", app.app)
    await app.scale(wanted, consent)


async def _clock_off(context: RunContext) -> None:
    await _to_zero(context, _names(context, clocks=True))


async def _clock_is_off(context: RunContext) -> Evidence | None:
    return await _are_zero(context, _names(context, clocks=True), "clock")


async def _clock_back(context: RunContext) -> None:
    await _restore(context, _names(context, clocks=True))


async def _workers_off(context: RunContext) -> None:
    await _to_zero(context, _names(context, clocks=False))


async def _workers_are_off(context: RunContext) -> Evidence | None:
    names = _names(context, clocks=False)
    found = await _are_zero(context, names, "workers")
    if found is None:
        return None
    running = await frozen_app(context).running()
    others = sorted(name for name, count in running.items() if count and name != "web")
    if others:
        context.say(f"still running on the old side: {', '.join(others)}", "warn")
        return None
    return found


async def _workers_back(context: RunContext) -> None:
    await _restore(context, _names(context, clocks=False))


async def _waiting(context: RunContext) -> dict[str, int]:
    counts = {}
    for queue in context.session.plan.queues:
        connection = await frozen_database(context, queue.variable)
        counts[queue.name] = await context.session.outside.probe.count(connection, queue.waiting)
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
                "look at the workers' log; run the same command to wait on, or `moveday rollback`",
            )
        await asyncio.sleep(0.5)


async def _drained(context: RunContext) -> Evidence | None:
    counts = await _waiting(context)
    if any(counts.values()):
        return None
    names = ", ".join(counts) or "no queue is named in the plan"
    return context.proof(f"queues empty: {names}", "the old side's database")


async def _looks(context: RunContext) -> dict[str, WriteCounters]:
    probe = context.session.outside.probe
    found = {}
    for choice in databases_to_move(context):
        connection = await frozen_database(context, choice.variable)
        found[choice.variable] = await probe.write_counters(connection)
    return found


async def _prove_frozen(context: RunContext) -> None:
    """Two looks, some seconds apart: nobody holds a transaction id and nothing moved."""
    last = ""
    for _ in range(10):
        before = await _looks(context)
        await asyncio.sleep(QUIET_SECONDS)
        after = await _looks(context)
        last = _still_moving(before, after)
        if not last:
            for variable, counters in after.items():
                context.record(f"frozen/{variable}", counters.model_dump(mode="json"))
            return
        context.say(f"not frozen yet: {last}", "warn")
    raise CheckFailedError(
        "the old side still writes",
        last,
        "find the writer (another app on the same database, a one-off dyno, a BI tool), end it, "
        "and run the same command again; or `moveday rollback`",
    )


def _still_moving(before: dict[str, WriteCounters], after: dict[str, WriteCounters]) -> str:
    for variable, now in after.items():
        then = before[variable]
        if now.writers:
            names = ", ".join(now.writer_names)
            return f"{variable}: {now.writers} session(s) hold a transaction open ({names})"
        if now.prepared:
            return f"{variable}: {now.prepared} prepared transaction(s)"
        if now.changes != then.changes:
            return f"{variable}: rows changed between two looks"
        if now.sequences != then.sequences:
            return f"{variable}: a sequence moved between two looks"
        if now.tables != then.tables:
            return f"{variable}: a table was truncated or rewritten between two looks"
    return ""


async def _frozen(context: RunContext) -> Evidence | None:
    names = [choice.variable for choice in databases_to_move(context)]
    if any(context.recall(f"frozen/{name}") is None for name in names):
        return None
    what = f"no writer, counters and sequences flat for {QUIET_SECONDS:g} s: {', '.join(names)}"
    return context.proof(what, "the old side's database")


async def still_frozen(context: RunContext) -> None:
    """Raise CheckFailedError unless the counters are those of the proof."""
    for variable, now in (await _looks(context)).items():
        recorded = context.recall(f"frozen/{variable}")
        then = WriteCounters.model_validate(recorded)
        moving = _still_moving({variable: then}, {variable: now})
        if moving:
            raise CheckFailedError(
                "the old side was written to after the freeze was proven",
                moving,
                "end the writer, `moveday rollback`, and start the cutover again",
            )


async def _capture(context: RunContext) -> None:
    app = frozen_app(context)
    for choice in databases_to_move(context):
        consent = context.session.consent(
            Level.USERS_NOTICE, f"backup of {choice.variable}", app.app
        )
        known = await app.backups(choice.variable)
        try:
            name = await app.capture_backup(choice.variable, consent)
        except OutsideError:
            fresh = [b for b in await app.backups(choice.variable) if b not in known]
            if not fresh:
                raise
            name = fresh[0]
        context.record(f"backup/{choice.variable}", name)


async def _captured(context: RunContext) -> Evidence | None:
    names = [context.recall(f"backup/{d.variable}") for d in databases_to_move(context)]
    if not all(names):
        return None
    return context.proof(f"backup taken on the old side: {', '.join(map(str, names))}", "backups")


def _by_hand(action: str, **words: str) -> Words:
    def say(context: RunContext) -> str:
        app = context.stage.frozen_app or context.session.outside.source
        return app.by_hand(action, **words)

    return say


REMEMBER = Task(
    id="remember",
    title="remember how the old side runs",
    side="old",
    check=_remembered,
    do=_remember,
    needs=("go",),
    twin="app",
    fidelity="twin",
)
MAINTENANCE_ON = Task(
    id="maintenance-on",
    title="maintenance page on",
    side="old",
    check=_maintenance_is_on,
    do=_maintenance_on,
    undo=_maintenance_back,
    by_hand=_by_hand("maintenance-on"),
    needs=("remember",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=2,
)
CLOCK_OFF = Task(
    id="clock-off",
    title="clock and scheduler off",
    side="old",
    check=_clock_is_off,
    do=_clock_off,
    undo=_clock_back,
    by_hand=_by_hand("scale", process="clock", quantity="0"),
    needs=("maintenance-on",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=5,
    within=STOP_SECONDS,
)
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
WORKERS_OFF = Task(
    id="workers-off",
    title="workers to zero",
    side="old",
    check=_workers_are_off,
    do=_workers_off,
    undo=_workers_back,
    by_hand=_by_hand("scale", process="worker", quantity="0"),
    needs=("queue-drained",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=10,
    within=STOP_SECONDS,
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
    expected=5,
)
SOURCE_BACKUP = Task(
    id="source-backup",
    title="backup on the old side",
    side="old",
    check=_captured,
    do=_capture,
    by_hand=_by_hand("capture", database="DATABASE_URL"),
    needs=("freeze-proven",),
    effect="hard-down",
    fidelity="tabletop",
    level=Level.USERS_NOTICE,
    expected=30,
)
