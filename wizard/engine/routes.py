"""Tries the ways to a target one after the other with a slice, until the rule knows enough."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from wizard.errors import OutsideError
from wizard.model.database import Connection
from wizard.model.rate import rate_words
from wizard.model.routes import Route, RouteComparison, RouteMeasure
from wizard.ports.routes import SliceTimer
from wizard.rules.routes import compare, next_tunnels

SECONDS = 3.0
"""Of rows for each way; opening it comes on top."""
Open = Callable[[Route], AbstractAsyncContextManager[Connection]]
"""Opens a way, closed with the context. Raises OutsideError when it cannot be had."""
TryRunner = Callable[[float], Awaitable[RouteMeasure]]
"""Has the runner beside the target try its own way, with rows of so many seconds."""
Say = Callable[[str], None]


async def compare_routes(
    timer: SliceTimer,
    source: Connection,
    *,
    direct: Connection | None = None,
    tunnels: Open | None = None,
    runner: TryRunner | None = None,
    say: Say,
    seconds: float = SECONDS,
    jobs: int | None = None,
) -> RouteComparison:
    """Measure `direct` (None: the target cannot be reached so), the ways through `tunnels`, and the
    `runner`'s, each where there is one.

    A way that cannot be had (OutsideError) is told with its reason and does not stop the others.
    """
    stored = await timer.stored_bytes(source)
    measures: list[RouteMeasure] = []

    async def measure(route: Route, target: Connection) -> RouteMeasure:
        found = await timer.time_slice(source, target, seconds=seconds, jobs=jobs)
        return RouteMeasure(route=route, slice=found)

    if direct is not None:
        try:
            measures.append(await measure(Route(), direct))
        except OutsideError as error:
            measures.append(_failed(Route(), error))
        say(_words(measures[-1]))
    through: list[RouteMeasure] = []
    while tunnels is not None and (route := next_tunnels(through)) is not None:
        try:
            async with tunnels(route) as target:
                through.append(await measure(route, target))
        except OutsideError as error:
            through.append(_failed(route, error))
        say(_words(through[-1]))
    if runner is not None:
        measures.append(await runner(seconds))
        say(_words(measures[-1]))
    return compare(stored, [*measures, *through])


def _failed(route: Route, error: OutsideError) -> RouteMeasure:
    return RouteMeasure(route=route, trouble=f"{error.title}: {error.detail}".rstrip(": "))


def _words(measure: RouteMeasure) -> str:
    if measure.slice is None:
        return f"{measure.route.words}: {measure.trouble}"
    return f"{measure.route.words}: {rate_words(measure.rate)}"
