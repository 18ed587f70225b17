"""Prices in whole cents: sums add up, more costs more, unknown stays unknown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.model.rates import PRICES, Rates
from wizard.rules import pricing
from wizard.rules.processes import SIZES_MB

PRICE = st.decimals(min_value="0.0001", max_value=10, allow_nan=False, places=4)
PART = st.one_of(st.none(), st.integers(0, 10**7))
PUBLISHED = pricing.completed(None, "no permission")


@pytest.mark.parametrize(
    ("count", "memory", "cents"),
    [(1, 1024, 5840), (2, 512, 5840), (1, 512, 2920), (0, 4096, 0), (3, 7168, 122_640)],
)
def test_containers_at_published_prices(count: int, memory: int, cents: int) -> None:
    assert pricing.containers(count, memory, PUBLISHED) == cents


def test_disks_endpoints_and_stacks_at_published_prices() -> None:
    assert pricing.disk(50, PUBLISHED) == 1000
    assert pricing.endpoint(PUBLISHED) == 4380
    assert pricing.stack(PUBLISHED) == 49_900


@given(st.integers(0, 31), st.integers(0, len(SIZES_MB) - 2), PRICE)
def test_more_containers_and_more_memory_never_cost_less(
    count: int, size: int, price: Decimal
) -> None:
    rates = Rates(memory_gb_hour=price)
    here = pricing.containers(count, SIZES_MB[size], rates) or 0
    assert here <= (pricing.containers(count + 1, SIZES_MB[size], rates) or 0)
    assert here <= (pricing.containers(count, SIZES_MB[size + 1], rates) or 0)
    assert isinstance(here, int)


@given(st.lists(st.tuples(st.text(max_size=3), PART)))
def test_a_total_is_what_is_known_and_names_what_is_not(
    parts: list[tuple[str, int | None]],
) -> None:
    found = pricing.total(parts)
    assert found.cents == sum(part for _, part in parts if part is not None)
    assert set(found.unknown) == {name for name, part in parts if part is None}
    whole = pricing.together(*(part for _, part in parts))
    assert whole is None if found.unknown else whole == found.cents


def test_nothing_known_costs_unknown_and_not_nothing() -> None:
    bare = Rates()
    assert pricing.containers(1, 1024, bare) is None
    assert pricing.containers(0, 1024, bare) == 0
    assert [pricing.disk(1, bare), pricing.endpoint(bare), pricing.stack(bare)] == [None] * 3
    assert pricing.dollars(None) == "unknown"
    assert pricing.dollars(123_456) == "$1,234.56"


def test_published_prices_are_marked_with_the_reason() -> None:
    assert PUBLISHED.published == PRICES
    assert PUBLISHED.trouble == "no permission"
    part = pricing.completed(Rates(memory_gb_hour=Decimal("0.05"), where="api"))
    assert part.memory_gb_hour == Decimal("0.05")
    assert set(part.published) == set(PRICES) - {"memory_gb_hour"}
    assert "does not tell disk_gb_month" in part.trouble
    whole = Rates(**dict.fromkeys(PRICES, Decimal(1)))  # type: ignore[arg-type]
    assert pricing.completed(whole) == whole
