"""What every test starts from: a process that knows no secrets."""

import pytest

from wizard.safety.redact import REDACTOR


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The redactor lives as long as the process; what one test taught it must not change others."""
    monkeypatch.setattr(REDACTOR, "_values", set())
    monkeypatch.setattr(REDACTOR, "_forms", {})
