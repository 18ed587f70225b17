"""A job that runs beside a source no laptop reaches: what is ordered, and what its report says."""

from typing import Literal

from wizard.model.database import DatabaseFacts, Finding, PhaseTime, Verdict
from wizard.model.dump import DumpTrouble
from wizard.model.frozen import Frozen

JobKind = Literal["probe", "copy", "verify", "serve"]
ReportKind = Literal["probe", "look", "count", "copy", "verify"]
"""What a report is of; a serving job prints one for each order."""
AskKind = Literal["probe", "look", "count", "copy", "verify", "end"]
"""What a serving job can be told to do."""
HEARD_WITHIN = 20.0
"""Seconds since its last beat within which a serving job counts as being there."""


class KeptSecret(Frozen):
    """Where the platform keeps one side's URL inside the container: a file's path or a variable.

    With `host` what is kept there is the password alone, and the rest is said here.
    """

    file: str = ""
    variable: str = ""
    host: str = ""
    port: int = 5432
    user: str = ""
    database: str = ""


class JobOrder(Frozen):
    """What a job is to do. `job` is its name in markers and reports; it holds no secret.

    `major` is the official image's version. `target_ca`: certificates (PEM) that the target's is
    checked against; "" means encrypted without that check. `packed`: the report is compressed
    however short it is. `text_sums`: rows are hashed as text, for servers of
    different encodings or a target before version 14. `move`: what the target's marker says, where
    it is not the job's own name. `queries`: what a serving job counts, in this order.
    """

    kind: JobKind
    job: str
    major: int
    source: KeptSecret
    target: KeptSecret | None = None
    target_ca: str = ""
    packed: bool = False
    text_sums: bool = False
    move: str = ""
    queries: tuple[str, ...] = ()

    @property
    def move_id(self) -> str:
        """What the target's marker says of a copy by this job."""
        return self.move or move_id_of(self.job)


def move_id_of(job: str) -> str:
    """What the target's marker says of a copy by the job of this name."""
    return f"job-{job}"


class JobRead(Frozen):
    """What a probe's report says. `asked`: when, by the source's clock (UTC).

    `whole` is False when no target was given: what only both sides tell was not looked at.
    """

    job: str
    asked: str
    facts: DatabaseFacts
    findings: tuple[Finding, ...]
    whole: bool

    @property
    def blocking(self) -> int:
        """How many findings stop the move."""
        return sum(finding.severity == "block" for finding in self.findings)


class JobCompared(Frozen):
    """A copy's or a verification's report against the target, as it is now.

    `troubles` and `left_out` are a copy's. `unproven`: the target's certificate was not checked.
    """

    job: str
    kind: ReportKind
    asked: str
    phases: tuple[PhaseTime, ...]
    troubles: tuple[DumpTrouble, ...]
    left_out: tuple[str, ...]
    verdict: Verdict
    unproven: bool = False
    accepted: bool = False

    @property
    def fatal(self) -> tuple[DumpTrouble, ...]:
        """What of the copy did not arrive."""
        return tuple(one for one in self.troubles if one.severity == "fatal")


class JobCopied(Frozen):
    """What a copy's report says of the copying itself; whether it is the same is not in it.

    `phases` in seconds from the copy's begin.
    """

    phases: tuple[PhaseTime, ...]
    troubles: tuple[DumpTrouble, ...]
    left_out: tuple[str, ...]
    unproven: bool

    @property
    def seconds(self) -> float:
        """From its begin to its last phase's end."""
        return max((phase.started + phase.seconds for phase in self.phases), default=0.0)

    @property
    def fatal(self) -> tuple[DumpTrouble, ...]:
        """What of the copy did not arrive."""
        return tuple(one for one in self.troubles if one.severity == "fatal")


class JobHeard(Frozen):
    """What stands in the target about a serving job.

    `boots`: how often it was started, 0 when it never came. `beat_age`: seconds since it last said
    that it is there, by the target's clock; None when it never did. `ended` says why it works no
    more, "" while it does. `tries`: how often the order that was asked about was begun; `answer`:
    its report, "" while there is none. `arrived`: bytes of tables in the target, with their TOAST,
    and `filled`: how many of them hold anything; looked at beside a copy only.
    """

    boots: int = 0
    beat_age: float | None = None
    ended: str = ""
    tries: int = 0
    answer: str = ""
    arrived: int = 0
    filled: int = 0

    @property
    def there(self) -> bool:
        """Whether it waits or works now."""
        return not self.ended and self.beat_age is not None and self.beat_age < HEARD_WITHIN
