"""Screen 1: what is moved, where to, in how much time, and whether it can be today."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.actions import Action
from screens.base import StepScreen
from screens.dialogs.question import QuestionDialog
from screens.dialogs.trouble import trouble_words
from screens.reason import reason_words
from screens.steps.plan_facts import current, plan_facts, verdict_lines, verdict_text
from screens.widgets.fact_table import FactTable
from wizard.engine.plan_undo import undo_decision, undoable
from wizard.errors import MovedayError
from wizard.model.plan_made import PlanMade
from wizard.model.question import Question
from wizard.rules.bad_answer import BadAnswer
from wizard.rules.plan_topics import topic_for
from wizard.safety.clean import clean
from wizard.steps import PLAN
from wizard.steps.mapping_decisions import undo_question
from wizard.steps.planning import Planning

_REASONS, _REASONS_SHORT = 5, 3
_SENT = "moveday-plan-to-fill-in.yaml"


class PlanScreen(StepScreen):
    """The verdict above, the decisions below; every answer is written into moveday.yaml at once."""

    step = PLAN
    purpose = "Plan: what moves, where to, and can it be today?"
    PHASES = ("plan", "sign-in")
    ACTIONS = (
        Action("answer", "a", "answer", "Answer", "answer what is open, one question at a time"),
        Action("edit", "e", "edit", "Change", "answer the question under the cursor anew"),
        Action("look", "r", "read", "Look again", "look into the folder again"),
        Action("undo", "u", "undo", "Undo", "take back the last answer given here"),
        Action("because", "y", "because", "Verdict", "every reason for and against today"),
        Action("tasks", "t", "tasks", "People", "what people have to do, in which order"),
        Action("send", "s", "send", "Send ahead", "write a plan for somebody else to fill in"),
    )
    AUTO_FOCUS = "#facts"

    def __init__(self) -> None:
        super().__init__()
        self._made: PlanMade | None = None
        self._wrong = False

    def compose_body(self) -> ComposeResult:
        """Verdict, decisions, why the one under the cursor is asked."""
        yield Static("Looking into the folder …", id="verdict", markup=False)
        yield FactTable(("of", "decision", "answer"))
        yield Static("", id="because", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Answer", id="answer", variant="primary")
            yield Button("Send ahead", id="send")

    def on_mount(self) -> None:
        """Look at once: nothing is asked of a network."""
        self.action_read()

    def on_screen_resume(self) -> None:
        """What other steps found makes the verdict sharper."""
        self.action_read()

    def draw(self) -> None:
        """From the last look."""
        made = self._made
        if made is None:
            return
        self._draw_verdict(made)
        self.query_one(FactTable).tell(plan_facts(made))
        count = len(made.open)
        answer = self.query_one("#answer", Button)
        answer.label = f"Answer {count} open" if count else "Go on"
        answer.disabled = False
        answer.refresh(layout=True)  # a longer label needs more room

    def _draw_verdict(self, made: PlanMade) -> None:
        room = _REASONS_SHORT if self.has_class("-short") else _REASONS
        width = max(20, self.query_one("#body").size.width - 2)
        self.query_one("#verdict", Static).update(verdict_lines(made.verdict, room, width))

    def on_resize(self) -> None:
        """Cut the reasons to the new width, once it is known."""
        if self._made is not None:
            self.call_after_refresh(self._draw_verdict, self._made)

    @on(FactTable.RowHighlighted)
    def _explain(self) -> None:
        fact = self.query_one(FactTable).under_cursor
        words = clean(fact.details, 1_200, lines=True) if fact else ""
        self.query_one("#because", Static).update(words)

    @work(group="plan-look", exclusive=True, description="looking at the plan")
    async def action_read(self) -> None:
        """Look into the folder, and judge the day."""
        if self.move.desk.phase == "opening":
            return
        try:
            async with self.move.desk.planning() as planning:
                await planning.look()
                planning.due()
                self._made = planning.result(written=False)
        except MovedayError as error:
            todo = "" if error.remedy else "\nWhat to do: mend the file, then r looks again."
            words = trouble_words(error, self.step.id)
            self.query_one("#verdict", Static).update(clean(f"✗ {words}{todo}", lines=True))
            self.query_one("#answer", Button).disabled = True
            self._wrong = True
            return
        self._draw_all()
        mended, self._wrong = self._wrong, False
        if mended and self._made.whole and self.move.desk.phase == "plan":
            self.move.reopen()

    @on(Button.Pressed, "#answer")
    @work(group="plan", exclusive=True, description="questions of the plan")
    async def action_answer(self) -> None:
        """Every open question, those that can wait last; then go on to the next step."""
        made = self._made
        if made is None:
            return
        if not made.open and made.whole and not made.later:
            self.move.action_go(1)
            return
        if await self._ask_open(made, set()):
            self.move.reopen()

    async def _ask_open(self, made: PlanMade, asked: set[str]) -> bool:
        """Ask what is open and not in `asked`; False when the person closed a question."""
        while waiting := [q for q in _open(made) if q.id not in asked]:
            asked.add(waiting[0].id)
            after = await self._ask(waiting[0])
            if after is None:
                return False
            made = after
        return True

    @on(FactTable.RowSelected)
    @work(group="plan", exclusive=True, description="one question of the plan")
    async def action_edit(self) -> None:
        """The question under the cursor, with what stands there now."""
        fact, made = self.query_one(FactTable).under_cursor, self._made
        if fact is None or made is None:
            return
        topic = topic_for(made.document, fact.key)
        question = topic.question(default=current(made.document, fact.key))
        after = await self._ask(question)
        if after is not None:
            # What this answer raises is asked at once: data that is regulated needs an agreement.
            await self._ask_open(after, {question.id, *(q.id for q in _open(made))})
            self.move.reopen()

    async def _ask(self, question: Question) -> PlanMade | None:
        """Put one question until its answer is one: the plan with it. None when it was closed."""
        trouble = ""
        while True:
            text = f"{trouble}{question.text}"
            dialog = QuestionDialog(question.model_copy(update={"text": text}))
            answer = await self.move.push_screen_wait(dialog)
            if answer is None:
                return None
            try:
                async with self.move.desk.planning() as planning:
                    await planning.look()
                    planning.due()
                    return self._put(planning, question, answer.value, answer.by)
            except BadAnswer as error:
                trouble = f"That is no answer here: {error}\n\n"
            except MovedayError as error:
                self.move.show_words(error.title, reason_words(error, self.step.id))
                return None

    def _put(self, planning: Planning, question: Question, value: str, by: str) -> PlanMade:
        said = value.strip() or question.default
        if not said and not question.optional:
            raise BadAnswer("this one cannot be left out")
        planning.put(question.id, said, by)
        planning.save()
        made = self._made = planning.result(written=True)
        self._draw_all()
        return made

    @work(group="plan", exclusive=True, description="undo of the plan's last answer")
    async def action_undo(self) -> None:
        """Take back the last answer; asked first, journalled as a new decision."""
        try:
            async with self.move.desk.planning() as planning:
                found = undoable(planning.folder, planning.journal.entries, "plan")
            answer = await self.move.push_screen_wait(QuestionDialog(undo_question(found)))
            if answer is None or answer.value != "yes":
                self.say("the answer stands")
                return
            async with self.move.desk.planning() as planning:
                undo_decision(planning.folder, planning.journal, "plan", answer.by)
                await planning.look()
                planning.due()
                self._made = planning.result(written=True)
        except MovedayError as error:
            self.say(f"{error.title}: {error.detail}")
            return
        self._draw_all()
        self.say(f"taken back: {found.words}")
        self.move.reopen()

    def action_because(self) -> None:
        """The whole verdict, to read and to copy."""
        if self._made is not None:
            self.move.show_words("Can it be today?", verdict_text(self._made.verdict))

    def action_tasks(self) -> None:
        """The people's tasks, with dates."""
        tasks = self._made.tasks if self._made else ()
        lines = []
        for number, task in enumerate(tasks, 1):
            when = f", {task.by}" if task.by else ""
            done = " (done)" if task.done else ""
            lines.append(f"{number}. {task.title}{when}{done}\n{task.text}")
        words = "\n\n".join(lines) or "nothing that only a person can do"
        self.move.show_words("What people have to do, in this order", words)

    @on(Button.Pressed, "#send")
    @work(group="plan", exclusive=True, description="writing a plan to send")
    async def action_send(self) -> None:
        """A plan with the open questions explained, beside moveday.yaml."""
        path = self.move.desk.doors.folder / _SENT
        try:
            async with self.move.desk.planning() as planning:
                await planning.look()
                text = planning.sent_ahead()
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            self.notify(f"{path.name} is there already", severity="warning", markup=False)
            return
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id))
            return
        except OSError as error:
            self.move.show_words("not written", str(error))
            return
        words = "Send it to whoever can answer; put back as moveday.yaml, it asks just that."
        self.move.show_words(f"written: {path}", words)

    def copyable(self) -> str:
        """The verdict with its reasons."""
        return verdict_text(self._made.verdict) if self._made else super().copyable()


def _open(made: PlanMade) -> tuple[Question, ...]:
    """What is needed first, then what can wait."""
    return (*made.open, *made.later)


SCREEN = PlanScreen
