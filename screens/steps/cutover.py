"""Screen 8: the board of the move itself: what is down, what is next, and the way back."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.actions import PLAY_PERSON, Action
from screens.base import StepScreen
from screens.widgets.gate_list import GateList
from screens.widgets.move_progress import MoveProgressView
from screens.widgets.now_card import NowCard
from screens.widgets.outage_view import OutageView
from screens.widgets.task_board import TaskBoard
from wizard.engine.events import Event, Moving
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.forecast.ledger import runs_of
from wizard.model.database import MoveProgress
from wizard.model.question import Gate
from wizard.runbook.board import board
from wizard.runbook.order import runbook
from wizard.runbook.outage_clock import abort_window, outage_clock
from wizard.runbook.runs import open_run
from wizard.safety.clean import clean
from wizard.steps import CUTOVER
from wizard.steps.cutover import roll_back
from wizard.steps.rehearsal import forecast_now

_TICK = 1.0


class CutoverScreen(StepScreen):
    """Everything on it is derived from the journal; only the gates are looked at anew."""

    step = CUTOVER
    purpose = "Cutover: the same runbook on the real targets"
    ACTIONS = (
        Action("go", "g", "go", "Go / no-go", "look at the gates and begin the cutover"),
        Action("roll-back", "R", "roll_back", "Roll back", "take everything back, in reverse"),
        Action("stop", "k", "halt", "Hold", "stop at the next safe place; what is done is kept"),
        Action("by-hand", "h", "by_hand", "By hand", "show the official command for this task"),
        PLAY_PERSON,
        Action("gates", "r", "gates", "Look again", "look at the gates again; changes nothing"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._progress: MoveProgress | None = None
        self._gates: tuple[Gate, ...] = ()
        self._run: int | None = None

    def compose_body(self) -> ComposeResult:
        """Largest first: the clock, then the one thing to do now, then the whole board."""
        yield OutageView()
        yield NowCard()
        yield MoveProgressView()
        yield TaskBoard()
        yield Static("", id="row-words", markup=False)
        yield GateList()
        with Horizontal(classes="buttons"):
            yield Button("Go / no-go", id="go", variant="primary")
            yield Button("Hold", id="halt")
            yield Button("Roll back", id="roll-back", variant="warning")

    def on_mount(self) -> None:
        """The clock runs while the screen is shown."""
        super().on_mount()
        self.set_interval(_TICK, self._tick)

    def hear(self, event: Event) -> None:
        """Keep the newest progress."""
        if isinstance(event, Moving):
            self._progress = event.progress

    def _tick(self) -> None:
        if self.is_current and self.session is not None:
            self.draw()

    def run_number(self, session: Session) -> int | None:
        """The open cutover, else the last one."""
        found = open_run(session.journal)
        if found is not None and found.kind == "live":
            return found.number
        live = [run.number for run in runs_of(session.journal.entries) if run.mode == "live"]
        return live[-1] if live else None

    def draw(self) -> None:
        """Board, clock, gates."""
        session = self.session
        assert session is not None
        entries, now = session.journal.entries, session.clock.now()
        number, running = self.run_number(session), self.state().state == "running"
        at_work = self.move.desk.job is not None and self.move.desk.job.step == self.step.id
        label = f"run-{number}" if number else ""
        clock = outage_clock(entries, label)
        window = abort_window(entries, clock, session.plan.downtime.budget_minutes, now)
        self.query_one(OutageView).tell(clock, window, now, over=not running)
        prospect = forecast_now(session)
        medians = {s.task: s.median for s in prospect.shares if s.basis == "measured"}
        self._run = number
        rows = board(runbook(session.plan, session.inventory()), entries, label, medians)
        self.query_one(TaskBoard).tell(rows, now)
        self.query_one(NowCard).tell(rows, self.move.desk.bridge.waiting_for, at_work, now)
        self.query_one(MoveProgressView).tell(self._progress if at_work else None)
        gates = self.query_one(GateList)
        gates.tell(self._gates)
        gates.display = not running
        self.query_one("#go", Button).disabled = at_work
        self.query_one("#halt", Button).disabled = not at_work
        self.query_one("#roll-back", Button).disabled = number is None or at_work
        self._row_words()

    @on(TaskBoard.RowHighlighted)
    def _row_words(self) -> None:
        row = self.query_one(TaskBoard).under_cursor
        words = ""
        if row is not None:
            waits = f"waits for: {', '.join(row.needs)}" if row.needs else ""
            words = clean(" · ".join(p for p in (row.said, f"side: {row.side}", waits) if p), 400)
        self.query_one("#row-words", Static).update(words)

    @on(Button.Pressed, "#go")
    async def action_go(self) -> None:
        """Look at the gates, then begin or go on; users notice nothing before the typed name."""
        self.move.start("cutover", "Cutover", CUTOVER.run)

    @on(Button.Pressed, "#halt")
    def action_halt(self) -> None:
        """Stop at the next safe place."""
        if self.session is not None and self.move.desk.job is not None:
            self.session.stop.set()
            self.say("holding at the next safe place …")

    @on(Button.Pressed, "#roll-back")
    def action_roll_back(self) -> None:
        """Take back what was begun; the engine asks for the app's name first."""
        self.move.start("cutover", "Way back", roll_back)

    @work(group="gates", exclusive=True, description="gates of the cutover")
    async def action_gates(self) -> None:
        """Look at every gate again; some look at the new side."""
        session = self.session
        if session is None:
            return
        try:
            self._gates = tuple(await CUTOVER.check(session))
        except MovedayError as error:
            self.say(f"the gates cannot be looked at: {error.title}")
        if self.session is session:
            self.draw()

    def on_screen_resume(self) -> None:
        """Gates are looked at whenever the board is opened."""
        super().on_screen_resume()
        self.action_gates()

    def action_by_hand(self) -> None:
        """The official command for the task under the cursor."""
        self.move.show_by_hand(self.query_one(TaskBoard).under_cursor, self._run, live=True)


SCREEN = CutoverScreen
