"""Prices read from a served Aptible; whatever it does not tell is marked as published instead."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.sandbox.aptible import catalog
from providers.targets.aptible import AptibleTarget, open_target
from providers.targets.aptible.rates import RatesShape, _price
from tests.providers.sandbox.aptible_world import World, aptible_world
from tests.providers.targets.aptible.conftest import CHOICE, EmptyVault
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import MovedayError
from wizard.model.rates import PRICES
from wizard.rules.pricing import completed
from wizard.rules.published_prices import PUBLISHED
from wizard.safety.network import Network


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with aptible_world(tmp_path) as world:
        yield world


@pytest.fixture
async def target(world: World, tmp_path: Path) -> AsyncIterator[AptibleTarget]:  # type: ignore[override]
    environ = world.sandbox.environment()
    opened = open_target(CHOICE, environ, EmptyVault(), Network(), tmp_path, SYSTEM_CLOCK)
    yield opened
    await opened.close()


async def test_rates_are_read_refused_missing_and_strange(
    world: World, target: AptibleTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = await target.rates()
    assert [getattr(read, name) for name in PRICES] == [getattr(PUBLISHED, n) for n in PRICES]
    assert read.where.startswith("GET /costs/")
    assert completed(read).published == ()

    for status in (403, 404):
        path = read.where.removeprefix("GET ")
        world.ground.faults.set("aptible.server-error", status=status, path=path)
        with pytest.raises(MovedayError):
            await target.rates()

    known: dict[str, Any] = {"m_class_gb_per_hour": "0.05", "disk_cost_gb_per_month": None}
    monkeypatch.setattr(catalog, "rates", lambda: {**known, "new_thing_per_hour": 3})
    part = completed(await target.rates())
    assert part.memory_gb_hour == Decimal("0.05")
    assert "disk_gb_month" in part.published
    assert part.disk_gb_month == PUBLISHED.disk_gb_month

    monkeypatch.setattr(catalog, "rates", lambda: {"new_thing_per_hour": 3})
    with pytest.raises(MovedayError, match="no price that moveday knows"):
        await target.rates()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=4,
    )
)
def test_any_answer_is_a_price_or_unknown(said: object) -> None:
    price = _price(RatesShape.model_validate({"m_class_gb_per_hour": said}).m_class_gb_per_hour)
    assert price is None or (price.is_finite() and price >= 0)
