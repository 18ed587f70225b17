"""One question of the engine, as a dialogue; esc closes it without an answer."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from wizard.model.question import Answer, Question
from wizard.safety.clean import clean

_BY = "person at the screen"
_KEYS = {
    "confirm": "tab, then enter: choose · esc: close, nothing is answered",
    "name": "type the name in full, then tab to Go, enter · esc: close, nothing is answered",
    "text": "enter: save · esc: close, nothing is answered",
    "choice": "up, down, enter: choose · esc: close, nothing is answered",
}


class QuestionDialog(ModalScreen[Answer | None]):
    """Asks by the question's kind: yes or no, a name typed in full, words, or one of a list.

    No is where the cursor is, and a name has to be whole before the button can be pressed.
    """

    BINDINGS = [Binding("escape", "close", "Close", tooltip="close; nothing is answered")]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """The question, why it is asked, and the ways to answer."""
        question = self.question
        with Vertical(classes="dialog"):
            yield Static(clean(question.text, lines=True), classes="dialog-title", markup=False)
            yield Static(_why(question), classes="dialog-why", markup=False)
            if question.kind in ("name", "text"):
                yield Input(value=question.default, id="typed")
            if question.kind == "name":
                yield Static("", id="problem", markup=False)
            if question.kind == "choice":
                yield OptionList(
                    *(Option(Content(clean(c))) for c in question.choices), id="choices"
                )
            with Horizontal(classes="dialog-buttons"):
                yield Button("No" if question.kind == "confirm" else "Cancel", id="no")
                yield from self._accept_button()
            yield Static(_KEYS[question.kind], classes="dialog-keys", markup=False)

    def _accept_button(self) -> ComposeResult:
        kind = self.question.kind
        if kind == "confirm":
            yield Button("Yes", id="yes", variant="primary")
        elif kind == "name":
            yield Button("Go: name not complete yet", id="yes", variant="error", disabled=True)
        elif kind == "text":
            yield Button("Save", id="yes", variant="primary")

    def on_mount(self) -> None:
        """The cursor stands where most people need it, and never on what destroys."""
        first = {"confirm": "#no", "choice": "#choices"}.get(self.question.kind, "#typed")
        self.query_one(first).focus()
        if self.question.kind == "choice" and self.question.default in self.question.choices:
            place = self.question.choices.index(self.question.default)
            self.query_one(OptionList).highlighted = place

    @on(Input.Changed, "#typed")
    def _typed(self, event: Input.Changed) -> None:
        if self.question.kind == "name":
            whole = event.value == self.question.expected
            button = self.query_one("#yes", Button)
            button.disabled = not whole
            button.label = "Go" if whole else "Go: name not complete yet"
            begins = self.question.expected.startswith(event.value)
            self._problem("" if begins else self._refusal())

    def _refusal(self) -> str:
        return (
            f"That is not the name: nothing happens until “{self.question.expected}” stands here."
        )

    def _problem(self, words: str) -> None:
        self.query_one("#problem", Static).update(clean(words, 300))

    @on(Input.Submitted, "#typed")
    def _submitted(self, event: Input.Submitted) -> None:
        if self.question.kind == "text":
            self._answer(event.value)
        elif event.value == self.question.expected:
            self._problem("The name is right: tab to Go, then enter.")
        else:
            self._problem(self._refusal())

    @on(OptionList.OptionSelected, "#choices")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._answer(self.question.choices[event.option_index])

    @on(Button.Pressed, "#yes")
    def _yes(self) -> None:
        kind = self.question.kind
        self._answer("yes" if kind == "confirm" else self.query_one("#typed", Input).value)

    @on(Button.Pressed, "#no")
    def _no(self) -> None:
        if self.question.kind == "confirm":
            self._answer("no")
        else:
            self.dismiss(None)

    def _answer(self, value: str) -> None:
        self.dismiss(Answer(value=value, by=_BY))

    def action_close(self) -> None:
        """Up one level, nothing changed."""
        self.dismiss(None)


def _why(question: Question) -> str:
    """Why it is asked, and what follows from each answer."""
    lines = [question.why, *(f"{name}: {what}" for name, what in question.outcomes.items())]
    return clean("\n".join(lines), 2_000, lines=True)
