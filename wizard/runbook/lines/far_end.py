"""One database's runner as seen from here: listened to by its log, told by orders in the target."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from wizard.acts import do
from wizard.errors import BlockedError, MovedayError, OutsideError
from wizard.model.database import Connection
from wizard.model.plan import DatabaseChoice
from wizard.model.routes import BY_RUNNER, RouteMeasure
from wizard.model.runner import RunnerOrder
from wizard.ports.database import Snapshot
from wizard.runbook.context import RunContext
from wizard.runbook.lines.move_names import move_id
from wizard.runbook.lines.runner_app import (
    find_runner,
    job_of,
    kit,
    line_key,
    runner_handle,
    scale,
    set_up,
)
from wizard.runbook.lines.target_line import open_target
from wizard.runbook.runner_line import RunnerLine
from wizard.runbook.watcher import note

T = TypeVar("T")
READY_WITHIN, TRIED_WITHIN, BEGUN_WITHIN = 600.0, 60.0, 120.0
"""Seconds until it must be heard waiting after its start, with its way tried (beside the trying
itself), and at work after its go."""
_NO_WAY_IN = (
    "a database that takes no connection from the target's network: route: laptop for it in"
    " moveday.yaml"
)
_LOOK = 0.5
_LIFT_WITHIN = 10.0


class FarSnapshot:
    """The runner's own snapshot, as far as its lines tell of it; nobody looks through it here."""

    id = ""

    def __init__(self, line: RunnerLine) -> None:
        self._line = line

    def age_seconds(self) -> float:
        """As of the runner's last word."""
        return self._line.state.snapshot_age if self._line.state else 0.0


class FarEnd:
    """One database's runner: found by its handle, listened to once per run."""

    def __init__(self, context: RunContext, choice: DatabaseChoice) -> None:
        self._context, self._choice = context, choice
        self._held = False

    async def line(self) -> RunnerLine:
        """The open ear. BlockedError when there is no such app."""
        key = line_key(self._choice)
        if key not in self._context.opened:
            app = await find_runner(self._context, self._choice)
            if app is None:
                raise BlockedError(
                    f"the runner {self._name} is not there",
                    "somebody has removed it",
                    f"{do('roll-back')}, and begin again",
                )
            job = job_of(self._context, self._choice)
            opened = RunnerLine(
                self._context.session.outside.target,
                app,
                job.name,
                self._context.say,
                lambda: find_runner(self._context, self._choice),
            )
            opened.open()
            self._context.resources.push_async_callback(opened.close)
            self._context.opened[key] = opened
        found = self._context.opened[key]
        assert isinstance(found, RunnerLine)
        return found

    async def wait_at_the_start(self) -> None:
        """Let it come up and look that it reaches both databases; it waits for its go then.

        Raises its own failure, after which it is at zero again.
        """
        line = await self.line()
        await scale(self._context, line.app, 1)
        try:
            async with asyncio.timeout(READY_WITHIN):
                await self._heard(line, lambda: self._waits(line) or None)
        except TimeoutError:
            raise self._does_not("get ready", READY_WITHIN) from None

    async def try_its_way(self, seconds: float) -> RouteMeasure:
        """Rows of so many seconds, brought over by the waiting runner and thrown away."""
        line = await self.line()

        def measured() -> RouteMeasure | None:
            return line.state.measure if line.state is not None and self._waits(line) else None

        await self._tell_to_wait(seconds)
        try:
            async with asyncio.timeout(TRIED_WITHIN + seconds):
                found = await self._heard(line, measured)
        except TimeoutError:
            found = RouteMeasure(route=BY_RUNNER, trouble="it did not say how fast it was")
        # That order must not stand: one that is started anew would try once more.
        await self._tell_to_wait()
        return found

    async def _heard(self, line: RunnerLine, found: Callable[[], T | None]) -> T:
        """What it says while it waits. Its own failure is raised once it is at zero again."""
        try:
            return await line.wait_for(found, "waiting")
        except MovedayError as error:
            if line.failure is not None:
                await self.stop()
                error.title = f"{self._name}: {error.title}"
                error.remedy = f"{error.remedy}\n{_NO_WAY_IN}".lstrip()
            raise

    async def start(self, hold: bool) -> None:
        """Give it the go. One that works already, since an earlier start, goes on.

        Where it was heard waiting, the go comes first: the rest is a look for what has changed.
        """
        line = await self.line()
        waits = self._waits(line)
        if waits:
            # What befell it before it had anything to do spoils no time.
            line.began_again = False
            await self._go(hold)
        await set_up(self._context, self._choice, line.app)
        await scale(self._context, line.app, 1)
        if not waits:
            await self._go(hold)

    async def begun(self) -> None:
        """Return once it was heard at work. OutsideError when it is heard waiting all the same."""
        line = await self.line()
        time, until = asyncio.get_running_loop().time, 0.0

        def at_work() -> bool | None:
            nonlocal until
            if line.in_phase("waiting"):
                until = until or time() + BEGUN_WITHIN
                if time() > until:
                    raise self._does_not("begin, though it was told to,", BEGUN_WITHIN)
            return line.in_phase("starting", "copying", "comparing", "done")

        await line.wait_for(at_work, "copying")

    async def stop(self) -> None:
        """So that the next try finds it at zero, and starts it anew."""
        line = await self.line()
        await scale(self._context, line.app, 0)

    @asynccontextmanager
    async def held_when_asked(self, asked: Callable[[], bool] | None) -> AsyncIterator[None]:
        """As long as the block runs, it is told when a pause begins and ends; a pause that stands
        at the block's end is lifted: nobody is left who could."""
        if asked is None:
            yield
            return
        watch = asyncio.create_task(self._watch(asked))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if self._held:
                with contextlib.suppress(MovedayError, TimeoutError):
                    async with asyncio.timeout(_LIFT_WITHIN):
                        await self._hold(False)

    def void(self, reason: str) -> None:
        """Keep this run's times out of any forecast."""
        note(self._context, reason)

    @asynccontextmanager
    async def snapshot(self, source: Connection) -> AsyncIterator[Snapshot]:
        """What the runner holds; `source` is opened over there."""
        yield FarSnapshot(await self.line())

    @property
    def _name(self) -> str:
        return runner_handle(self._context, self._choice)

    async def _watch(self, asked: Callable[[], bool]) -> None:
        told = False
        while True:
            wished = asked()
            if wished != self._held:
                try:
                    await self._hold(wished)
                    told = False
                except MovedayError as error:
                    if not told:
                        what = "of the pause" if wished else "that the pause is over"
                        self._context.say(
                            f"the runner {self._name} could not be told {what}: {error.title};"
                            " trying again",
                            "warn",
                        )
                    told = True
            await asyncio.sleep(_LOOK)

    async def _go(self, hold: bool) -> None:
        await self._order("go", RunnerOrder(go=True, hold=hold))

    async def _hold(self, on: bool) -> None:
        await self._order("hold" if on else "let-go", RunnerOrder(go=True, hold=on))

    async def _order(self, what: str, order: RunnerOrder) -> None:
        """Not looked up before: written twice is written once, and a look would cost time."""
        key = f"{self._context.label}/{what}/{self._name}"
        self._context.session.journal.append("intent", key=key)
        await self._write(order)
        self._context.session.journal.append("effect", key=key)
        self._held = order.hold

    async def forbid(self) -> None:
        """Before it is there: whatever stands from before, it may not begin."""
        await self._tell_to_wait()

    async def _tell_to_wait(self, seconds: float = 0.0) -> None:
        order = RunnerOrder(mark=secrets.token_hex(6), seconds=seconds)
        await self._write(order)
        self._context.opened[self._mark_key] = order.mark

    def _waits(self, line: RunnerLine) -> bool:
        """Whether it waits, and said so since it was told to: a log may begin with old lines."""
        state, mark = line.state, self._context.opened.get(self._mark_key)
        return state is not None and state.phase == "waiting" and state.mark == mark

    @property
    def _mark_key(self) -> str:
        return f"runner-mark/{self._choice.variable}"

    async def _write(self, order: RunnerOrder) -> None:
        await kit(self._context).orders.write(await self._target(), self._move_id, order)

    async def _target(self) -> Connection:
        return await open_target(self._context, self._context.stage.database_handle(self._choice))

    @property
    def _move_id(self) -> str:
        return move_id(self._context, self._choice)

    def _does_not(self, what: str, seconds: float) -> OutsideError:
        return OutsideError(
            f"the runner {self._name} did not {what} within {seconds:.0f} s",
            "it speaks, but does not come that far; nothing was stopped",
            f"look at its log (`aptible logs --app {self._name}`), then {do('again')}",
        )
