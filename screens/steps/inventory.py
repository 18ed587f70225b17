"""Screen 3: everything the app is made of, each fact with where it was seen."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from screens.actions import Action
from screens.base import StepScreen
from screens.steps.inventory_facts import inventory_facts
from screens.widgets.fact_table import FactTable
from screens.widgets.filter_input import FilterInput
from wizard.safety.clean import clean
from wizard.steps import INVENTORY


class InventoryScreen(StepScreen):
    """The facts as a table; a filter above, the source of the fact under the cursor below."""

    step = INVENTORY
    purpose = "Inventory: everything the app is made of"
    NO_UNDO = "nothing to undo here: reading changes nothing"
    ACTIONS = (
        Action("read", "r", "read", "Read", "read everything again; changes nothing"),
        Action("find", "slash", "find", "Find", "show only what matches"),
    )
    AUTO_FOCUS = "#facts"

    def compose_body(self) -> ComposeResult:
        """Words, filter, table, details."""
        yield Static("", id="counted", markup=False)
        yield FilterInput("find: words of a row, ! for what needs you")
        yield FactTable(("kind", "name", "what was seen"))
        yield Static("", id="row-words", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Read again", id="read", variant="primary")

    def draw(self) -> None:
        """The inventory that is stored."""
        assert self.session is not None
        found = self.session.inventory()
        running = self.state().state == "running"
        self.query_one("#read", Button).disabled = running
        counted = self.query_one("#counted", Static)
        if found is None:
            at = self.state()
            if running:
                counted.update("Reading everything the app is made of … l shows what was said.")
                return
            gone = clean(at.reason, 200) if at.state == "stale" else "Nothing was read yet"
            counted.update(f"{gone}. r reads; it changes nothing on the old side.")
            self.query_one("#read", Button).label = "Read"
            return
        self.query_one("#read", Button).label = "Read again"
        facts = inventory_facts(found)
        asks = sum(fact.mark == "!" for fact in facts)
        counted.update(
            f"{len(facts)} facts, read {found.read_at.astimezone():%Y-%m-%d %H:%M:%S}; "
            f"{asks} need attention, {len(found.gaps)} not known"
        )
        self.query_one(FactTable).tell(facts)

    @on(FactTable.RowHighlighted)
    def _row_words(self) -> None:
        fact = self.query_one(FactTable).under_cursor
        words = f"{fact.seen}\nseen in: {fact.details or 'see the reason'}" if fact else ""
        self.query_one("#row-words", Static).update(clean(words, 600, lines=True))

    @on(Input.Changed, "#find")
    def _narrow(self, event: Input.Changed) -> None:
        self.query_one(FactTable).narrow(event.value)

    @on(Button.Pressed, "#read")
    def action_read(self) -> None:
        """Read everything again."""
        self.move.start("inventory", "Reading the inventory", INVENTORY.run)

    def action_find(self) -> None:
        """Go to the filter."""
        self.query_one(FilterInput).open()

    def copyable(self) -> str:
        """The fact under the cursor."""
        fact = self.query_one(FactTable).under_cursor
        return f"{fact.group} {fact.name}: {fact.seen}" if fact else super().copyable()


SCREEN = InventoryScreen
