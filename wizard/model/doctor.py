"""What `moveday doctor` found: about this machine, and about the answers of the real accounts."""

from typing import Literal

from wizard.model.frozen import Frozen

State = Literal["ok", "warn", "fail"]
Looked = Literal["as expected", "differs", "nothing to see", "refused", "no answer"]
Outcome = Literal[
    "confirmed", "contradicted", "not seen here", "cannot be checked without a change"
]


class Finding(Frozen):
    """One thing that was looked at: what is there, what that means, and what to do about it."""

    id: str
    group: str
    state: State
    seen: str
    means: str = ""
    todo: str = ""


class ShapeSeen(Frozen):
    """One call's answer against what moveday reads of it. Names of fields only, never values.

    `missing` fields were expected in every item, `wrong` are "name: expected …, got …", `extra` are
    fields moveday does not read. `items` is how many were looked at.
    """

    call: str
    state: Looked
    items: int = 0
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    detail: str = ""


class Fact(Frozen):
    """Something moveday rests on that nobody has verified against the real service.

    `how` says by which reading call it can be checked; "" when only a change would tell.
    """

    id: str
    fact: str
    how: str = ""


class FactSeen(Frozen):
    """How a fact turned out here."""

    id: str
    fact: str
    how: str
    outcome: Outcome
    seen: str = ""


class AccountHealth(Frozen):
    """One side's account: sign-in, limits and clock as findings, answers, facts.

    `host` is where it was asked, "" when it was not.
    """

    side: str
    host: str = ""
    findings: tuple[Finding, ...]
    shapes: tuple[ShapeSeen, ...] = ()
    facts: tuple[FactSeen, ...] = ()
    calls: int = 0


class Examination(Frozen):
    """Everything `moveday doctor` looked at."""

    findings: tuple[Finding, ...]
    accounts: tuple[AccountHealth, ...] = ()

    @property
    def machine_usable(self) -> bool:
        """Whether nothing about this machine stands in the way."""
        return not any(finding.state == "fail" for finding in self.findings)
