"""A dump that somebody was handed: what it is, what its restore ran into, what arrived."""

from typing import Literal

from wizard.model.database import Check, Finding, PhaseTime
from wizard.model.frozen import Frozen

DumpFormat = Literal["custom", "tar", "directory", "plain"]
DumpSeverity = Literal["harmless", "review", "fatal"]
"""Nothing is missing; a person has to look; something of the dump is not there."""


class DumpTrouble(Frozen):
    """What one entry of the dump ran into. `rule` is stable, `line` 0 where there are no lines.

    Never holds a row's content: `detail` is the server's message without what it quotes.
    """

    rule: str
    severity: DumpSeverity
    entry: str
    detail: str
    remedy: str = ""
    sqlstate: str = ""
    line: int = 0


class DumpLeftOut(Frozen):
    """Statements that are not run on purpose: how many, and the first few by name."""

    rule: str
    severity: DumpSeverity
    reason: str
    statements: int
    examples: tuple[str, ...]


class DumpRestored(Frozen):
    """A finished restore: the verdict is in `troubles`, `left_out` and `checks`, by entry.

    `rows` and `tables` are what the dump itself holds. `accepted` are rules that a person has
    looked at: their troubles of severity "review" no longer keep the restore from being done.
    """

    format: DumpFormat
    move_id: str
    seconds: float
    bytes: int
    statements: int
    tables: int
    rows: int
    phases: tuple[PhaseTime, ...]
    troubles: tuple[DumpTrouble, ...]
    left_out: tuple[DumpLeftOut, ...]
    checks: tuple[Check, ...]
    accepted: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def fatal(self) -> tuple[DumpTrouble, ...]:
        """What of the dump is not there."""
        return tuple(one for one in self.troubles if one.severity == "fatal")

    @property
    def failures(self) -> tuple[Check, ...]:
        """What arrived otherwise than the dump says."""
        return tuple(c for c in self.checks if c.result in ("different", "unfinished"))

    @property
    def to_review(self) -> tuple[str, ...]:
        """Rules that a person has to look at and has not accepted, each once."""
        found = [one.rule for one in self.troubles if one.severity == "review"]
        found += [one.rule for one in self.left_out if one.severity == "review"]
        return tuple(sorted(set(found) - set(self.accepted)))
