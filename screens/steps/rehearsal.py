"""Screen 7: the whole runbook on twins and scratch targets, on the clock, as often as wanted."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.actions import PLAY_PERSON, Action
from screens.base import StepScreen
from screens.widgets.move_progress import MoveProgressView
from screens.widgets.now_card import NowCard
from screens.widgets.run_bars import run_bars
from screens.widgets.task_board import TaskBoard
from wizard.engine.events import Event, Moving
from wizard.engine.session import Session
from wizard.forecast.ledger import runs_of
from wizard.model.database import MoveProgress
from wizard.runbook.board import board
from wizard.runbook.order import runbook
from wizard.runbook.runs import open_run
from wizard.safety.clean import clean
from wizard.steps import REHEARSAL
from wizard.steps.rehearsal import forecast_now


class RehearsalScreen(StepScreen):
    """Board of the newest run, progress of the data move, earlier runs, and the forecast."""

    step = REHEARSAL
    purpose = "Rehearsal: the whole move on copies, with a clock; production is left alone"
    ACTIONS = (
        Action("rehearse", "g", "begin", "Rehearse", "begin a rehearsal, or go on with one"),
        Action("stop", "k", "halt", "Stop", "stop at the next safe place; what is done is kept"),
        Action("by-hand", "h", "by_hand", "By hand", "show the official command for this task"),
        PLAY_PERSON,
    )

    def __init__(self) -> None:
        super().__init__()
        self._progress: MoveProgress | None = None
        self._run: int | None = None

    def compose_body(self) -> ComposeResult:
        """Forecast first: it is what a team lead comes for."""
        yield Static("", id="forecast", markup=False)
        yield NowCard()
        yield MoveProgressView()
        yield TaskBoard()
        yield Static("", id="row-words", markup=False)
        yield Static("", id="runs", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Rehearse", id="begin", variant="primary")
            yield Button("Stop", id="halt")

    def on_mount(self) -> None:
        """The clock of what runs goes on between events."""
        super().on_mount()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.is_current and self.session is not None and self.state().state == "running":
            self.draw()

    def hear(self, event: Event) -> None:
        """Keep the newest progress."""
        if isinstance(event, Moving):
            self._progress = event.progress

    def draw(self) -> None:
        """From the journal: the newest rehearsal, the ledger, the forecast."""
        session = self.session
        assert session is not None
        running = self.state().state == "running"
        runs = [run for run in runs_of(session.journal.entries) if run.mode == "rehearsal"]
        prospect = forecast_now(session)
        self.query_one("#forecast", Static).update(_forecast_words(session, prospect.words))
        found = open_run(session.journal)
        newest = runs[-1].number if runs else None
        number = found.number if found is not None and found.kind == "rehearsal" else newest
        medians = {s.task: s.median for s in prospect.shares if s.basis == "measured"}
        self._run = number
        label = f"run-{number}" if number else ""
        rows = board(
            runbook(session.plan, session.inventory()), session.journal.entries, label, medians
        )
        self.query_one(TaskBoard).tell(rows, session.clock.now())
        now, wanted = session.clock.now(), self.move.desk.bridge.waiting_for
        self.query_one(NowCard).tell(rows, wanted, running, now)
        self.query_one(NowCard).display = running
        self.query_one(MoveProgressView).tell(self._progress if running else None)
        budget = session.plan.downtime.budget_minutes * 60
        self.query_one("#runs", Static).update(run_bars(runs, budget))
        self.query_one("#begin", Button).disabled = running
        self.query_one("#halt", Button).disabled = not running
        self._row_words()

    @on(TaskBoard.RowHighlighted)
    def _row_words(self) -> None:
        row = self.query_one(TaskBoard).under_cursor
        words = ""
        if row is not None:
            waits = f"waits for: {', '.join(row.needs)}" if row.needs else ""
            words = clean(" · ".join(p for p in (row.said, row.fidelity, waits) if p), 400)
        self.query_one("#row-words", Static).update(words)

    @on(Button.Pressed, "#begin")
    def action_begin(self) -> None:
        """Begin a rehearsal; the engine asks before it makes anything."""
        self.move.start("rehearsal", "Rehearsal", REHEARSAL.run)

    @on(Button.Pressed, "#halt")
    def action_halt(self) -> None:
        """Stop at the next safe place."""
        if self.session is not None and self.state().state == "running":
            self.session.stop.set()
            self.say("stopping at the next safe place …")

    def action_by_hand(self) -> None:
        """The official command for the task under the cursor."""
        self.move.show_by_hand(self.query_one(TaskBoard).under_cursor, self._run, live=False)


def _forecast_words(session: Session, words: str) -> str:
    budget = session.plan.downtime.budget_minutes
    return f"Users will be down: {words}\nAnnounced: {budget:g} min."


SCREEN = RehearsalScreen
