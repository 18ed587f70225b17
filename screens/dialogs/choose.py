"""One of a few ways, each with what it means; esc chooses none."""

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.safety.clean import clean

_KEYS = "up, down, enter: choose · esc: close, nothing is decided"


class ChooseDialog(ModalScreen[str]):
    """Dismissed with the name of the way, "" when closed."""

    BINDINGS = [Binding("escape", "close", "Close", tooltip="close; nothing is decided")]

    def __init__(self, title: str, ways: Mapping[str, str]) -> None:
        super().__init__()
        self.heading = clean(title, 900, lines=True)
        self.ways = dict(ways)

    def compose(self) -> ComposeResult:
        """Title and ways."""
        with Vertical(classes="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            lines = [f"{clean(n, 60)}\n  {clean(means, 300)}" for n, means in self.ways.items()]
            yield OptionList(*(Option(Content(line)) for line in lines), id="ways")
            yield Static(_KEYS, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Arrows and enter work at once."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(list(self.ways)[event.option_index])

    def action_close(self) -> None:
        """Up one level."""
        self.dismiss("")
