"""Screen 7: the whole runbook on twins and scratch targets, on the clock, as often as wanted."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button

from screens.actions import PLAY_PERSON, Action
from screens.steps.pausing import PausingScreen
from screens.steps.rehearsal_words import forecast_words, told
from screens.wanted import to_copy
from screens.widgets.move_progress import MoveProgressView, progress_now
from screens.widgets.now_card import NowCard
from screens.widgets.row_words import row_words
from screens.widgets.run_bars import run_bars
from screens.widgets.table_bars import TableBars
from screens.widgets.task_board import TaskBoard
from screens.widgets.words import Words
from wizard.engine.events import Event, Moving
from wizard.forecast.ledger import runs_of
from wizard.runbook.board import board
from wizard.runbook.order import runbook
from wizard.runbook.runs import open_run
from wizard.steps import REHEARSAL
from wizard.steps.rehearsal import forecast_now, measured


class RehearsalScreen(PausingScreen):
    """Board of the newest run, progress of the data move, earlier runs, and the forecast."""

    step = REHEARSAL
    purpose = "Rehearsal: the move on copies, with a clock; production left alone"
    NO_UNDO = "nothing to undo here: a rehearsal takes back by itself what it made"
    BEGIN = frozenset({"rehearse"})
    ACTIONS = (
        PLAY_PERSON,
        Action("rehearse", "g", "begin", "Rehearse", "begin a rehearsal, or go on with one"),
        Action("pause", "p", "pause", "Pause", "start nothing new, or go on after a pause"),
        Action("stop", "k", "halt", "Stop", "stop at the next safe place; what is done is kept"),
        Action("tells", "v", "view", "Compare", "what the runs tell, in place of the board"),
        Action("by-hand", "h", "by_hand", "By hand", "show the official command for this task"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._moving: Moving | None = None
        self._run: int | None = None
        self._tells = False

    def compose_body(self) -> ComposeResult:
        """Forecast first: it is what a team lead comes for."""
        yield Words("", id="forecast", markup=False)
        yield NowCard()
        yield MoveProgressView()
        yield TableBars()
        yield TaskBoard()
        yield Words("", id="row-words", markup=False)
        with VerticalScroll(id="told"):
            yield Words("", id="told-words", markup=False)
        yield Words("", id="runs", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Rehearse", id="begin", variant="primary")
            yield Button("Pause", id="pause")
            yield Button("Stop", id="halt")
            yield Button("Compare", id="view")

    def on_mount(self) -> None:
        """The clock of what runs goes on between events."""
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.session is not None and self.at_work() and self.in_front():
            self.draw()

    def hear(self, event: Event) -> None:
        """Keep the newest progress."""
        if isinstance(event, Moving):
            self._moving = event

    def draw(self) -> None:
        """From the journal: the newest rehearsal, the ledger, the forecast."""
        session = self.session
        assert session is not None
        at_work, entries, now = self.at_work(), session.journal.entries, session.clock.now()
        runs = [run for run in runs_of(entries) if run.mode == "rehearsal"]
        prospect = forecast_now(session)
        words = forecast_words(session, prospect, at_work=at_work)
        self.query_one("#forecast", Words).update(words)
        found = open_run(session.journal)
        newest = runs[-1].number if runs else None
        number = found.number if found is not None and found.kind == "rehearsal" else newest
        medians = measured(prospect)
        self._run = number
        label = f"run-{number}" if number else ""
        rows = board(
            runbook(session.plan, session.inventory()),
            entries,
            label,
            medians,
            at_work=session.at_work,
        )
        self.query_one(TaskBoard).tell(rows, now)
        bridge, paused, card = self.move.desk.bridge, session.pause.asked, self.query_one(NowCard)
        card.tell(rows, bridge.waiting_for, at_work, now, paused=paused, asked=bridge.asking)
        card.display = at_work
        progress = progress_now(self._moving, rows, at_work)
        self.query_one(MoveProgressView).tell(progress)
        self.query_one(TableBars).tell(progress.largest if progress is not None else ())
        budget = session.plan.downtime.budget_minutes * 60
        self.query_one("#runs", Words).update(run_bars(runs, budget))
        self.query_one("#runs").display = not at_work
        self._buttons(at_work, paused)
        self._row_words()
        self._show_view()

    def _buttons(self, at_work: bool, paused: bool) -> None:
        self.query_one("#begin", Button).disabled = at_work
        self.query_one("#halt", Button).disabled = not at_work
        pause = self.query_one("#pause", Button)
        pause.disabled, pause.label = not at_work, "Go on" if paused else "Pause"
        self.query_one("#view", Button).label = "Board" if self._tells else "Compare"

    def _show_view(self) -> None:
        """The board, or what the runs tell."""
        self.query_one(TaskBoard).display = not self._tells
        self.query_one("#row-words").display = not self._tells
        self.query_one("#told").display = self._tells
        if self._tells and self.session is not None:
            self.query_one("#told-words", Words).update(told(self.session))

    @on(TaskBoard.RowHighlighted)
    def _row_words(self) -> None:
        row = self.query_one(TaskBoard).under_cursor
        self.query_one("#row-words", Words).update(row_words(row, rehearsal=True))

    @on(Button.Pressed, "#begin")
    def action_begin(self) -> None:
        """Begin a rehearsal; the engine asks before it makes anything."""
        self.move.start("rehearsal", "Rehearsal", REHEARSAL.run)

    @on(Button.Pressed, "#view")
    def action_view(self) -> None:
        """What the runs tell in place of the board, and back."""
        self._tells = not self._tells
        self.draw()
        if self._tells:
            self.query_one("#told").focus()

    def copyable(self) -> str:
        """What a person is to put or to start just now; else the state."""
        return to_copy(self.move.desk.bridge.waiting_for) or super().copyable()

    def action_by_hand(self) -> None:
        """The official command for the task under the cursor."""
        self.move.show_by_hand(self.query_one(TaskBoard).under_cursor, self._run, live=False)


SCREEN = RehearsalScreen
