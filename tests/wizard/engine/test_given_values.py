"""Values people give: in memory, in a keyring that lasts, never in the journal."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from providers.vault.memory import MemoryVault
from tests.wizard.rules.test_variables import inventory
from tests.wizard.runbook.session_for_tests import open_test_session
from wizard.engine.given_values import (
    forget_values,
    given_values,
    keep_value,
    last_given,
    take_value_back,
)
from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.model.inventory import Variable

SECRET = "what-only-robin-knows-4711"
APP = inventory(Variable(name="HIDDEN", origin="user", length=0, masked=True, where="t"))


class Lasting(MemoryVault):
    """A vault that the next session can read, as the system's keyring is."""

    mode = "the system's keyring"
    lasting = True


@dataclass
class WithVault:
    """An outside with nothing but a vault."""

    vault: MemoryVault = field(default_factory=MemoryVault)


def session(folder: Path, vault: MemoryVault) -> Session:
    opened = open_test_session(folder)
    opened.outside = cast(Any, WithVault(vault))
    return opened


@pytest.mark.parametrize(("vault", "later"), [(MemoryVault(), {}), (Lasting(), {"HIDDEN"})])
def test_kept_as_long_as_the_vault_lasts(
    tmp_path: Path, vault: MemoryVault, later: set[str]
) -> None:
    first = session(tmp_path, vault)
    keep_value(first, "HIDDEN", SecretStr(SECRET), "test")
    assert given_values(first, APP)["HIDDEN"].get_secret_value() == SECRET
    first.journal.close()
    assert SECRET not in (tmp_path / ".moveday" / "journal.jsonl").read_text()
    assert SECRET not in repr(first)

    second = session(tmp_path, vault)
    assert set(given_values(second, APP)) == set(later)
    forget_values(second, ["HIDDEN"])
    second.journal.close()
    third = session(tmp_path, vault)
    assert given_values(third, APP) == {}
    third.journal.close()


def test_a_value_is_taken_back_everywhere_and_the_one_before_it_comes_up(tmp_path: Path) -> None:
    vault = Lasting()
    opened = session(tmp_path, vault)
    for name in ("OTHER", "HIDDEN"):
        keep_value(opened, name, SecretStr(SECRET), "test")
    found = last_given(opened.journal.entries)
    assert found is not None and found.name == "HIDDEN"
    take_value_back(opened, "HIDDEN", "test")
    assert given_values(opened, APP).keys() == {"OTHER"}
    found = last_given(opened.journal.entries)
    assert found is not None and found.name == "OTHER"
    opened.journal.close()
    again = session(tmp_path, vault)
    assert given_values(again, APP) == {}, "the keyring let go of it"
    again.journal.close()


def test_an_empty_value_is_refused(tmp_path: Path) -> None:
    opened = session(tmp_path, MemoryVault())
    with pytest.raises(UsageError, match="empty"):
        keep_value(opened, "HIDDEN", SecretStr(""), "test")
    opened.journal.close()
