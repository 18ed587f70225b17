"""Listens to a target-side runner: follows its log, keeps what it said, notices its silence."""

import asyncio
import contextlib
from collections.abc import Callable
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
SILENT_FOR = 300.0
"""Seconds without a word, while its log is followed, after which it is given up."""
_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
_KINDS: dict[str, type[MovedayError]] = {
    kind.__name__: kind for kind in (UsageError, BlockedError, CheckFailedError, MachineError)
}


class RunnerLine:
    """One runner's words, from `open` to `close`. A log that cannot be followed is tried again."""

    def __init__(
        self, target: Target, app: TargetApp, move_id: str, say: Callable[[str, str], None]
    ) -> None:
        self.app = app
        self._target, self._say = target, say
        self._reader = LineReader(move_id)
        self._changed = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._boot = ""
        self._heard = 0.0
        self._trouble: MovedayError | None = None
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
            self._refuse_silence()

    def _why_deaf(self) -> BaseException:
        error = None if self._listening is None else self._listening.exception()
        return error or RuntimeError("a runner is listened to only between open and close")

    def _refuse_silence(self) -> None:
        # A clock that stands still while this machine sleeps: its sleep is no silence.
        silent = asyncio.get_running_loop().time() - self._heard
        if silent > SILENT_FOR:
            raise OutsideError(
                f"the runner {self.app.handle} has said nothing for {silent:.0f} s",
                "it may still be at work: nothing was stopped",
                f"look at its log (`aptible logs --app {self.app.handle}`), then {do('again')}",
            )

    async def _listen(self) -> None:
        pause = _PAUSE
        told = False
        while True:
            begun = self._heard
            try:
                await self._target.follow(self.app, self._hear)
            except OutsideError as error:
                if not told:
                    self._say(f"{error.title}: {error.detail}; trying again", "warn")
                    told = True
            except MovedayError as error:
                self._trouble = error
                self._changed.set()
            pause = _PAUSE if self._heard > begun else min(2 * pause, _LONGEST_PAUSE)
            told = told and self._heard == begun
            await asyncio.sleep(pause)

    def _hear(self, raw: str) -> None:
        try:
            message = self._reader.read(raw)
        except CheckFailedError as error:
            self._trouble, message = error, None
            self._changed.set()
        if message is None:
            return
        self._heard = asyncio.get_running_loop().time()
        if message.boot != self._boot:
            if self._boot:
                self._say(f"the runner {self.app.handle} was started anew over there", "warn")
            # What the process before it said is no longer what stands.
            self._boot, self.moved, self.verdict, self.failure = message.boot, None, None, None
        body = message.body
        if isinstance(body, RunnerState):
            self.state = body
        elif isinstance(body, MoveResult):
            self.moved = body
        elif isinstance(body, Verdict):
            self.verdict = body
        else:
            self.failure = body
        self._changed.set()


def raised(failure: RunnerFailure) -> MovedayError:
    """A runner's failure as the error it was over there: its exit code is the same."""
    # Trouble at a server is outside trouble, and a bug over there has no words but these.
    shape = _KINDS.get(failure.kind, OutsideError)
    return shape(failure.title, failure.detail, failure.hint)
