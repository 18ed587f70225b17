"""Screen 6: the new side, thing by thing, with the log of what is being built."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Log

from screens.actions import Action
from screens.dialogs.summary import SummaryDialog
from screens.dialogs.trouble import trouble_words
from screens.reason import reason_words
from screens.spoken import spoken
from screens.steps.deploy_words import (
    drift_words,
    failure_words,
    head_words,
    last_drift,
    parity_words,
    undo_words,
)
from screens.steps.pausing import PausingScreen
from screens.widgets.row_words import row_words
from screens.widgets.task_board import TaskBoard
from screens.widgets.words import Words
from wizard.engine.answers import ask_for_new_side
from wizard.engine.events import Event, LogLine
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.runbook.board import board
from wizard.runbook.lines.deploy import deploy_lines
from wizard.steps import DEPLOY
from wizard.steps.base import last
from wizard.steps.deploy import Deployed, show_plan
from wizard.steps.standing import UNDONE
from wizard.steps.undo import Undo, plan_undo
from wizard.steps.undo_asked import undo_confirmed

_LOG_LINES = 2_000


async def _deploy(session: Session) -> Deployed:
    """Ask once whether the new side may be changed, then build it."""
    app, place = session.plan.target.app, session.plan.target.environment
    await ask_for_new_side(session, f"Make {app} in environment {place} on Aptible", "--yes")
    result = await DEPLOY.run(session)
    assert isinstance(result, Deployed)
    return result


class DeployScreen(PausingScreen):
    """Every operation as a row; what is there already is taken over, never made twice."""

    step = DEPLOY
    purpose = "Deploy: a new side with a throw-away database; users notice nothing"
    BEGIN = frozenset({"look", "deploy", "undo"})
    ACTIONS = (
        Action("look", "r", "look", "Show plan", "show every operation; changes nothing"),
        Action("deploy", "d", "deploy", "Deploy", "build the new side, or go on where it broke"),
        Action("pause", "p", "pause", "Pause", "start nothing new, or go on after a pause"),
        Action("stop", "k", "halt", "Stop", "stop at the next safe place; what is made is kept"),
        Action("parity", "v", "parity", "Variables", "compare the variables of both sides"),
        Action("undo", "u", "undo", "Undo", "list what moveday made, then remove it"),
        Action("error", "e", "error", "Error", "show the whole of what failed", False),
    )

    def compose_body(self) -> ComposeResult:
        """Words, trouble in place, operations, the log of the newest one."""
        yield Words("", id="planned", markup=False)
        yield Words("", id="deploy-trouble", markup=False)
        yield TaskBoard()
        yield Words("", id="row-words", markup=False)
        yield Log(max_lines=_LOG_LINES, id="log-tail")
        with Horizontal(classes="buttons"):
            yield Button("Show plan", id="look")
            yield Button("Deploy", id="deploy", variant="primary")
            yield Button("Pause", id="pause")
            yield Button("Stop", id="halt")
            yield Button("Undo", id="undo", variant="warning")

    def on_mount(self) -> None:
        """The clock of what runs goes on between events."""
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.session is not None and self.at_work() and self.in_front():
            self.draw()

    def hear_all(self, events: tuple[Event, ...]) -> None:
        """An operation's log goes into the tail, a batch at once: each write starts a thread."""
        lines = [spoken(event) for event in events if isinstance(event, LogLine)]
        if lines:
            self.query_one(Log).write_lines(lines)

    def draw(self) -> None:
        """The deploy that was begun last."""
        session = self.session
        assert session is not None
        entries, at_work = session.journal.entries, self.at_work()
        number = sum(e.kind == "decided" and e.key == "deploy" for e in entries)
        # What was taken back is no part of the deploy that comes next.
        undone = last(session, "undone", UNDONE)
        label = f"deploy-{number}" if last(session, "decided", "deploy") > undone else ""
        rows = board(deploy_lines(session.plan), entries, label, at_work=session.at_work)
        self.query_one(TaskBoard).tell(rows, session.clock.now())
        ended = self.move.desk.ended.get(self.step.id)
        result = ended.result if ended is not None else None
        error = ended.error if ended is not None and not at_work else None
        reason = "" if error or at_work else self.state().reason
        reason = "Paused: p goes on." if session.pause.asked else reason
        self.query_one("#planned", Words).update(
            head_words(session, entries[undone:], rows, result, reason)
        )
        trouble = failure_words(error) if error else drift_words(last_drift(entries[undone:]))
        words = self.query_one("#deploy-trouble", Words)
        words.display = bool(trouble)
        words.set_class(error is not None, "-failed")
        words.update(trouble)
        self._buttons(at_work, session.pause.asked, failed=error is not None)
        self._row_words()

    def _buttons(self, at_work: bool, paused: bool, *, failed: bool) -> None:
        deploy, pause = self.query_one("#deploy", Button), self.query_one("#pause", Button)
        deploy.disabled, deploy.label = at_work, "Retry" if failed else "Deploy"
        pause.disabled, pause.label = not at_work, "Go on" if paused else "Pause"
        self.query_one("#look", Button).disabled = at_work
        self.query_one("#undo", Button).disabled = at_work
        self.query_one("#halt", Button).disabled = not at_work

    @on(TaskBoard.RowHighlighted)
    def _row_words(self) -> None:
        row = self.query_one(TaskBoard).under_cursor
        self.query_one("#row-words", Words).update(row_words(row))

    @on(Button.Pressed, "#look")
    def action_look(self) -> None:
        """What a deploy would do now, and whether the new side is still as it was left."""
        self.move.start("deploy", "Looking at both sides", show_plan, "look")

    @on(Button.Pressed, "#deploy")
    def action_deploy(self) -> None:
        """Build the new side; the engine asks first."""
        self.move.start("deploy", "Deploy", _deploy)

    def action_parity(self) -> None:
        """Names and verdicts of the variables on both sides; never a value."""
        assert self.session is not None
        words = parity_words(self.session.journal.entries)
        self.move.show_words("Variables: same, different, missing (names only)", words)

    def action_error(self) -> None:
        """The whole of what failed, with the log's end, to read and to copy."""
        ended = self.move.desk.ended.get(self.step.id)
        if ended is None or ended.error is None:
            self.say("nothing failed since this window was opened")
            return
        self.move.show_words(
            ended.error.title, trouble_words(ended.error, self.step.id, ended.job.began)
        )

    @on(Button.Pressed, "#undo")
    @work(group="undo", exclusive=True, description="undo of the new side")
    async def action_undo(self) -> None:
        """List what moveday made; removed only after the list, a yes, and the app's name."""
        session = self.session
        if session is None or self.move.desk.job is not None:
            return
        self.say("looking at what moveday made …")
        try:
            listed = await plan_undo(session)
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id, "undo"))
            return
        held = "" if listed.to_remove else "nothing to remove"
        title = f"Remove {listed.to_remove} things from the new side, in this order?"
        dialog = SummaryDialog(title, undo_words(listed), no="Keep all", yes="Remove", held=held)
        if not await self.move.push_screen_wait(dialog):
            return

        async def take_back(session: Session) -> Undo:
            done = await undo_confirmed(session, listed)
            if done.acted:
                self.move.show_words("Taken back", undo_words(done))
            return done

        self.move.start("deploy", "Undo", take_back, "undo")


SCREEN = DeployScreen
