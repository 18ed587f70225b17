"""What a person is asked to put at a name whose old side is an address, not a name."""

from typing import Any, cast

import pytest

from wizard.model.dns import NameSurvey, Record
from wizard.model.inventory import Domain
from wizard.runbook.context import RunContext
from wizard.runbook.lines.records import as_it_is

APEX, MANAGER = "clinic.example", "203.0.113.40"


class Known:
    """A context that knows where one name leads today."""

    def __init__(self, target: str) -> None:
        self.session = self
        self.domains = (Domain(hostname=APEX, kind="custom", target=target, where="GET services"),)

    def inventory(self) -> "Known":
        return self


def asked(target: str, before: Record | None) -> tuple[str, tuple[str, ...]]:
    """Type and values of the record that is asked for."""
    survey = NameSurvey(name=APEX, zone=APEX, answers=())
    change = as_it_is(cast(RunContext, cast(Any, Known(target))), survey, before, 5)
    return change.type, change.values


@pytest.mark.parametrize(
    ("target", "found", "wanted"),
    [
        (MANAGER, True, ("A", (MANAGER,))),
        (MANAGER, False, ("A", (MANAGER,))),
        ("old.herokudns.com", True, ("ALIAS", ("old.herokudns.com",))),
        ("old.herokudns.com", False, ("CNAME", ("old.herokudns.com",))),
    ],
)
def test_an_address_stays_an_address(
    target: str, found: bool, wanted: tuple[str, tuple[str, ...]]
) -> None:
    before = Record(name=APEX, type="A", ttl=30, values=(MANAGER,)) if found else None
    assert asked(target, before) == wanted
