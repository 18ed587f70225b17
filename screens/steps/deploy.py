"""Screen 6: the new side, thing by thing, with the log of what is being built."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Log, Static

from screens.actions import Action
from screens.base import StepScreen
from screens.spoken import spoken
from screens.widgets.task_board import TaskBoard
from wizard.engine.answers import ask_for_new_side
from wizard.engine.events import Event, LogLine
from wizard.engine.session import Session
from wizard.runbook.board import Row, board
from wizard.runbook.lines.deploy import deploy_lines
from wizard.safety.clean import clean
from wizard.steps import DEPLOY
from wizard.steps.deploy import Deployed, DeployPlan, show_plan

_LOG_LINES = 2_000


async def _deploy(session: Session) -> Deployed:
    """Ask once whether the new side may be changed, then build it."""
    app, place = session.plan.target.app, session.plan.target.environment
    await ask_for_new_side(session, f"Make {app} in environment {place} on Aptible", "--yes")
    result = await DEPLOY.run(session)
    assert isinstance(result, Deployed)
    return result


class DeployScreen(StepScreen):
    """Every operation as a row; what is there already is taken over, never made twice."""

    step = DEPLOY
    purpose = "Deploy: build the new side with a throw-away database; users notice nothing"
    ACTIONS = (
        Action("look", "r", "look", "Show plan", "show every operation; changes nothing"),
        Action("deploy", "d", "deploy", "Deploy", "build the new side, or go on where it broke"),
        Action("stop", "k", "halt", "Stop", "stop at the next safe place; what is made is kept"),
        Action("parity", "v", "parity", "Variables", "compare the variables of both sides"),
    )

    def compose_body(self) -> ComposeResult:
        """Words, operations, the log of the newest one."""
        yield Static("", id="planned", markup=False)
        yield TaskBoard()
        yield Static("", id="row-words", markup=False)
        yield Log(max_lines=_LOG_LINES, id="log-tail")
        with Horizontal(classes="buttons"):
            yield Button("Show plan", id="look")
            yield Button("Deploy", id="deploy", variant="primary")
            yield Button("Stop", id="halt")

    def hear(self, event: Event) -> None:
        """An operation's log goes into the tail."""
        if isinstance(event, LogLine):
            self.query_one(Log).write_line(spoken(event))

    def draw(self) -> None:
        """The deploy that was begun last."""
        session = self.session
        assert session is not None
        number = sum(e.kind == "decided" and e.key == "deploy" for e in session.journal.entries)
        label = f"deploy-{number}" if number else ""
        rows = board(deploy_lines(session.plan), session.journal.entries, label)
        self.query_one(TaskBoard).tell(rows, session.clock.now())
        self.query_one("#planned", Static).update(self._words(rows))
        at_work = self.move.desk.job is not None and self.move.desk.job.step == self.step.id
        self.query_one("#deploy", Button).disabled = at_work
        self.query_one("#look", Button).disabled = at_work
        self.query_one("#halt", Button).disabled = not at_work
        self._row_words()

    def _words(self, rows: tuple[Row, ...]) -> str:
        assert self.session is not None
        target, state = self.session.plan.target, self.state()
        ended = self.move.desk.ended.get(self.step.id)
        first = f"App {target.app} in environment {target.environment} on stack {target.stack}."
        if ended is not None and isinstance(ended.result, DeployPlan):
            there = sum(o.there for o in ended.result.operations)
            todo = len(ended.result.operations) - there
            first += f" Plan {ended.result.hash[:12]}: {todo} to do, {there} there already."
        done = sum(row.standing in ("done", "adopted") for row in rows)
        return clean(f"{first} {done} of {len(rows)} done. {state.reason}".rstrip(), 400)

    @on(TaskBoard.RowHighlighted)
    def _row_words(self) -> None:
        row = self.query_one(TaskBoard).under_cursor
        words = ""
        if row is not None:
            waits = f"waits for: {', '.join(row.needs)}" if row.needs else ""
            words = clean(row.said or waits, 400)
        self.query_one("#row-words", Static).update(words)

    @on(Button.Pressed, "#look")
    def action_look(self) -> None:
        """What a deploy would do now."""
        self.move.start("deploy", "Looking at both sides", show_plan)

    @on(Button.Pressed, "#deploy")
    def action_deploy(self) -> None:
        """Build the new side; the engine asks first."""
        self.move.start("deploy", "Deploy", _deploy)

    @on(Button.Pressed, "#halt")
    def action_halt(self) -> None:
        """Stop at the next safe place."""
        if self.session is not None and self.move.desk.job is not None:
            self.session.stop.set()
            self.say("stopping at the next safe place …")

    def action_parity(self) -> None:
        """Names and verdicts of the variables on both sides; never a value."""
        assert self.session is not None
        lines = ["Variables were not compared yet: that is the last operation of a deploy."]
        for entry in self.session.journal.entries:
            value = entry.data.get("value")
            if entry.key.endswith("/parity") and entry.kind == "read" and isinstance(value, list):
                lines = [_parity_line(row) for row in value if isinstance(row, dict)]
        self.move.show_words("Variables: same, different, missing (names only)", "\n".join(lines))


def _parity_line(row: dict[str, object]) -> str:
    because = f"  ({row['because']})" if row.get("because") else ""
    return f"{row.get('result')!s:<10} {row.get('name')}{because}"


SCREEN = DeployScreen
