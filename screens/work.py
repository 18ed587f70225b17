"""What does the engine do for us right now, and how did it end?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from wizard.engine.session import Session
from wizard.errors import MovedayError

Work = Callable[[Session], Awaitable[object]]


@dataclass(frozen=True)
class Job:
    """One piece of work: the step it belongs to, its name for people, and what to call.

    `began` is the id of the action that began it, where it is not the step's first one.
    """

    step: str
    name: str
    work: Work
    began: str = ""


@dataclass(frozen=True)
class Ended:
    """How the last work of a step ended: `result` or `error`; neither when it was stopped."""

    job: Job
    result: object = None
    error: MovedayError | None = None

    @property
    def stopped(self) -> bool:
        """A person stopped it."""
        return self.result is None and self.error is None
