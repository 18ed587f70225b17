"""What a person can do on the cutover board, and who looks at both sides meanwhile."""

import asyncio

from textual import on, work
from textual.widgets import Button
from textual.worker import Worker

from screens.actions import Action
from screens.dialogs.choose import ChooseDialog
from screens.dialogs.go import go_dialog, rollback_dialog
from screens.dialogs.question import QuestionDialog
from screens.reason import reason_words
from screens.steps.pausing import PausingScreen
from screens.widgets.probe_strip import ProbeStrip
from wizard.engine.answers import said_yes_to_new_side
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.forecast.ledger import runs_of
from wizard.model.question import Gate
from wizard.runbook.context import RunContext
from wizard.runbook.open_run import open_run
from wizard.runbook.probes import look
from wizard.runbook.stage import live_stage
from wizard.steps import CUTOVER
from wizard.steps.before_go import before_go
from wizard.steps.before_rollback import before_rollback
from wizard.steps.exceptions import Exceptional, sign, signable
from wizard.steps.rollback import roll_back

_LOOK_EVERY = 2.5
_BY = "person at the screen"


async def _cut_over(session: Session) -> object:
    """What the summary before it said and asked; the app's name is typed later, before users
    notice anything.
    """
    said_yes_to_new_side(session, "the summary before the cutover", _BY)
    return await CUTOVER.run(session)


class CutoverActs(PausingScreen):
    """Keys of the board that open a summary or a dialogue; none acts by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: tuple[Gate, ...] = ()
        self._watching: Worker[None] | None = None

    def run_number(self, session: Session) -> int | None:
        """The open cutover, else the last one."""
        found = open_run(session.journal)
        if found is not None and found.kind == "live":
            return found.number
        live = [run.number for run in runs_of(session.journal.entries) if run.mode == "live"]
        return live[-1] if live else None

    def over(self) -> bool:
        """Whether the cutover is done, so that there is nothing left to say go to."""
        return self.state().state == "done"

    def live(self, action: Action) -> bool:
        """Go only before the cutover is done; signing only before one is begun: no gate holds up
        one that is open."""
        if action.id == "sign" and self.open_number() is not None:
            return False
        return super().live(action) and not (action.id in ("go", "sign") and self.over())

    @on(Button.Pressed, "#go")
    @work(group="go", exclusive=True, description="go or no-go")
    async def action_go(self) -> None:
        """Show every gate, the times and what is for good; then the engine takes over."""
        session = self.session
        if session is None:
            return
        if self.move.desk.job is not None:
            self.say(f"{self.move.desk.job.name} is still at work")
            return
        if self.over():
            self.say("the cutover is done already: 9 has its report, R takes it back")
            return
        self.say("looking at every gate …")
        try:
            before = await before_go(session)
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id))
            return
        self.gates = before.gates
        if await self.move.push_screen_wait(go_dialog(before)):
            self.move.start("cutover", "Cutover", _cut_over, "go")

    @on(Button.Pressed, "#roll-back")
    @work(group="go", exclusive=True, description="way back")
    async def action_roll_back(self) -> None:
        """Show what would be taken back; the engine then asks for the app's name."""
        session, job = self.session, self.move.desk.job
        if session is None:
            return
        if job is not None:
            self.say(f"{job.name} is still at work: k holds it at the next safe place, then R")
            return
        try:
            before = before_rollback(session)
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id))
            return
        if await self.move.push_screen_wait(rollback_dialog(before)):
            self.move.start("cutover", "Way back", roll_back, "roll-back")

    def going_back(self) -> str:
        """What the way back undoes next, while it is at work; "" otherwise."""
        job, session = self.move.desk.job, self.session
        if job is None or job.work is not roll_back or session is None:
            return ""
        try:
            before = before_rollback(session)
        except MovedayError:
            return ""
        left = len(before.undone)
        following = before.undone[0] if before.undone else "closing the run"
        return f"{following}  ({left} left, the way back takes {before.takes})"

    @work(group="gates", exclusive=True, description="gates of the cutover")
    async def action_gates(self) -> None:
        """Look at every gate again; some look at the new side."""
        await self._look_at_gates()

    async def _look_at_gates(self) -> None:
        session = self.session
        if session is None:
            return
        try:
            self.gates = tuple(await CUTOVER.check(session))
        except MovedayError as error:
            self.say(f"the gates cannot be looked at: {error.title}")
        if self.session is session:
            self.draw()

    @work(group="sign", exclusive=True, description="signing an exception")
    async def action_sign(self) -> None:
        """Ask for a reason and journal the exception, as the command's flags do."""
        session = self.session
        if session is None:
            return
        await self._look_at_gates()
        chosen = await self._which(signable(self.gates))
        if chosen is None:
            return
        answer = await self.move.push_screen_wait(QuestionDialog(chosen.question))
        if answer is None or self.session is not session:
            return
        try:
            sign(session, chosen.key, answer.value, _BY)
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id))
            return
        await self._look_at_gates()
        self.say(f"signed: {chosen.title.lower()}; it stands in the report")

    async def _which(self, found: tuple[Exceptional, ...]) -> Exceptional | None:
        if not found:
            self.say("no gate is closed that a person can sign for")
            return None
        if len(found) == 1:
            return found[0]
        ways = {each.title: "\n  ".join(each.gates) for each in found}
        title = await self.move.push_screen_wait(ChooseDialog("Sign which exception?", ways))
        return next((each for each in found if each.title == title), None)

    def watch_sides(self, number: int | None) -> None:
        """Look at both sides as long as cutover `number` is open and the board is seen."""
        running = self._watching is not None and not self._watching.is_finished
        if number is not None and not running and self.open_number() == number:
            self._watching = self._watch(number)

    def open_number(self) -> int | None:
        """The cutover that is under way, or on its way back."""
        session, job = self.session, self.move.desk.job
        if session is None:
            return None
        found = open_run(session.journal)
        if found is not None:
            return found.number if found.kind == "live" else None
        return self.run_number(session) if job is not None and job.work is roll_back else None

    @work(group="probes", exclusive=True, description="looking at both sides")
    async def _watch(self, number: int) -> None:
        sides = None
        while self.open_number() == number and self.in_front():
            session = self.session
            assert session is not None
            stage = live_stage(session.outside, session.plan, number)
            try:
                seen = await look(RunContext(session, stage, f"run-{number}"), sides)
            except MovedayError as error:
                words = f"the two sides cannot be looked at: {error.title}"
            else:
                words, sides = "", seen.sides
            if not self.is_running:
                return  # the wizard was left while the two sides were asked
            if words:
                self.say(words)
            else:
                self.query_one(ProbeStrip).add(seen)
            await asyncio.sleep(_LOOK_EVERY)

    def on_screen_resume(self) -> None:
        """Gates are looked at whenever the board is opened."""
        self.action_gates()

    def on_screen_suspend(self) -> None:
        """Nobody looks when the board is left; a dialogue over it changes nothing."""
        if not self.in_front() and self._watching is not None:
            self._watching.cancel()
