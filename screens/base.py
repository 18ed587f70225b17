"""What every step's screen has: header, list of steps, body, status line, footer."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from screens.actions import EVERYWHERE, Action, everywhere, step_actions
from screens.app import MovedayApp
from screens.changed import changed_so_far
from screens.dialogs.why import WhyDialog
from screens.spoken import spoken
from screens.widgets.header_line import HeaderLine
from screens.widgets.key_line import KeyLine
from screens.widgets.step_list import StepList, folded
from screens.widgets.words import Words
from wizard.engine.events import Event, Moving
from wizard.engine.session import Session
from wizard.forecast.durations import duration
from wizard.safety.clean import clean
from wizard.steps import STEPS, Step
from wizard.steps.base import StepState

_NOT_OPEN = "The move is not open yet: a plan and a sign-in come first (keys 1 and 2)."
_TITLES = tuple(step.title for step in STEPS)
_ALWAYS = ("steps", "why", "quit")


class StepScreen(Screen[None]):
    """Base of the nine. A subclass names its `step` and `purpose`, yields a body and draws it.

    `draw` is called when the screen is shown and after every batch of events: it reads the session
    and updates the widgets; it never asks the outside for anything. `PHASES` are those, before the
    move is open, in which the screen has something to show.
    """

    step: Step
    purpose: str
    ACTIONS: tuple[Action, ...] = ()
    PHASES: tuple[str, ...] = ()
    NO_UNDO = "there is nothing to undo here"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (90, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-short"), (28, "-tall")]
    BINDINGS = [action.binding() for action in (*EVERYWHERE, *step_actions(_TITLES))]

    def __init_subclass__(cls, **kwargs: object) -> None:
        # Before Textual merges the bindings of a class with those above it.
        cls.BINDINGS = [action.binding() for action in cls.ACTIONS]
        super().__init_subclass__()

    def __init__(self) -> None:
        super().__init__()
        # Textual 8.2 takes a new screen for one that missed a change of theme, and parses every
        # stylesheet anew for it: twice when it is first shown, once more the second time.
        self._css_update_count = self.app._css_update_count

    @property
    def move(self) -> MovedayApp:
        """The app, typed."""
        assert isinstance(self.app, MovedayApp)
        return self.app

    @property
    def session(self) -> Session | None:
        """The open move; None while it is being opened."""
        return self.move.desk.session

    def compose(self) -> ComposeResult:
        """The frame, with the step's own body in the middle."""
        yield HeaderLine()
        yield Words("", id="folded-steps", markup=False)
        with Horizontal(id="middle"):
            yield StepList()
            with Vertical(id="body"):
                yield Static(f"{self.step.key}  {self.purpose}", id="purpose", markup=False)
                yield from self.compose_body()
            yield Static(_NOT_OPEN, id="not-open", markup=False)
        yield Words("", id="status-line", markup=False)
        yield KeyLine()
        yield Static("This window is too small: 60 by 16 is needed.", id="too-small", markup=False)

    def compose_body(self) -> ComposeResult:
        """The step's own widgets."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show what the session knows now."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Listen to the engine.

        Textual calls this and a subclass's own on_mount, both: super() there would listen twice.
        """
        self.move.reports.subscribe(self, self._heard)
        self._draw_all()
        self.call_after_refresh(self.move.desk.doors.settled)

    def on_screen_resume(self) -> None:
        """Things may have changed while another step was shown."""
        self._draw_all()

    def _heard(self, events: tuple[Event, ...]) -> None:
        self.hear_all(events)
        if self.is_current:
            self._draw_all()
            talk = [event for event in events if not isinstance(event, Moving)]
            if talk:
                self.say(spoken(talk[-1]))

    def hear_all(self, events: tuple[Event, ...]) -> None:
        """A batch of events, for screens that would rather take it as one."""
        for event in events:
            self.hear(event)

    def hear(self, event: Event) -> None:
        """One event, for screens that keep something of it."""

    def say(self, text: str) -> None:
        """One line above the footer."""
        self.query_one("#status-line", Words).update(f" {clean(text, 2_000)}")

    def state(self) -> StepState:
        """Where this step stands."""
        return self.move.desk.state(self.step)

    def _draw_all(self) -> None:
        # A screen that is opened while the app is leaving is mounted without its widgets.
        if not self.is_running or self.query_one_optional(StepList) is None:
            return
        desk = self.move.desk
        states = desk.states()
        self.query_one(StepList).tell(states, self.step.id)
        self.query_one("#folded-steps", Words).update(folded(states, self.step.id))
        self._draw_header()
        ready = desk.session is not None or desk.phase in self.PHASES
        self.query_one("#body").display = ready
        self.query_one("#not-open").display = not ready
        if ready:
            self.draw()
        self._draw_keys()

    def live(self, action: Action) -> bool:
        """Whether an action of this step does something just now; its key says why when not."""
        return True

    def _draw_keys(self) -> None:
        """Keys that do something now; what leads on comes first when the step is done."""
        line = self.query_one_optional(KeyLine)
        if line is None or not self.is_running:
            return  # the cursor moves once more while a screen is taken away
        ready = self.query_one("#body").display
        here = [a for a in self.ACTIONS if ready and self.check_action(a.run, ()) and self.live(a)]
        always = [action for action in EVERYWHERE if action.id in _ALWAYS]
        if self.state().state in ("done", "skipped"):
            always.insert(0, next(action for action in EVERYWHERE if action.id == "next"))
        others = [a for a in everywhere(self.ACTIONS) if a not in always]
        wanted = [action for action in (*here, *others) if action.shown]
        hidden = len(here) + len(others) - len(wanted)
        typing = isinstance(self.focused, Input | TextArea)
        line.tell(wanted, always, hidden, typing=typing)

    def on_descendant_focus(self) -> None:
        """In a field letters are text."""
        self._draw_keys()

    def on_descendant_blur(self) -> None:
        """Out of the field they are keys again."""
        self._draw_keys()

    def _draw_header(self) -> None:
        desk, session = self.move.desk, self.session
        plan = desk.plan()
        move = f"{plan.source.app}  {plan.source.kind} → {plan.target.kind}" if plan else "no plan"
        entries = session.journal.entries if session else ()
        now = desk.doors.clock.now()
        elapsed = duration((now - entries[0].at).total_seconds()) if entries else ""
        vault = session.outside.vault.mode if session else ""
        header = self.query_one(HeaderLine)
        header.tell(move, desk.doors.practice, changed_so_far(entries), vault, elapsed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc leaves a field, and the stand-in for a person is there in practice only."""
        if action == "app.play_person":
            return self.move.desk.doors.play_person is not None
        if action == "up":
            return isinstance(self.focused, Input | TextArea | StepList)
        return True

    def action_up(self) -> None:
        """Leave the field or the list of steps, change nothing."""
        self.query_one(StepList).remove_class("-shown")
        self._to_body()

    def action_why(self) -> None:
        """Say why this step is there."""
        self.move.push_screen(WhyDialog(self.step, self.ACTIONS))

    def action_steps(self) -> None:
        """Go to the list of steps, which a narrow window shows only then; and back to the step."""
        steps = self.query_one(StepList)
        if not steps.has_focus:
            steps.add_class("-shown")
            steps.focus()
            return
        self.action_up()

    def _to_body(self) -> None:
        """The cursor goes to what the step is about, never into a field."""
        body = self.query_one("#body")
        inside = (w for w in self.focus_chain if body in w.ancestors)
        self.set_focus(next((w for w in inside if not isinstance(w, Input | TextArea)), None))

    def on_input_submitted(self) -> None:
        """Enter in a filter goes to what it left."""
        self._to_body()

    def action_undo(self) -> object:
        """Say why there is nothing to undo here."""
        self.say(self.NO_UNDO)
        return None

    def action_copy(self) -> None:
        """What is under the cursor; screens that have more to copy say what."""
        self.move.call_later(self.move.copy_text, self.copyable())

    def copyable(self) -> str:
        """The text that `c` copies: no secret."""
        state = self.state()
        return f"{self.step.title}: {state.state} {state.reason}".strip()

    def on_option_list_option_selected(self, event: StepList.OptionSelected) -> None:
        """Enter in the list of steps opens one."""
        if event.option_list.id == "step-list" and event.option_id:
            event.stop()
            self.query_one(StepList).remove_class("-shown")
            self.move.switch_mode(event.option_id)
