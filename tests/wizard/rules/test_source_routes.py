"""The ways out: in their order, timed by published figures or by a rehearsal's own rate."""

import pytest

from wizard.rules.source_routes import source_routes

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("size", "minutes", "basis"),
    [
        (GB // 2, (0.5, 1), "published"),
        (GB, (1, 2), "published"),
        (3 * GB, (4.5, 6), "published"),
        (100 * GB, (150, 180), "published"),
        (200 * GB, (300, 360), "beyond"),
    ],
)
def test_published_figures(size: int, minutes: tuple[float, float], basis: str) -> None:
    first = source_routes(size).routes[0]
    assert (first.shortest, first.longest) == tuple(60 * one for one in minutes)
    assert first.basis == basis


def test_a_rehearsed_rate_replaces_them_and_what_is_unknown_stays_unknown() -> None:
    routes = source_routes(20 * GB, 20_000_000).routes
    assert [route.letter for route in routes] == ["a", "b", "c", "d"]
    assert (routes[0].shortest, routes[0].longest, routes[0].basis) == (1000, 1000, "rehearsed")
    assert [(route.shortest, route.basis) for route in routes[2:]] == [(None, "unknown")] * 2
    assert all(route.rests and route.needs for route in routes)
