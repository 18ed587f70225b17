"""Listens to a target-side runner: follows its log, keeps what it said, notices its silence."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from wizard.acts import do
from wizard.errors import (
    BlockedError,
    CheckFailedError,
    MachineError,
    MovedayError,
    OutsideError,
    UsageError,
)
from wizard.formats.runner_lines import LineReader
from wizard.model.database import MoveResult, Verdict
from wizard.model.runner import RunnerFailure, RunnerState
from wizard.model.target import TargetApp
from wizard.ports.database import OnProgress
from wizard.ports.target import Target

T = TypeVar("T")
SILENT_FOR, UNREACHED_FOR = 300.0, 1800.0
"""Seconds without a word after which it is given up: while its log is followed, and while the log
cannot be reached."""
_DEAF_AFTER = 30.0
"""It speaks every other second: after so many without a word, its log is opened anew."""
_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
_KINDS: dict[str, type[MovedayError]] = {
    kind.__name__: kind for kind in (UsageError, BlockedError, CheckFailedError, MachineError)
}


class RunnerLine:
    """One runner's words, from `open` to `close`. A log that cannot be followed is tried again.

    `find` looks whether the app is there. `began_again`: what was heard is of several tries.
    """

    def __init__(
        self,
        target: Target,
        app: TargetApp,
        job: str,
        say: Callable[[str, str], None],
        find: Callable[[], Awaitable[TargetApp | None]],
    ) -> None:
        self.app = app
        self._target, self._say, self._find = target, say, find
        self._reader = LineReader(job)
        self._changed = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._boot = ""
        self._heard = 0.0
        self._unreached = False
        self._limit: asyncio.Timeout | None = None
        self._trouble: MovedayError | None = None
        self.began_again = False
        self.state: RunnerState | None = None
        self.moved: MoveResult | None = None
        self.verdict: Verdict | None = None
        self.failure: RunnerFailure | None = None

    def open(self) -> None:
        """Begin to listen."""
        self._heard = asyncio.get_running_loop().time()
        self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Listen no more; the runner goes on."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def wait_for(
        self, found: Callable[[], T | None], phase: str, on_progress: OnProgress | None = None
    ) -> T:
        """What `found` finds, once it was said; progress of `phase` meanwhile.

        Raises the runner's own failure, as what it was; OutsideError when it is silent for long.
        """
        since = asyncio.get_running_loop().time()
        while True:
            self._changed.clear()
            if (value := found()) is not None:
                return value
            if self.failure is not None:
                raise raised(self.failure)
            if self._trouble is not None:
                raise self._trouble
            state = self.state
            if on_progress is not None and state and state.phase == phase and state.progress:
                # It counts the processors over there.
                theirs = f"the runner: {state.progress.choice}" if state.progress.choice else ""
                on_progress(state.progress.model_copy(update={"choice": theirs}))
            if self._listening is None or self._listening.done():
                raise self._why_deaf()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _LONGEST_PAUSE)
            self._refuse_silence(since)

    def in_phase(self, *phases: str) -> bool | None:
        """Whether it was heard last in one of these: True or None, for `wait_for`."""
        return (self.state is not None and self.state.phase in phases) or None

    def _why_deaf(self) -> BaseException:
        error = None if self._listening is None else self._listening.exception()
        return error or RuntimeError("a runner is listened to only between open and close")

    def _refuse_silence(self, since: float) -> None:
        # A clock that stands still while this machine sleeps: its sleep is no silence.
        silent = asyncio.get_running_loop().time() - max(self._heard, since)
        if silent > (UNREACHED_FOR if self._unreached else SILENT_FOR):
            why = "its log cannot be reached from here" if self._unreached else "its log is silent"
            raise OutsideError(
                f"nothing was heard of the runner {self.app.handle} for {silent:.0f} s",
                f"{why}; it may still be at work: nothing was stopped",
                f"look at its log (`aptible logs --app {self.app.handle}`), then {do('again')}",
            )

    async def _listen(self) -> None:
        pause = _PAUSE
        told = False
        while True:
            before = self._heard
            try:
                # A line that fell asleep with this machine stays open and never says anything.
                async with asyncio.timeout(_DEAF_AFTER) as self._limit:
                    await self._target.follow(self.app, self._hear)
                self._unreached = False
            except TimeoutError:
                self._unreached = False
            except OutsideError as error:
                self._unreached = True
                if not told:
                    self._say(f"{error.title}: {error.detail}; trying again", "warn")
                    told = True
            except MovedayError as error:
                self._give_up(error)
            if self._heard == before and await self._is_gone():
                self._give_up(_gone(self.app))
            pause = _PAUSE if self._heard > before else min(2 * pause, _LONGEST_PAUSE)
            told = told and self._heard == before
            await asyncio.sleep(pause)

    async def _is_gone(self) -> bool:
        try:
            return await self._find() is None
        except MovedayError:
            return False  # a look that fails tells nothing

    def _give_up(self, error: MovedayError) -> None:
        self._trouble = error
        self._changed.set()

    def _hear(self, raw: str) -> None:
        try:
            message = self._reader.read(raw)
        except CheckFailedError as error:
            self._give_up(error)
            return
        if message is None:
            return
        self._heard = asyncio.get_running_loop().time()
        self._unreached = False
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(self._heard + _DEAF_AFTER)
        body = message.body
        if message.boot != self._boot:
            # What it said before that is no longer what stands.
            self.began_again = self.began_again or bool(self._boot)
            self._say_begun(body.trouble if isinstance(body, RunnerState) else "")
            self._boot, self.moved, self.verdict, self.failure = message.boot, None, None, None
        if isinstance(body, RunnerState):
            self.state = body
        elif isinstance(body, MoveResult):
            self.moved = body
        elif isinstance(body, Verdict):
            self.verdict = body
        else:
            self.failure = body
        self._changed.set()

    def _say_begun(self, trouble: str) -> None:
        if trouble:
            self._say(f"the runner {self.app.handle} had to begin again: {trouble}", "warn")
        elif self._boot:
            self._say(f"the runner {self.app.handle} was started anew over there", "warn")


def _gone(app: TargetApp) -> BlockedError:
    return BlockedError(
        f"the runner {app.handle} is not there any more",
        "somebody has removed it",
        f"{do('roll-back')}, and begin again",
    )


def raised(failure: RunnerFailure) -> MovedayError:
    """A runner's failure as the error it was over there: its exit code is the same."""
    # Trouble at a server is outside trouble, and a bug over there has no words but these.
    shape = _KINDS.get(failure.kind, OutsideError)
    return shape(failure.title, failure.detail, failure.hint)
