"""Credentials from the environment and from memory: found, never leaked, honestly named."""

import pytest
from pydantic import SecretStr

from providers.vault.environment import EnvironmentVault
from providers.vault.memory import MemoryVault
from wizard.errors import UsageError
from wizard.ports.vault import Vault
from wizard.safety.redact import REDACTOR

KEY = "HRKU-canary-vault-83b1"


def test_environment_vault_reads_what_the_vendors_tools_read() -> None:
    vault: Vault = EnvironmentVault(
        {"HEROKU_API_KEY": f" {KEY}\n", "APTIBLE_ACCESS_TOKEN": "aptible-canary-1"}
    )
    found = vault.get("heroku", "api-key")
    assert found is not None
    assert found.get_secret_value() == KEY
    assert KEY not in repr(found)
    assert KEY not in REDACTOR.redact(f"said {KEY} aloud")
    assert vault.get("aptible", "access-token") is not None
    assert vault.get("heroku", "other") is None
    assert EnvironmentVault({"HEROKU_API_KEY": " "}).get("heroku", "api-key") is None


def test_environment_vault_does_not_pretend_to_write() -> None:
    vault = EnvironmentVault({"HEROKU_API_KEY": KEY})
    with pytest.raises(UsageError, match="environment") as caught:
        vault.put("heroku", "api-key", SecretStr("new-secret-value"))
    assert "new-secret-value" not in str(caught.value)
    with pytest.raises(UsageError, match="environment"):
        vault.delete("heroku", "api-key")
    vault.delete("heroku", "never-there")


def test_memory_vault_remembers_forgets_and_looks_below() -> None:
    below = EnvironmentVault({"HEROKU_API_KEY": KEY})
    vault: Vault = MemoryVault(below)
    assert vault.get("heroku", "api-key") == SecretStr(KEY)
    vault.put("heroku", "api-key", SecretStr("typed-canary-22"))
    assert vault.get("heroku", "api-key") == SecretStr("typed-canary-22")
    assert "typed-canary-22" not in REDACTOR.redact("typed-canary-22")
    vault.delete("heroku", "api-key")
    assert vault.get("heroku", "api-key") is None
    vault.delete("heroku", "api-key")
    assert "memory" in vault.mode
    assert MemoryVault().get("heroku", "api-key") is None
