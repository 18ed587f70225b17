"""Screen 4: what each thing becomes, because of what, and what it costs."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from screens.actions import Action
from screens.base import StepScreen
from screens.dialogs.choose import ChooseDialog
from screens.dialogs.secret import SecretDialog
from screens.dialogs.summary import SummaryDialog
from screens.reason import reason_words
from screens.steps.mapping_facts import consequence_words, mapping_facts, totals
from screens.widgets.fact_table import FactTable
from screens.widgets.filter_input import FilterInput
from wizard.engine.given_values import VALUE
from wizard.errors import MovedayError
from wizard.model.mapping import Mapping
from wizard.safety.clean import clean
from wizard.steps import MAPPING
from wizard.steps.mapping_decisions import CHOICES, answer_open, change, consider, give, take_back


class MappingScreen(StepScreen):
    """The list, open questions first; below it everything about the row under the cursor."""

    step = MAPPING
    purpose = "Mapping: what each thing becomes, and because of what"
    ACTIONS = (
        Action("map", "r", "read", "Map", "work the mapping out again; changes nothing"),
        Action("answer", "a", "answer", "Answer", "answer the open questions, one by one"),
        Action("decide", "e", "decide", "Decide", "decide otherwise about this row"),
        Action("give", "v", "give", "Give value", "give a value that nobody can read; hidden"),
        Action("undo", "u", "undo", "Undo", "take back the last decision or given value"),
        Action("because", "y", "because", "Because", "all there is to say about this row"),
        Action("behind", "s", "behind", "Left", "what stays behind or is not carried over"),
        Action("find", "slash", "find", "Find", "show only what matches", shown=False),
    )
    AUTO_FOCUS = "#facts"

    def compose_body(self) -> ComposeResult:
        """Bill, filter, rows, the row's reasons."""
        yield Static("", id="totals", markup=False)
        yield FilterInput("find: words of a row, ! for open questions")
        yield FactTable(("what", "name", "becomes"))
        yield Static("", id="because", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Map again", id="map")
            yield Button("Answer", id="answer", variant="primary")

    def found(self) -> Mapping | None:
        """The mapping that was worked out last."""
        session = self.session
        if session is None:
            return None
        return session.store.load_result(MAPPING.id, Mapping, session.journal)

    def live(self, action: Action) -> bool:
        """Answering and giving while something is open; the rest once there is a mapping."""
        found = self.found()
        asked = [q.question.id for q in found.questions] if found else []
        if action.id == "give":
            return any(each.startswith(VALUE) for each in asked)
        return bool(asked) if action.id == "answer" else action.id == "map" or found is not None

    def draw(self) -> None:
        """From what was kept; nobody is asked."""
        found, at = self.found(), self.state()
        running = at.state == "running"
        map_it = self.query_one("#map", Button)
        map_it.disabled = running or at.state == "not yet"
        map_it.label = "Map" if found is None else "Map again"
        answer = self.query_one("#answer", Button)
        answer.disabled = running or found is None or not found.questions
        if found is None:
            words = "Nothing was mapped yet. r works it out; it changes nothing."
            if at.state == "not yet":
                words = f"Nothing was mapped yet: {at.reason} (key 3)."
            self.query_one("#totals", Static).update(words)
            return
        count = len(found.questions)
        answer.label = f"Answer {count} open" if count else "Nothing is open"
        answer.refresh(layout=True)  # a longer label needs more room
        self.query_one("#totals", Static).update(clean(totals(found), 600))
        self.query_one(FactTable).tell(mapping_facts(found))

    @on(FactTable.RowHighlighted)
    def _explain(self) -> None:
        fact = self.query_one(FactTable).under_cursor
        words = clean(fact.details, 1_500, lines=True) if fact else ""
        self.query_one("#because", Static).update(words)

    @on(Input.Changed, "#find")
    def _narrow(self, event: Input.Changed) -> None:
        self.query_one(FactTable).narrow(event.value)

    @on(Button.Pressed, "#map")
    def action_read(self) -> None:
        """Work it out again."""
        self.move.start("mapping", "Mapping", MAPPING.run)

    @on(Button.Pressed, "#answer")
    def action_answer(self) -> None:
        """Every open question in turn; each answer is kept at once. Values are given by `v`: where
        nothing else is open, that is what is meant."""
        found = self.found()
        if found is not None and not found.questions:
            self.say("nothing is open: e decides otherwise about the row under the cursor")
            return
        if found is not None and all(q.question.id.startswith(VALUE) for q in found.questions):
            self.action_give()
            return
        self.move.start("mapping", "Questions of the mapping", answer_open, "answer")

    @work(group="decide", exclusive=True, description="a decision about the mapping")
    async def action_decide(self) -> None:
        """Offer what may be decided about the row; say what follows before it is kept."""
        fact, session = self.query_one(FactTable).under_cursor, self.session
        if session is None or fact is None or fact.group not in CHOICES:
            self.notify("about this row there is nothing to decide", markup=False)
            return
        group, name = fact.group, fact.name
        title = f"{name}: what shall it become?"
        action = await self.move.push_screen_wait(ChooseDialog(title, CHOICES[group]))
        if not action:
            return
        self.say("working out what follows …")
        try:
            found = await consider(session, group, name, action)
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id, "decide"))
            return
        self.say("")
        title = f"{name}: {action}. Keep this decision?"
        words = consequence_words(found)
        dialog = SummaryDialog(title, words, no="Leave it as it is", yes="Keep the decision")
        if await self.move.push_screen_wait(dialog):
            self.move.start("mapping", "Decision", change(group, name, action), "decide")

    def action_give(self) -> None:
        """Ask for a value that only a person has; it goes to the vault or stays in memory."""
        found = self.found()
        wanted = [
            q.question
            for q in (found.questions if found else ())
            if q.question.id.startswith(VALUE)
        ]
        if not wanted:
            self.notify("no value is missing", markup=False)
            return
        name = wanted[0].id.removeprefix(VALUE)

        def typed(value: str | None) -> None:
            if value:
                self.move.start("mapping", "Keeping the value", give(name, value), "give")

        self.move.push_screen(SecretDialog(wanted[0].text, wanted[0].why), typed)

    def action_undo(self) -> None:
        """Take back the last decision; asked first, journalled as a new one."""
        self.move.start("mapping", "Undo", take_back, "undo")

    def action_because(self) -> None:
        """The whole reason, with the commands, to read and to copy."""
        fact = self.query_one(FactTable).under_cursor
        if fact is not None:
            self.move.show_words(fact.name, fact.details)

    def action_behind(self) -> None:
        """What does not come along, and what to do about it."""
        found = self.found()
        if found is None:
            return
        items = (*found.stays_behind(), *found.not_carried_over())
        lines = [f"{i.name} ({i.group}): {i.target or i.reason}" for i in items]
        self.move.show_words("Stays behind, or is set up again by hand", "\n\n".join(lines))

    def action_find(self) -> None:
        """Go to the filter."""
        self.query_one(FilterInput).open()

    def copyable(self) -> str:
        """The row under the cursor."""
        fact = self.query_one(FactTable).under_cursor
        return f"{fact.name}\n{fact.details}" if fact else super().copyable()


SCREEN = MappingScreen
