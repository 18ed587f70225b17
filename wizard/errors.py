"""The errors moveday raises on purpose: what happened, why, what to do, and the exit code.

MovedayError
├── UsageError         2  wrong words, wrong configuration, no terminal, platform
├── OutsideError       3  network, sign-in, a service: trouble that may pass
│   ├── OperationFailedError 3  a change that was begun over there ended badly; has its log's end
│   └── UnknownOutcome 3  a write was sent and its answer never came: look before repeating
├── BlockedError       4  an open question, a gate, a person's task
│   ├── RefusedForNow  4  an outside system refuses until something else has changed
│   ├── NotConfirmed   4  a person said no before anything was begun
│   └── ConsentMissing 4  a write without the consent it needs
├── CheckFailedError   5  data differ, budget exceeded
└── MachineError       6  disk full, tool missing
"""

from wizard.acts import in_commands
from wizard.exits import Exit


class MovedayError(Exception):
    """An error for people: `title` says what happened, `detail` why, `hint` what to do.

    None of the three may hold a secret; front ends still pass them through the redactor. `remedy`
    is the hint with acts of moveday's own in it (wizard.acts), for front ends that word them
    otherwise; `hint` has them as commands.
    """

    exit_code: Exit = Exit.BUG

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.remedy = hint
        self.nothing_made = False
        """Set by a provider whose making of a thing was answered with no: nothing is left of it."""

    @property
    def hint(self) -> str:
        """The remedy for the command line."""
        return in_commands(self.remedy)

    @hint.setter
    def hint(self, remedy: str) -> None:
        self.remedy = remedy

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.detail, self.hint) if part)


class UsageError(MovedayError):
    """The command line or a file of the user's is wrong."""

    exit_code = Exit.USAGE


class OutsideError(MovedayError):
    """An outside system failed or refused; it may work later."""

    exit_code = Exit.OUTSIDE


class OperationFailedError(OutsideError):
    """An operation on the other side ended badly. `log` is its log's end, cleaned and redacted;
    "" when it could not be read. `detail` shows the last lines of it."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, log: str = "") -> None:
        super().__init__(title, detail, hint)
        self.log = log


class UnknownOutcome(OutsideError):
    """A write was sent but no answer came: the effect must be looked up, never just repeated."""


class BlockedError(MovedayError):
    """Something a person has to answer, do or allow first."""

    exit_code = Exit.BLOCKED


class RefusedForNow(BlockedError):
    """An outside system refuses a change until something else is as it wants it (a name in DNS):
    whoever waits for that may ask again."""


class NotConfirmed(BlockedError):
    """A person said no, or closed the question, before anything was begun: no trouble."""


class ConsentMissing(BlockedError):
    """A write was attempted without a consent of the level it needs."""


class CheckFailedError(MovedayError):
    """A check ran and its answer is no."""

    exit_code = Exit.CHECK_FAILED


class MachineError(MovedayError):
    """This machine cannot go on: disk full, a tool is missing."""

    exit_code = Exit.MACHINE
