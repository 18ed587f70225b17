"""A step whose work can be held: stopped at the next safe place, or paused between two tasks."""

from collections.abc import Callable

from textual import on, work
from textual.widgets import Button

from screens.actions import Action
from screens.base import StepScreen
from screens.dialogs.question import QuestionDialog
from wizard.model.question import Question

_IN_OUTAGE = Question(
    id="pause-in-outage",
    text="Users are down. Pause all the same?",
    why="a copy waits, what else runs ends, and nothing begins until you go on: every second of "
    "the pause prolongs the outage, and eats up the time for a way back",
    kind="confirm",
)


class _PauseDialog(QuestionDialog):
    """Asks for a pause as long as there is something to pause."""

    def __init__(self, at_work: Callable[[], bool]) -> None:
        super().__init__(_IN_OUTAGE)
        self._at_work = at_work

    def on_mount(self) -> None:
        """What ends by itself takes its question along."""
        self.set_interval(0.5, self._close_when_over)

    def _close_when_over(self) -> None:
        if self.is_current and not self._at_work():
            self.dismiss(None)


class PausingScreen(StepScreen):
    """Base of deploy, rehearsal and cutover; the buttons are called pause and halt.

    `BEGIN` are the ids of actions that begin something.
    """

    BEGIN: frozenset[str] = frozenset()

    def at_work(self) -> bool:
        """Whether the engine works on this step now."""
        job = self.move.desk.job
        return job is not None and job.step == self.step.id

    def in_front(self) -> bool:
        """Whether this screen is seen, also under a dialogue."""
        return self in self.app.screen_stack

    def live(self, action: Action) -> bool:
        """Holding and pausing while something runs; beginning something only when nothing does."""
        if action.id in ("pause", "stop"):
            return self.at_work()
        if action.id == "play":
            return self.move.desk.bridge.waiting_for is not None
        return action.id not in self.BEGIN or not self.at_work()

    @on(Button.Pressed, "#halt")
    def action_halt(self) -> None:
        """Stop at the next safe place."""
        if self.session is not None and self.at_work():
            self.session.stop.set()
            self.say("holding at the next safe place …")

    @on(Button.Pressed, "#pause")
    @work(group="pause", exclusive=True, description="pausing")
    async def action_pause(self) -> None:
        """Start nothing new, or go on; asks first when users are down."""
        session = self.session
        if session is None or not self.at_work():
            self.say("nothing runs that could be paused")
            return
        if session.pause.asked:
            session.pause.go_on()
            self.say("going on")
            self.draw()
            return
        if self.move.desk.users_down() is not None:
            answer = await self.move.push_screen_wait(_PauseDialog(self.at_work))
            if answer is None or answer.value != "yes":
                return
        if self.session is session and self.at_work():
            session.pause.ask()
            self.say("pausing: a copy waits, what else runs comes to its end; p goes on")
            self.draw()
