"""Which ways are tried, which is taken, and what is promised, for lines of every kind."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from wizard.model.routes import Route, RouteComparison, RouteMeasure, Slice
from wizard.rules.routes import WORTH_IT, compare, next_tunnels

Rate = Callable[[Route], float]


def tried(rate: Rate, streams: int = 4) -> list[RouteMeasure]:
    """Everything that is tried on a line that gives `rate` (MB/s, 0: cannot be had)."""
    measures: list[RouteMeasure] = []
    while (route := next_tunnels(measures)) is not None:
        mega = rate(route)
        taken = Slice(bytes=round(mega * 3e6), seconds=3, streams=streams) if mega else None
        measures.append(RouteMeasure(route=route, slice=taken, trouble="" if mega else "no"))
    return measures


def on(rate: Rate, streams: int = 4) -> tuple[list[str], RouteComparison]:
    measures = tried(rate, streams)
    return [each.route.words for each in measures], compare(1_000_000_000, measures)


def test_a_full_line_gains_nothing_by_more_connections() -> None:
    words, found = on(lambda route: 3.0 if route.compressed else 20.0 + route.tunnels / 10)
    assert words == ["one ssh connection", "2 ssh connections", "one ssh connection, compressed"]
    assert found.recommended == Route(tunnels=1)
    assert found.because == ("20.1 MB/s; 2 ssh connections would be hardly faster: 20.2 MB/s")


def test_where_ssh_is_what_limits_several_are_taken() -> None:
    words, found = on(lambda route: min(10 * route.tunnels, 28) * (0.5 if route.compressed else 1))
    assert words[:3] == ["one ssh connection", "2 ssh connections", "4 ssh connections"]
    assert found.recommended == Route(tunnels=4)
    assert found.because == "28 MB/s; 2 ssh connections: 20 MB/s"


def test_no_more_connections_than_streams_to_fill_them() -> None:
    words, found = on(lambda route: 10.0 * route.tunnels, streams=2)
    assert "4 ssh connections" not in words
    assert found.recommended == Route(tunnels=2)


def test_on_a_slow_line_compression_is_taken_with_as_many_as_it_needs() -> None:
    words, found = on(lambda route: min(6.0, 3.5 * route.tunnels) if route.compressed else 2.0)
    assert "2 ssh connections, compressed" in words
    assert found.recommended == Route(tunnels=2, compressed=True)


def test_what_cannot_be_had_is_no_way_and_stops_no_other() -> None:
    words, found = on(lambda route: 0.0 if route.compressed or route.tunnels > 1 else 5.0)
    assert found.recommended == Route(tunnels=1)
    assert found.because == "the only way that could be measured"
    words, found = on(lambda _: 0.0)
    assert (words, found.recommended) == (["one ssh connection"], None)
    assert (found.because, found.forecasts) == ("no way could be measured", ())


def test_a_forecast_tells_both_what_lies_in_files_and_what_goes_over_the_line() -> None:
    taken = Slice(bytes=30_000_000, seconds=3, streams=2, stored_bytes=40_000_000)
    (told,) = compare(800_000_000, [RouteMeasure(route=Route(), slice=taken)]).forecasts
    assert (told.rate, told.shortest, told.longest) == (1e7, 60.0, 80.0)
    unknown = taken.model_copy(update={"stored_bytes": None})
    (told,) = compare(800_000_000, [RouteMeasure(route=Route(), slice=unknown)]).forecasts
    assert (told.shortest, told.longest) == (80.0, 80.0)


def test_a_runner_is_one_more_way_with_its_own_measure() -> None:
    near = RouteMeasure(route=Route(tunnels=1), slice=Slice(bytes=3, seconds=1, streams=1))
    runner = Route(placement="target-side runner")
    far = RouteMeasure(route=runner, slice=Slice(bytes=300, seconds=1, streams=1))
    assert compare(1000, [near, far]).recommended == runner
    hardly = far.model_copy(update={"slice": near.slice})
    assert compare(1000, [near, hardly]).recommended == Route(tunnels=1)


RATES = st.dictionaries(
    st.tuples(st.sampled_from([1, 2, 4]), st.booleans()), st.floats(0, 100), min_size=0
)


@given(rates=RATES, streams=st.integers(1, 8))
def test_whatever_the_line_the_choice_is_the_simplest_of_the_fast(
    rates: dict[tuple[int, bool], float], streams: int
) -> None:
    measures = tried(lambda route: rates.get((route.tunnels, route.compressed), 0.0), streams)
    assert len(measures) == len({each.route for each in measures}) <= 6
    found = compare(10**9, measures)
    fastest = max(each.rate for each in measures)
    if not fastest:
        assert found.recommended is None
        return
    taken = next(each for each in measures if each.route == found.recommended)
    assert taken.rate * WORTH_IT > fastest
    simpler = [m for m in measures if m.route.tunnels < taken.route.tunnels and m.rate]
    assert all(each.rate * WORTH_IT <= fastest for each in simpler)
