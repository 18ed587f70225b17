"""Screen 8: the board of the move itself: what is down, what is next, and the way back."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens.actions import PLAY_PERSON, Action
from screens.steps.cutover_acts import CutoverActs
from screens.wanted import to_copy
from screens.widgets.gate_list import GateList
from screens.widgets.move_progress import MoveProgressView, progress_now
from screens.widgets.now_card import NowCard
from screens.widgets.outage_view import OutageView
from screens.widgets.probe_strip import ProbeStrip
from screens.widgets.row_words import row_words
from screens.widgets.server_table import ServerTable
from screens.widgets.task_board import TaskBoard
from screens.widgets.words import Words
from wizard.engine.events import Event, Moving
from wizard.engine.session import Session
from wizard.runbook.board import board
from wizard.runbook.context import RunContext
from wizard.runbook.countdown import Countdown, countdown
from wizard.runbook.order import runbook
from wizard.runbook.outage_clock import abort_window, outage_clock
from wizard.runbook.stage import live_stage
from wizard.runbook.taken_back import taken_back
from wizard.steps import CUTOVER
from wizard.steps.rehearsal import forecast_now, measured

_TICK = 1.0


class CutoverScreen(CutoverActs):
    """Everything on it is derived from the journal; only gates and probes are looked at anew."""

    step = CUTOVER
    purpose = "Cutover: the same runbook on the real targets"
    NO_UNDO = "u undoes nothing here: R (Roll back) takes the cutover back, after a summary"
    BEGIN = frozenset({"go", "roll-back", "sign"})
    ACTIONS = (
        PLAY_PERSON,
        Action("go", "g", "go", "Go", "show every gate, then begin or go on"),
        Action("roll-back", "R", "roll_back", "Roll back", "take everything back, in reverse"),
        Action("pause", "p", "pause", "Pause", "start nothing new, or go on after a pause"),
        Action("stop", "k", "halt", "Hold", "stop at the next safe place; what is done is kept"),
        Action("by-hand", "h", "by_hand", "By hand", "show the official command for this task"),
        Action("dns", "d", "servers", "DNS", "what every name server says, in place of the board"),
        Action("sign", "m", "sign", "Sign", "sign an exception for a closed gate, with a reason"),
        Action(
            "gates", "r", "gates", "Look again", "look at the gates again; changes nothing", False
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._moving: Moving | None = None
        self._run: int | None = None
        self._whole_dns = False

    def compose_body(self) -> ComposeResult:
        """Largest first: the clock, then the one thing to do now, then the whole board."""
        yield OutageView()
        yield NowCard()
        yield MoveProgressView()
        yield ProbeStrip()
        yield ServerTable()
        yield TaskBoard()
        yield Words("", id="row-words", markup=False)
        yield GateList()
        with Horizontal(classes="buttons"):
            yield Button("Go / no-go", id="go", variant="primary")
            yield Button("Pause", id="pause")
            yield Button("Hold", id="halt")
            yield Button("Roll back", id="roll-back", variant="warning")

    def on_mount(self) -> None:
        """The clock runs while the screen is shown."""
        self.set_interval(_TICK, self._tick)

    def hear(self, event: Event) -> None:
        """Keep the newest progress."""
        if isinstance(event, Moving):
            self._moving = event

    def _tick(self) -> None:
        """Also under a dialogue: users are down while a person reads it."""
        if self.session is not None and self.in_front():
            self.draw()

    def draw(self) -> None:
        """Board, clock, probes, gates."""
        session = self.session
        assert session is not None
        entries, now = session.journal.entries, session.clock.now()
        number, under_way = self.run_number(session), self.open_number() is not None
        at_work = self.at_work()
        if number != self._run:
            self._run = number
            self.query_one(ProbeStrip).forget()
        label = f"run-{number}" if number else ""
        clock = outage_clock(entries, label)
        window = abort_window(entries, clock, session.plan.downtime.budget_minutes, now)
        waits = self._waits(session, number)
        over = number is None or self.open_number() != number
        taken = taken_back(entries, number)
        back_at = taken.users_back if taken is not None else None
        outage = self.query_one(OutageView)
        outage.tell(clock, window, now, over=over, waits=waits, back_at=back_at)
        medians = measured(forecast_now(session))
        rows = board(
            runbook(session.plan, session.inventory()),
            entries,
            label,
            medians,
            at_work=session.at_work,
        )
        table = self.query_one(TaskBoard)
        table.tell(rows, now)
        bridge, paused = self.move.desk.bridge, session.pause.asked
        self.query_one(NowCard).tell(
            rows,
            bridge.waiting_for,
            at_work,
            now,
            paused=paused,
            asked=bridge.asking,
            back=self.going_back(),
            taken=taken,
        )
        self.query_one(MoveProgressView).tell(progress_now(self._moving, rows, at_work))
        self._draw_looks(number)
        gates = self.query_one(GateList)
        gates.tell(self.gates)
        gates.display = not under_way and not self._whole_dns
        self._buttons(number, at_work, session.pause.asked)
        self._row_words()

    def _waits(self, session: Session, number: int | None) -> Countdown | None:
        if number is None or self.open_number() is None:
            return None
        stage = live_stage(session.outside, session.plan, number)
        return countdown(RunContext(session, stage, f"run-{number}"))

    def _draw_looks(self, number: int | None) -> None:
        looks = self.query_one(ProbeStrip).looks
        newest = looks[-1] if looks else None
        self._whole_dns = self._whole_dns and newest is not None
        self.query_one(ServerTable).tell(newest, whole=self._whole_dns)
        self.query_one(TaskBoard).display = not self._whole_dns
        self.query_one("#row-words").display = not self._whole_dns
        self.watch_sides(number)

    def _buttons(self, number: int | None, at_work: bool, paused: bool) -> None:
        self.query_one("#go", Button).disabled = at_work or self.over()
        self.query_one("#halt", Button).disabled = not at_work
        pause = self.query_one("#pause", Button)
        pause.disabled, pause.label = not at_work, "Go on" if paused else "Pause"
        self.query_one("#roll-back", Button).disabled = number is None or at_work

    @on(TaskBoard.RowHighlighted)
    def _row_words(self) -> None:
        row = self.query_one(TaskBoard).under_cursor
        self.query_one("#row-words", Words).update(row_words(row))

    def action_servers(self) -> None:
        """Every name server's answer in place of the board, and back."""
        if not self.query_one(ProbeStrip).looks:
            self.say("the name servers are asked while a cutover is open")
            return
        self._whole_dns = not self._whole_dns
        self.draw()

    def copyable(self) -> str:
        """What a person is to put or to start just now; else the state."""
        return to_copy(self.move.desk.bridge.waiting_for) or super().copyable()

    def action_by_hand(self) -> None:
        """The official command for the task under the cursor."""
        self.move.show_by_hand(self.query_one(TaskBoard).under_cursor, self._run, live=True)


SCREEN = CutoverScreen
