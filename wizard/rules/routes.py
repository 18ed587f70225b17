"""Which way is tried next, which is taken, and what does each promise?

A way with more connections, or compressed, has to be a good deal faster to be worth its trouble:
one slice is one sample, and lines go up and down.
"""

from collections.abc import Sequence

from wizard.model.rate import rate_words
from wizard.model.routes import Route, RouteComparison, RouteForecast, RouteMeasure

WORTH_IT = 1.15
"""How much faster a way has to be than a simpler one."""
_MOST_TUNNELS = 4


def next_tunnels(measures: Sequence[RouteMeasure]) -> Route | None:
    """What to try next of the ways through ssh; None when enough is known.

    First more connections, as long as that helps; then compression, on as many as were best.
    """
    if not measures:
        return Route(tunnels=1)
    plain, packed = _of(measures, compressed=False), _of(measures, compressed=True)
    if more := _one_more_step(plain):
        return more
    best = _best(plain)
    if best is None:
        return None
    if not packed:
        return best.route.model_copy(update={"compressed": True})
    better = _best(packed)
    if better is None or better.rate < best.rate * WORTH_IT:
        return None
    # Packing takes a processor for each connection: two may do what one could not.
    return _one_more_step(packed)


def _one_more_step(measures: Sequence[RouteMeasure]) -> Route | None:
    """Twice as many connections as the last try, if that one was worth it and streams are left."""
    last = measures[-1]
    before = [measure.rate for measure in measures[:-1]]
    if last.slice is None or (before and last.rate < max(before) * WORTH_IT):
        return None
    more = last.route.tunnels * 2
    if more > min(_MOST_TUNNELS, last.slice.streams):
        return None
    return last.route.model_copy(update={"tunnels": more})


def _of(measures: Sequence[RouteMeasure], *, compressed: bool) -> list[RouteMeasure]:
    return [each for each in measures if each.route.compressed == compressed]


def _best(measures: Sequence[RouteMeasure]) -> RouteMeasure | None:
    """The fastest; the simplest of those that are hardly slower."""
    measured = [each for each in measures if each.rate > 0]
    top = max((each.rate for each in measured), default=0.0)
    near = [each for each in measured if each.rate * WORTH_IT > top]
    return min(near, key=_effort, default=None)


def _effort(measure: RouteMeasure) -> tuple[bool, int, bool]:
    route = measure.route
    return route.placement != "laptop", route.tunnels, route.compressed


def compare(stored_bytes: int, measures: Sequence[RouteMeasure]) -> RouteComparison:
    """The recommendation over what was measured, and what each way promises."""
    best = _best(measures)
    return RouteComparison(
        stored_bytes=stored_bytes,
        measures=tuple(measures),
        forecasts=tuple(_forecast(stored_bytes, each) for each in measures if each.rate > 0),
        recommended=best.route if best else None,
        because=_because(best, measures) if best else "no way could be measured",
    )


def _forecast(stored_bytes: int, measure: RouteMeasure) -> RouteForecast:
    """What rows take in files and on the way differs: both ends of the range are told."""
    found = measure.slice
    share = found.bytes / found.stored_bytes if found and found.stored_bytes else 1.0
    ends = sorted((stored_bytes / measure.rate, stored_bytes * share / measure.rate))
    return RouteForecast(route=measure.route, rate=measure.rate, shortest=ends[0], longest=ends[1])


def _because(best: RouteMeasure, measures: Sequence[RouteMeasure]) -> str:
    others = [each for each in measures if each.rate > 0 and each.route != best.route]
    if not others:
        return "the only way that could be measured"
    nearest = max(others, key=lambda each: each.rate)
    own, other = rate_words(best.rate), rate_words(nearest.rate)
    if nearest.rate <= best.rate:
        return f"{own}; {nearest.route.words}: {other}"
    return f"{own}; {nearest.route.words} would be hardly faster: {other}"
