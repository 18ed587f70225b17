"""What every test starts from: a process that knows no secrets."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from wizard.safety.redact import REDACTOR

# How fast examples are made depends on what else the machine does: it decides no test.
settings.register_profile("moveday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("moveday")

# What collecting the tests makes stays to the end: looking for garbage in it costs a fifth of it.
gc.disable()


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The redactor lives as long as the process; what one test taught it must not change others."""
    monkeypatch.setattr(REDACTOR, "_values", set())
    monkeypatch.setattr(REDACTOR, "_forms", {})


def pytest_collection_finish() -> None:
    """What all tests share is looked through for garbage once; then only what a test made is.

    A tenth as often as Python does, and pytest looks once more at the end: what a test leaves
    behind comes to light a little later, in a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(7_000, 10, 10)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Walks that wait for minutes begin first, beside the others.

    More of what takes minutes runs when MOVEDAY_LONG is set, and says so otherwise.
    """
    items.sort(key=lambda item: item.get_closest_marker("first") is None)
    if os.environ.get("MOVEDAY_LONG"):
        return
    skip = pytest.mark.skip(reason="takes minutes: set MOVEDAY_LONG=1")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)
