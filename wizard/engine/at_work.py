"""Which run does this process, or the one that holds the lock, work on just now?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AtWork:
    """`label` names the run in the journal ("run-3", "deploy-2").

    What is at work was begun after line `after`; what an earlier process began is broken off.
    """

    label: str
    after: int
