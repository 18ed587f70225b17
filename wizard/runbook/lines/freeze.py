"""Freezing the old side in the order that leaves no writer: page, clock, workers; and back."""

import asyncio
from collections.abc import Mapping

from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.ports.source import Source
from wizard.rules.processes import is_singleton
from wizard.rules.serving import serving_process
from wizard.runbook.context import RunContext
from wizard.runbook.lines.before import read_unchanged
from wizard.runbook.lines.by_themselves import refuse_what_moves
from wizard.runbook.lines.once_allowed import once_allowed
from wizard.runbook.task import Task, Words
from wizard.safety.consent import Level

STOP_SECONDS = 60.0
"""Heroku gives a dyno 30 seconds after TERM before it is killed."""


def frozen_app(context: RunContext) -> Source:
    """The app this run freezes."""
    app = context.stage.frozen_app
    if app is None:
        raise BlockedError("there is no app to freeze in this run", "no twin is configured")
    return app


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
    if context.stage.source_frozen:
        # Old TTLs may have taken a day to run out since it was compared.
        refuse_what_moves(await read_unchanged(context))
    formation, maintenance, before = await asyncio.gather(
        app.formation(), app.maintenance(), app.before_freeze()
    )
    context.record("before-freeze", dict(before))
    context.record("formation", dict(formation))
    context.record("maintenance", maintenance)


def _before(context: RunContext) -> dict[str, str]:
    """What the source said it needs to put back."""
    told = context.recall("before-freeze")
    return {str(k): str(v) for k, v in told.items()} if isinstance(told, Mapping) else {}


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
    await app.set_maintenance(True, consent, _before(context))


async def _maintenance_is_on(context: RunContext) -> Evidence | None:
    app = frozen_app(context)
    if not await app.maintenance():
        return None
    if context.recall("down_at") is None:
        context.record("down_at", context.session.clock.now().timestamp())
    return context.proof(f"users are kept out of {app.app}", f"maintenance of {app.app}")


async def _maintenance_back(context: RunContext) -> None:
    app = frozen_app(context)
    before = bool(context.recall("maintenance"))
    consent = context.session.consent(
        Level.USERS_NOTICE, f"maintenance {before}: {app.app}", app.app
    )
    await once_allowed(context, lambda: app.set_maintenance(before, consent, _before(context)))


def _names(context: RunContext, *, clocks: bool) -> list[str]:
    return _of_kind(context, recorded_formation(context), clocks=clocks)


def _of_kind(context: RunContext, quantities: Mapping[str, int], *, clocks: bool) -> list[str]:
    """Those that run and that users do not reach: clocks, or all others."""
    inventory = context.session.inventory()
    known = inventory.processes if inventory else ()
    apart = (serving_process(inventory), "release")
    singletons = {process.name for process in known if is_singleton(process)}
    return [
        name
        for name, count in quantities.items()
        if name not in apart and count and (name in singletons) is clocks
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
    where = f"{app.running_seen} of {app.app}"
    return context.proof(f"{what} at zero: {', '.join(names) or 'there are none'}", where)


async def _restore(context: RunContext, names: list[str]) -> None:
    app = frozen_app(context)
    formation = recorded_formation(context)
    wanted = {name: formation[name] for name in names}
    if not wanted:
        return
    consent = context.session.consent(Level.USERS_NOTICE, f"restore scale: {app.app}", app.app)
    await once_allowed(context, lambda: app.scale(wanted, consent))


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
    serving = serving_process(context.session.inventory())
    others = sorted(name for name, count in running.items() if count and name != serving)
    if others:
        context.say(f"still running on the old side: {', '.join(others)}", "warn")
        return None
    return found


async def _workers_back(context: RunContext) -> None:
    await _restore(context, _names(context, clocks=False))


def by_hand(action: str, **words: str) -> Words:
    def say(context: RunContext) -> str:
        app = context.stage.frozen_app or context.session.outside.source
        return app.by_hand(action, **words)

    return say


def _scale_by_hand(*, clocks: bool, usual: str) -> Words:
    """The command that scales to zero what the inventory tells of; `usual` where it tells none."""

    def say(context: RunContext) -> str:
        inventory = context.session.inventory()
        found = {p.name: p.quantity for p in inventory.processes} if inventory else {}
        names = _of_kind(context, found, clocks=clocks) or [usual]
        zeros = " ".join("0" for _ in names)
        return by_hand("scale", process=" ".join(names), quantity=zeros)(context)

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
    by_hand=by_hand("maintenance-on"),
    needs=("remember", "scheduler-off"),
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
    by_hand=_scale_by_hand(clocks=True, usual="clock"),
    needs=("maintenance-on",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=5,
    within=STOP_SECONDS,
)
WORKERS_OFF = Task(
    id="workers-off",
    title="workers to zero",
    side="old",
    check=_workers_are_off,
    do=_workers_off,
    undo=_workers_back,
    by_hand=_scale_by_hand(clocks=False, usual="worker"),
    needs=("queue-drained",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=10,
    within=STOP_SECONDS,
)
