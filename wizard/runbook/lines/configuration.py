"""The new side's configuration at each stage: throw-away at first, the moved data at the switch."""

from collections.abc import Mapping

from pydantic import SecretStr

from wizard.engine.given_values import forget_values, given_values
from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.rules.variables import VariableDecision, decide_variables
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import databases_to_move
from wizard.runbook.lines.followed import followed
from wizard.runbook.stage import live_handle
from wizard.runbook.task import Task
from wizard.safety.consent import Level

_RELEASED = "released"


async def decisions(
    context: RunContext, handles: Mapping[str, str]
) -> tuple[VariableDecision, ...]:
    """What becomes of every variable, with databases at `handles` (source variable → handle)."""
    session = context.session
    inventory = session.inventory()
    assert inventory is not None
    values = await session.config()
    urls = {}
    for variable, handle in handles.items():
        record = await new_side.database(context, handle)
        urls[variable] = await session.outside.target.database_url(record)
    given = given_values(session, inventory)
    return tuple(decide_variables(inventory, values, session.plan, urls, given))


def throwaway_handles(context: RunContext) -> dict[str, str]:
    """Every database variable with the database the first deploy uses."""
    return {c.variable: _first_handle(c) for c in context.session.plan.databases}


def _first_handle(choice: DatabaseChoice) -> str:
    moves = choice.engine == "postgres" and choice.move_data
    return new_side.throwaway_handle(choice) if moves else choice.handle


def moved_handles(context: RunContext) -> dict[str, str]:
    """Every database variable with the database this run filled (or the lasting one)."""
    moved = {c.variable: context.stage.database_handle(c) for c in databases_to_move(context)}
    return {**throwaway_handles(context), **moved}


def to_send(decided: tuple[VariableDecision, ...], *, held_back: bool) -> dict[str, SecretStr]:
    """The variables the target gets; `held_back` ones only when asked for."""
    actions = {"keep", "rewrite"} | ({"hold-back"} if held_back else set())
    return {d.name: d.new_value for d in decided if d.action in actions and d.new_value is not None}


async def differing(context: RunContext, wanted: Mapping[str, SecretStr]) -> dict[str, SecretStr]:
    """The part of `wanted` that the app does not have yet, compared in memory."""
    target = context.session.outside.target
    there = await target.configuration(await new_side.app(context))
    return {
        name: value
        for name, value in wanted.items()
        if name not in there or there[name].get_secret_value() != value.get_secret_value()
    }


async def configure(context: RunContext, wanted: Mapping[str, SecretStr], subject: str) -> None:
    """Send what differs in one operation; an operation whose answer was lost is looked up."""
    target = context.session.outside.target
    app = await new_side.app(context)

    async def find() -> bool | None:
        return None if await differing(context, wanted) else True

    async def act() -> bool:
        changes = await differing(context, wanted)
        consent = context.consent(Level.CHANGE_NEW_SIDE, subject)
        async with followed(context, "configure"):
            await target.configure(app, changes, consent)
        return True

    await context.once(f"{context.label}/configure/{subject}", find, act)


async def _database_variables(
    context: RunContext, handles: Mapping[str, str]
) -> dict[str, SecretStr]:
    decided = await decisions(context, handles)
    return {
        d.name: d.new_value for d in decided if d.action == "rewrite" and d.new_value is not None
    }


async def refuse_live_data(context: RunContext) -> None:
    """Raise BlockedError when practice would take the app off the data that users live on.

    The journal knows of this move's own cutover; this look also finds one made from elsewhere.
    """
    if not context.stage.returns:
        return
    moved = databases_to_move(context)
    live = {c.variable: live_handle(c) for c in moved}
    there = {v: h for v, h in live.items() if await new_side.find_database(context, h)}
    if not there:
        return
    wanted = await _database_variables(context, throwaway_handles(context) | there)
    named = {variable: wanted[variable] for variable in there if variable in wanted}
    if len(await differing(context, named)) < len(named):
        raise BlockedError(
            f"the new app already lives on {', '.join(there.values())}",
            "a cutover was made, or is under way, from another checkout; this would take it off"
            " its data",
            "if that database is none that is needed, point the app elsewhere by hand first",
        )


async def _point_at_moved(context: RunContext) -> None:
    await refuse_live_data(context)
    wanted = await _database_variables(context, moved_handles(context))
    await configure(context, wanted, "point the app at the moved data")


async def _points_at_moved(context: RunContext) -> Evidence | None:
    wanted = await _database_variables(context, moved_handles(context))
    if await differing(context, wanted):
        return None
    handles = ", ".join(context.stage.database_handle(c) for c in databases_to_move(context))
    return context.proof(f"the app's configuration names {handles}", "configuration read back")


async def _point_back(context: RunContext) -> None:
    wanted = await _database_variables(context, throwaway_handles(context))
    await configure(context, wanted, "point the app back at the throw-away database")


async def _held(context: RunContext) -> dict[str, SecretStr]:
    """What is released; in a rehearsal harmless variables of other names, so that the restart is
    timed while nothing reaches the outside."""
    decided = await decisions(context, moved_handles(context))
    held = {d.name: d.new_value for d in decided if d.action == "hold-back" and d.new_value}
    if context.stage.stand_in:
        return {f"{context.stage.stand_in}{name}": SecretStr("1") for name in held}
    return held


async def _without_value(context: RunContext) -> str:
    """Held-back variables whose given value is gone, and that nobody has set over there."""
    if context.stage.returns:
        return ""
    decided = await decisions(context, moved_handles(context))
    gone = [d.name for d in decided if d.action == "hold-back" and d.new_value is None]
    if not gone:
        return ""
    there = await context.session.outside.target.configuration(await new_side.app(context))
    return ", ".join(name for name in gone if name not in there)


def _released(context: RunContext) -> list[str]:
    """Names that this run released; values that people gave are forgotten by then."""
    names = context.recall(_RELEASED)
    return list(map(str, names)) if isinstance(names, list | tuple) else []


async def _release_held(context: RunContext) -> None:
    held = await _held(context)
    if held:
        context.record(_RELEASED, sorted(held))
        await configure(context, held, "release what was held back until accept")
    if not context.stage.returns:
        forget_values(context.session, held)


async def _held_released(context: RunContext) -> Evidence | None:
    held = await _held(context)
    if held and await differing(context, held):
        return None
    names = ", ".join(sorted({*held, *_released(context)})) or "nothing was held back"
    unknown = await _without_value(context)
    more = f"; no value is known any more, set by hand: {unknown}" if unknown else ""
    return context.proof(f"released: {names}{more}", "configuration read back")


async def _hold_again(context: RunContext) -> None:
    target = context.session.outside.target
    app = await new_side.app(context)
    there = await target.configuration(app)
    released = {*await _held(context), *_released(context)}
    names = [name for name in sorted(released) if name in there]
    if names:
        consent = context.consent(Level.CHANGE_NEW_SIDE, "hold back again")
        await target.configure(app, dict.fromkeys(names, SecretStr("")), consent)


def _by_hand(context: RunContext) -> str:
    names = " ".join(choice.variable for choice in databases_to_move(context))
    return new_side.by_hand(context, "configure", variables=names)


POINT_APP = Task(
    id="point-app",
    title="point the new app at the moved data",
    side="new",
    check=_points_at_moved,
    do=_point_at_moved,
    undo=_point_back,
    by_hand=_by_hand,
    needs=("verify",),
    effect="hard-down",
    level=Level.CHANGE_NEW_SIDE,
    expected=15,
)
HELD_BACK = Task(
    id="held-back",
    title="release what was held back until accept",
    side="new",
    check=_held_released,
    do=_release_held,
    undo=_hold_again,
    needs=("accept",),
    effect="hard-down",
    fidelity="twin",
    level=Level.CHANGE_NEW_SIDE,
    expected=10,
)
