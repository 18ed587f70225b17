"""The shell: which step is shown, how questions and trouble reach the person, how we leave."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.signal import Signal
from textual.widgets import Static

from screens.asides import Asides
from screens.driver import lasting_driver
from screens.leaving import on_signals, parting_words, until
from wizard.errors import MovedayError, NotConfirmed
from wizard.model.step_names import STEP_NAMES

if TYPE_CHECKING:
    # Loaded after the first picture is on the screen; see `_load`.
    from textual.command import Provider
    from textual.worker import Worker

    from screens.desk import Desk
    from screens.doors import Doors
    from screens.work import Job, Work
    from wizard.engine.events import Event

_FLUSH = 0.1


def _screen(step: str) -> Screen[None]:
    """The screen of a step, imported when it is first opened."""
    found = import_module(f"screens.steps.{step.replace('-', '_')}").SCREEN
    screen: Screen[None] = found()
    return screen


def _actions() -> type[Provider]:
    from screens.palette import Actions

    return Actions


class MovedayApp(Asides):
    """A switchboard: the move lies on the desk, what it looks like is the screens' own matter."""

    TITLE = "moveday"
    CSS_PATH = ["styles/base.tcss", "styles/steps.tcss", "styles/dialogs.tcss"]
    MODES = {step.id: partial(_screen, step.id) for step in STEP_NAMES}
    COMMANDS = {_actions}

    def __init__(self, doors: Doors) -> None:
        super().__init__(driver_class=lasting_driver())
        self.doors = doors
        self.loaded = False
        self.reports: Signal[tuple[Event, ...]] = Signal(self, "reports")
        self._work: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """What is seen until the engine is loaded."""
        yield Static(" moveday   opening …", id="header-line", markup=False)

    def on_mount(self) -> None:
        """Open the move once the first picture is there."""
        on_signals(self.close_all)
        self.call_after_refresh(self.hold_session)

    def _load(self) -> Desk:
        """The engine and the frame of the screens: half a second of imports, in a thread."""
        from screens.bridge import Bridge
        from screens.desk import Desk

        for name in ("base", "dialogs.question", "dialogs.trouble", "dialogs.words"):
            import_module(f"screens.{name}")
        return Desk(self.doors, Bridge(self.put, self.reports.publish, self.doors.clock))

    @work(group="session", description="the open move")
    async def hold_session(self) -> None:
        """Open the move, hold it, close it, in one task; ask for what is missing meanwhile."""
        from screens.attention import Attention
        from wizard.engine.events import Said

        desk = self.desk = await asyncio.to_thread(self._load)
        self.loaded = True
        self.set_interval(_FLUSH, desk.bridge.flush)
        self.attention = Attention(self)
        try:
            while not desk.closing.is_set():
                desk.again.clear()
                try:
                    before = desk.phase
                    async with desk.open():
                        if before != "open":
                            # A plan changed on an open move leaves the person where they are.
                            self.switch_mode(desk.where_left().id)
                        desk.bridge.hear(Said("the move is open"))
                        await desk.again.wait()
                        await desk.idle()
                except MovedayError as error:
                    if desk.phase not in ("plan", "sign-in"):
                        self.exit(return_code=int(error.exit_code), message=str(error))
                        return
                    self.switch_mode(desk.phase)
                    desk.bridge.hear(Said(error.title, "warn"))
                    await desk.again.wait()
        finally:
            desk.closed.set()

    def reopen(self) -> None:
        """Open the move anew: the plan changed, or somebody signed in."""
        self.desk.again.set()

    def start(self, step: str, name: str, what: Work, began: str = "") -> None:
        """Begin a piece of work; says so when another is still at work."""
        from screens.work import Job

        if self.desk.job is not None:
            words = f"{self.desk.job.name} is still at work"
            self.notify(words, severity="warning", markup=False)
        elif self.desk.session is not None:
            self._work = self._perform(Job(step, name, what, began))

    @work(group="work", exclusive=True, exit_on_error=True, description="a step's work")
    async def _perform(self, job: Job) -> None:
        from screens.dialogs.trouble import TroubleDialog
        from wizard.engine.events import Said

        # A yes holds for one piece of work and its retries, not for whatever is begun later.
        assert self.desk.session is not None
        self.desk.session.forget_consent()
        while True:
            ended = await self.desk.perform(job)
            how = "ended" if ended.error is None else f"not done: {ended.error.title}"
            self.desk.bridge.hear(Said(f"{job.name}: {how}"))
            self.desk.bridge.flush()
            if ended.error is None or isinstance(ended.error, NotConfirmed):
                return
            said = await self.push_screen_wait(TroubleDialog(ended.error, job.step, job.began))
            if said != "retry":
                await self._copy_if_any(said)
                return

    async def stop_work(self) -> None:
        """Stop what is at work in good order; returns when it has ended, or after ten seconds."""
        worker, self._work = self._work, None
        if worker is None or worker.is_finished:
            return
        worker.cancel()
        await until(lambda: worker.is_finished)

    def action_open(self, number: int) -> None:
        """Open step `number`, counted from 1."""
        self.switch_mode(STEP_NAMES[number - 1].id)

    def action_go(self, steps: int) -> None:
        """Open the step that is `steps` further on; the ends are ends."""
        here = [step.id for step in STEP_NAMES].index(self.current_mode)
        self.switch_mode(STEP_NAMES[min(max(here + steps, 0), len(STEP_NAMES) - 1)].id)

    @work(group="leave", exclusive=True, description="leaving")
    async def action_leave(self) -> None:
        """Leave; asks first when something is at work, or users are down."""
        from screens.dialogs.leave import LeaveDialog

        job = self.desk.job if self.loaded else None
        running, down = job.name if job else "", self.desk.users_down() if self.loaded else None
        if not (running or down) or await self.push_screen_wait(LeaveDialog(running, down)):
            self.close_all(0)

    action_quit = action_leave  # type: ignore[assignment]

    def close_all(self, code: int) -> None:
        """Stop the work, close the move, leave with `code`."""
        self.run_worker(self._close(code), group="close", description="closing")

    async def _close(self, code: int) -> None:
        await self.stop_work()
        down = self.desk.users_down() if self.loaded else None
        if self.loaded:
            self.attention.rest()
            self.desk.closing.set()
            self.desk.again.set()
            await until(self.desk.closed.is_set)
        told = self.desk.parting if self.loaded else ()
        self.exit(return_code=code, message=parting_words(told, down))

    def _fatal_error(self) -> None:
        # Textual's own report prints every local variable, secrets among them.
        from rich.text import Text

        from screens.crash import current_crash

        self.bell()
        words = current_crash(self._exception, self.doors.folder / ".moveday")
        self._exit_renderables.append(Text(words))
        self._close_messages_no_wait()
