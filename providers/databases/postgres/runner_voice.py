"""How a target-side runner speaks: lines on standard output, its platform's log."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import Callable

from wizard.formats.runner_lines import lines_of
from wizard.model.database import MoveResult, Verdict
from wizard.model.runner import RunnerFailure, RunnerMessage, RunnerState
from wizard.safety.redact import REDACTOR

_EVERY, _EVERY_WAITING = 2.0, 5.0
_FIRST_REPEAT, _LONGEST_REPEAT = 2.0, 30.0


class Voice:
    """Writes messages to standard output. `told` are those that are said again and again.

    `age` is the open snapshot's: it grows in a pause too, when nothing else happens.
    """

    def __init__(self, job: str) -> None:
        self._job = job
        self._boot = secrets.token_hex(6)
        self._number = 0
        self._news = asyncio.Event()
        self.told: list[MoveResult | Verdict | RunnerFailure] = []
        self.state = RunnerState(phase="starting")
        self.age: Callable[[], float] | None = None

    def say(self, body: RunnerState | MoveResult | Verdict | RunnerFailure) -> None:
        """One message now."""
        self._number += 1
        message = RunnerMessage(job=self._job, boot=self._boot, body=body)
        for line in lines_of(message, self._number):
            sys.stdout.write(REDACTOR.redact(line) + "\n")
        sys.stdout.flush()

    def keep(self, body: MoveResult | Verdict | RunnerFailure) -> None:
        """Say it now, and from now on again."""
        self.told.append(body)
        self.say(body)

    def forget(self) -> None:
        """What was kept is no longer so: the work begins again, as if by a new process."""
        self._boot = secrets.token_hex(6)
        self.told.clear()

    def show(self, state: RunnerState) -> None:
        """Where it stands now: another phase, a pause, or an answer is said at once."""
        before, self.state = self.state, state
        if _news(before) != _news(state):
            self._news.set()

    def _now(self) -> RunnerState:
        if self.age is None:
            return self.state
        return self.state.model_copy(update={"snapshot_age": round(self.age(), 3)})

    async def go_on(self) -> None:
        """The state every other second (less often while it waits); what is kept in growing
        pauses."""
        pause, left = _FIRST_REPEAT, _FIRST_REPEAT
        known = 0
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            self.say(self._now())
            since = loop.time()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    self._news.wait(), _EVERY_WAITING if self.state.phase == "waiting" else _EVERY
                )
            left -= loop.time() - since
            if len(self.told) != known:
                known, pause, left = len(self.told), _FIRST_REPEAT, _FIRST_REPEAT
            elif self.told and left <= 0:
                for body in self.told:
                    self.say(body)
                pause = left = min(2 * pause, _LONGEST_REPEAT)


def _news(state: RunnerState) -> tuple[object, ...]:
    paused = state.progress is not None and state.progress.paused
    return state.phase, paused, state.mark, state.measure
