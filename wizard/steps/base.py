"""The one shape of the nine steps."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from wizard.engine.session import Session
from wizard.model.question import Gate

State = Literal["not yet", "ready", "running", "you", "done", "stale", "failed", "skipped"]


@dataclass(frozen=True)
class StepState:
    """Where a step stands and why; derived from the journal, never stored."""

    state: State
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """A chapter of the move.

    `check` names what stands in the way (closed gates); `run` does the step's work and returns what
    it found as one document; `state` derives where it stands. `undo` takes back what `run` did.
    """

    id: str
    key: str
    title: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    needs: tuple[str, ...]
    check: Callable[[Session], Awaitable[Sequence[Gate]]]
    run: Callable[[Session], Awaitable[BaseModel]]
    state: Callable[[Session], StepState]
    undo: Callable[[Session], Awaitable[None]] | None = None

    @property
    def why(self) -> str:
        """The help page's name: `wizard/help/<id>.md`."""
        return f"{self.id}.md"


async def no_gates(session: Session) -> Sequence[Gate]:
    """For steps that may always start."""
    return ()


def last(session: Session, kind: str, key: str) -> int:
    """The journal line number of the last entry of this kind and key; 0 when there is none."""
    for entry in reversed(session.journal.entries):
        if entry.kind == kind and entry.key == key:
            return entry.seq
    return 0
