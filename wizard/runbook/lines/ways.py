"""By which way does this machine bring one database's rows over? Tried with a slice before the go.

A small database is not worth the minute that trying takes; where the plan limits the source's load,
a slice at full speed would break the limit.
"""

from contextlib import AbstractAsyncContextManager

from wizard.engine.routes import SECONDS, TryRunner, compare_routes
from wizard.forecast.durations import duration
from wizard.model.database import Connection
from wizard.model.plan import DatabaseChoice
from wizard.model.routes import (
    BY_RUNNER,
    ONE_TUNNEL,
    Route,
    RouteComparison,
    RouteForecast,
)
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side

SMALLEST = 100_000_000
"""Bytes of rows below which the ways are not tried."""


async def choose_way(
    context: RunContext,
    choice: DatabaseChoice,
    source: Connection,
    *,
    smallest: int = SMALLEST,
    seconds: float = SECONDS,
    jobs: int | None = None,
) -> Route:
    """Try the ways to the database that this run fills; what is chosen is kept with the run."""
    outside = context.session.outside
    handle = context.stage.database_handle(choice)
    if choice.limit or await outside.timer.stored_bytes(source) < smallest:
        return way(context, handle)
    target = await new_side.database(context, handle)

    def open_way(route: Route) -> AbstractAsyncContextManager[Connection]:
        return outside.target.tunnel(target, route=route)

    context.say(f"{handle}: trying the ways to it with rows of a few seconds each")
    found = await compare_routes(
        outside.timer, source, tunnels=open_way, say=context.say, seconds=seconds, jobs=jobs
    )
    context.record(_key(handle), found.model_dump(mode="json"))
    context.say(f"{handle}: {_words(found)}")
    return way(context, handle)


async def tell_ways(
    context: RunContext,
    choice: DatabaseChoice,
    source: Connection,
    runner: TryRunner,
    *,
    smallest: int = SMALLEST,
    seconds: float = SECONDS,
    jobs: int | None = None,
) -> None:
    """Where the plan says that a runner carries: what its way promises, next to this machine's."""
    outside = context.session.outside
    handle = context.stage.database_handle(choice)
    if choice.limit or await outside.timer.stored_bytes(source) < smallest:
        return
    target = await new_side.database(context, handle)

    def open_way(route: Route) -> AbstractAsyncContextManager[Connection]:
        return outside.target.tunnel(target, route=route)

    context.say(f"{handle}: trying the ways to it with rows of a few seconds each")
    found = await compare_routes(
        outside.timer,
        source,
        tunnels=open_way,
        runner=runner,
        say=context.say,
        seconds=seconds,
        jobs=jobs,
    )
    # Not what `way` keeps: whatever is best, this run's tunnel carries no rows.
    context.record(f"ways-told/{handle}", found.model_dump(mode="json"))
    context.say(f"{handle}: {_side_by_side(found)}")


def way(context: RunContext, handle: str) -> Route:
    """What was chosen in this run; one plain connection where nothing was."""
    kept = context.recall(_key(handle))
    chosen = RouteComparison.model_validate(kept).recommended if kept else None
    return chosen or ONE_TUNNEL


def _key(handle: str) -> str:
    return f"ways/{handle}"


def _words(found: RouteComparison) -> str:
    chosen = found.recommended
    if chosen is None:
        return f"{found.because}; one ssh connection is taken"
    told = next(each for each in found.forecasts if each.route == chosen)
    return (
        f"the copy takes {chosen.words} ({found.because}): {_ends(told)} for all rows, by one"
        " sample; indexes and keys come on top"
    )


def _side_by_side(found: RouteComparison) -> str:
    """The runner's promise, this machine's best one, and whether the runner is worth it."""
    theirs = next((each for each in found.forecasts if each.route == BY_RUNNER), None)
    if theirs is None:
        return "the copy goes by the runner; how fast it is could not be measured"
    words = f"the copy goes by the runner: {_ends(theirs)} for all rows"
    ours = [each for each in found.forecasts if each.route != BY_RUNNER]
    if ours:
        best = max(ours, key=lambda each: each.rate)
        words += f"; through this machine by {best.route.words}: {_ends(best)}"
    if found.recommended is not None and found.recommended != BY_RUNNER:
        words += " (as fast, or hardly slower: route: laptop would do)"
    return f"{words}; by one sample each, indexes and keys come on top"


def _ends(told: RouteForecast) -> str:
    return " to ".join(dict.fromkeys((duration(told.shortest), duration(told.longest))))
