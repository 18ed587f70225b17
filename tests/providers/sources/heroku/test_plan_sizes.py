"""The memory behind the names of data plans."""

import pytest

from providers.sources.heroku.plan_sizes import memory_mb


@pytest.mark.parametrize(
    ("plan", "memory"),
    [
        ("heroku-postgresql:standard-0", 4096),
        ("heroku-postgresql:premium-5", 62_464),
        ("heroku-postgresql:shield-0", 4096),
        ("heroku-postgresql:essential-0", None),
        ("heroku-postgresql:advanced-1", None),
        ("heroku-redis:mini", 25),
        ("heroku-redis:premium-7", 7168),
        ("", None),
    ],
)
def test_memory_by_plan(plan: str, memory: int | None) -> None:
    assert memory_mb(plan) == memory
