"""Go or no-go: every gate with its reason, the times, what is for good. Nothing is asked yet."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.widgets.gate_list import gate_name
from wizard.model.question import Gate
from wizard.safety.clean import clean
from wizard.steps.before_go import BeforeGo


class GoDialog(ModalScreen[bool]):
    """True when the person goes on; the engine then asks for the app's name before users notice."""

    BINDINGS = [Binding("escape,q", "no", "No-go", tooltip="close; nothing is begun")]

    def __init__(self, before: BeforeGo) -> None:
        super().__init__()
        self.before = before

    def compose(self) -> ComposeResult:
        """Verdict, gates, times, what is for good."""
        before = self.before
        with Vertical(classes="dialog -wide-text"):
            yield Static(_verdict(before), classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-text", id="go-text"):
                yield Static(go_words(before), id="words", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("No-go", id="no", variant="primary")
                label = "Go on" if before.goes_on is not None else "Begin"
                closed = bool(before.closed)
                if closed:
                    label = f"{label}: {len(before.closed)} gate(s) closed"
                yield Button(label, id="yes", variant="warning", disabled=closed)

    def on_mount(self) -> None:
        """The harmless button has the cursor."""
        self.query_one("#no").focus()

    @on(Button.Pressed, "#no")
    def action_no(self) -> None:
        """Nothing is begun."""
        self.dismiss(False)

    @on(Button.Pressed, "#yes")
    def _yes(self) -> None:
        self.dismiss(True)


def _verdict(before: BeforeGo) -> str:
    if before.closed:
        return f"NO-GO: {len(before.closed)} of {len(before.gates)} gates are closed"
    if before.goes_on is not None:
        return f"Go on with cutover {before.goes_on}? All {len(before.gates)} gates are open"
    return f"Begin the cutover? All {len(before.gates)} gates are open"


def go_words(before: BeforeGo) -> str:
    """Everything, closed gates first."""
    lines = [line for gate in before.closed for line in _closed(gate)]
    opened = [gate_name(gate) for gate in before.gates if gate.open]
    lines += [
        *([""] if before.closed else []),
        f"Users will be down: {before.forecast}",
        *(f"~ stale: {reason}" for reason in before.stale),
        f"{before.announced}; {before.latest_abort}.",
        "",
        "Cannot be undone:",
        *(f"– {line}" for line in before.final),
        "",
        f"✓ {', '.join(opened)}" if opened else "",
        "Preparing changes the new side only; the app's name is asked for before the maintenance"
        " page.",
    ]
    return clean("\n".join(lines), 8_000, lines=True)


def _closed(gate: Gate) -> list[str]:
    hint = [f"    what to do: {gate.hint}"] if gate.hint else []
    return [f"✗ {gate_name(gate)}: {gate.reason}", *hint]
