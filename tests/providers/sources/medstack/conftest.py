"""A MedStack of its own for each test of this folder: they change it."""

from collections.abc import Iterator

import pytest

from tests.providers.sources.medstack.northside import Northside, northside


@pytest.fixture
def clinic() -> Iterator[Northside]:
    with northside() as running:
        yield running
