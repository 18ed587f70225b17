"""A replaying Heroku and the source that reads it, for the tests of this folder."""

from collections.abc import AsyncIterator

import pytest

from providers.sources.heroku.source import HerokuSource
from tests.providers.sources.heroku.replay import Replay, replaying, source_of


@pytest.fixture
async def heroku() -> AsyncIterator[Replay]:
    async with replaying() as replay:
        yield replay


@pytest.fixture
async def source(heroku: Replay) -> AsyncIterator[HerokuSource]:
    opened = source_of(heroku)
    yield opened
    await opened.close()
