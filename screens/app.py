"""The shell: which step is shown, how questions and trouble reach the person, how we leave."""

from functools import partial
from importlib import import_module

from rich.text import Text
from textual import work
from textual.app import App
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import Worker

from screens.bridge import Bridge
from screens.by_hand import by_hand
from screens.clipboard import copy_out
from screens.crash import current_crash
from screens.desk import Desk
from screens.dialogs.full_log import FullLog
from screens.dialogs.leave import LeaveDialog
from screens.dialogs.question import QuestionDialog
from screens.dialogs.trouble import TroubleDialog
from screens.dialogs.words import WordsDialog
from screens.doors import Doors
from screens.leaving import on_signals, until
from screens.palette import Actions
from screens.work import Job, Work
from wizard.engine.events import Event, Said
from wizard.errors import MovedayError
from wizard.model.question import Answer, Question
from wizard.runbook.board import Row
from wizard.steps import STEPS

_FLUSH = 0.1


def _screen(step: str) -> Screen[None]:
    """The screen of a step, imported when it is first opened."""
    found = import_module(f"screens.steps.{step.replace('-', '_')}").SCREEN
    screen: Screen[None] = found()
    return screen


class MovedayApp(App[None]):
    """A switchboard: the move lies on the desk, what it looks like is the screens' own matter."""

    TITLE = "moveday"
    CSS_PATH = ["styles/base.tcss", "styles/steps.tcss", "styles/dialogs.tcss"]
    MODES = {step.id: partial(_screen, step.id) for step in STEPS}
    DEFAULT_MODE = STEPS[0].id
    COMMANDS = {Actions}

    def __init__(self, doors: Doors) -> None:
        super().__init__()
        self.reports: Signal[tuple[Event, ...]] = Signal(self, "reports")
        self.desk = Desk(doors, Bridge(self._ask, self.reports.publish))
        self._work: Worker[None] | None = None

    def on_mount(self) -> None:
        """Open the move, and begin to listen."""
        self.set_interval(_FLUSH, self.desk.bridge.flush)
        self.hold_session()
        on_signals(self.close_all)

    @work(group="session", description="the open move")
    async def hold_session(self) -> None:
        """Open the move, hold it, close it, in one task; ask for what is missing meanwhile."""
        desk = self.desk
        try:
            while not desk.closing.is_set():
                desk.again.clear()
                try:
                    async with desk.open():
                        self.switch_mode(desk.where_left().id)
                        desk.bridge.hear(Said("the move is open"))
                        await desk.again.wait()
                    await self.stop_work()
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

    def start(self, step: str, name: str, what: Work) -> None:
        """Begin a piece of work; says so when another is still at work."""
        if self.desk.job is not None:
            words = f"{self.desk.job.name} is still at work"
            self.notify(words, severity="warning", markup=False)
        elif self.desk.session is not None:
            self._work = self._perform(Job(step, name, what))

    @work(group="work", exclusive=True, exit_on_error=True, description="a step's work")
    async def _perform(self, job: Job) -> None:
        while True:
            ended = await self.desk.perform(job)
            how = "ended" if ended.error is None else f"not done: {ended.error.title}"
            self.desk.bridge.hear(Said(f"{job.name}: {how}"))
            self.desk.bridge.flush()
            if ended.error is None:
                return
            said = await self.push_screen_wait(TroubleDialog(ended.error))
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

    async def _ask(self, question: Question) -> Answer | None:
        return await self.push_screen_wait(QuestionDialog(question))

    def action_open(self, number: int) -> None:
        """Open step `number`, counted from 1."""
        self.switch_mode(STEPS[number - 1].id)

    def action_go(self, steps: int) -> None:
        """Open the step that is `steps` further on; the ends are ends."""
        here = [step.id for step in STEPS].index(self.current_mode)
        self.switch_mode(STEPS[min(max(here + steps, 0), len(STEPS) - 1)].id)

    def action_full_log(self) -> None:
        """Everything that was said."""
        log = FullLog(tuple(self.desk.bridge.heard), f"{self.desk.folder}/journal.jsonl")
        self.push_screen(log, self._copy_if_any)

    def show_by_hand(self, row: Row | None, run: int | None, *, live: bool) -> None:
        """The official command for a task of the board."""
        if row is not None and self.desk.session is not None:
            self.show_words(row.title, by_hand(self.desk.session, row.task, run or 0, live=live))

    @work(group="person", exclusive=True, exit_on_error=False, description="practice person")
    async def action_play_person(self) -> None:
        """Practice only: do outside what a person is asked to do."""
        wanted, play = self.desk.bridge.waiting_for, self.desk.doors.play_person
        if wanted is None or play is None:
            self.notify("nobody is waited for just now", markup=False)
            return
        try:
            await play(wanted)
        except MovedayError as error:
            self.push_screen(TroubleDialog(error))

    def show_words(self, title: str, text: str) -> None:
        """A text to read, and to copy with `c`."""
        self.push_screen(WordsDialog(title, text), self._copy_if_any)

    async def _copy_if_any(self, text: str | None) -> None:
        if text:
            await self.copy_text(text)

    async def copy_text(self, text: str) -> None:
        """Hand `text` to the clipboard, and to a file."""
        self.copy_to_clipboard(text)
        self.notify(await copy_out(text, self.desk.doors.folder / ".moveday"), markup=False)

    @work(group="leave", exclusive=True, description="leaving")
    async def action_leave(self) -> None:
        """Leave; asks first when something is at work."""
        job = self.desk.job
        if job is None or await self.push_screen_wait(LeaveDialog(job.name)):
            self.close_all(0)

    action_quit = action_leave  # type: ignore[assignment]

    def close_all(self, code: int) -> None:
        """Stop the work, close the move, leave with `code`."""
        self.run_worker(self._close(code), group="close", description="closing")

    async def _close(self, code: int) -> None:
        await self.stop_work()
        self.desk.closing.set()
        self.desk.again.set()
        await until(self.desk.closed.is_set)
        self.exit(return_code=code, message="Everything is kept. Go on with: moveday")

    def _fatal_error(self) -> None:
        # Textual's own report prints every local variable, secrets among them.
        self.bell()
        words = current_crash(self._exception, self.desk.doors.folder / ".moveday")
        self._exit_renderables.append(Text(words))
        self._close_messages_no_wait()
