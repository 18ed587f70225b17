"""What every test of the screens starts from: one time zone, and no second try at a dead port."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _same_everywhere(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    # Whoever is asked in a replay is not there: waiting between attempts would tell nothing more.
    # A sandbox is there, and hangs up on idle connections as any server does.
    if "sandbox" not in request.fixturenames:
        monkeypatch.setattr("providers.http.retry.ATTEMPTS", 1)
    yield
    monkeypatch.undo()
    time.tzset()
