"""Makes or finishes the plan: looks into the folder, takes answers, asks what is open, writes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wizard.clock import Clock
from wizard.engine.events import Said
from wizard.engine.front import Front
from wizard.engine.journal import Journal
from wizard.engine.open_questions import OpenQuestions
from wizard.engine.plan_file import FILE_NAME, plan_bytes, settle
from wizard.engine.plan_text import write_document
from wizard.engine.plan_write import refuse_while_open, store_document
from wizard.engine.plan_yaml import load_yaml
from wizard.engine.store import Store
from wizard.errors import UsageError
from wizard.model.found import FolderFacts, Proposal
from wizard.model.inventory import Inventory
from wizard.model.plan_made import PlanMade
from wizard.model.question import Answer
from wizard.ports.repo import Repo
from wizard.rules.bad_answer import BadAnswer
from wizard.rules.plan_answers import known_ids, put_answer, with_value
from wizard.rules.plan_proposals import proposals
from wizard.rules.plan_questions import Due, due, explained, taken
from wizard.rules.plan_state import standing
from wizard.rules.plan_topics import KINDS, kind_of
from wizard.rules.remotes import heroku_apps
from wizard.rules.same_day import same_day
from wizard.rules.to_do import person_tasks
from wizard.steps.folder_look import look_into
from wizard.steps.same_day_now import facts_now, stored_inventory
from wizard.steps.target_facts import target_facts

SENT_AHEAD = """\
# Somebody asks you to complete this plan. What stands empty is a question for you; the lines above
# it say why it is asked. Either fill it in here, or put this file into the app's folder as
# moveday.yaml and run `moveday plan` there: it asks exactly these questions.
#
"""


@dataclass
class Planning:
    """One making of a plan. Hold the lock while it works."""

    folder: Path
    journal: Journal
    store: Store
    front: Front
    repo: Repo
    clock: Clock
    document: dict[str, object] = field(default_factory=dict)
    fresh: bool = False
    settled: set[str] = field(default_factory=set)
    took: dict[str, Proposal] = field(default_factory=dict)
    _given: list[tuple[str, object, str]] = field(default_factory=list)
    _before: str = ""
    _facts: FolderFacts = field(default_factory=FolderFacts)
    _inventory: Inventory | None = None

    async def look(self) -> None:
        """Read the file and the folder. Raises UsageError for what is wrong in the file."""
        raw = plan_bytes(self.folder)
        self.fresh = raw is None or not raw.strip()
        if raw is not None:
            self._before = hashlib.sha256(raw).hexdigest()
            settle(raw)
            found, _ = load_yaml(raw)
            self.document = dict(found) if isinstance(found, dict) else {}
        if self.fresh:
            # Empty, so that it is asked: silence is no answer about patients' data.
            self.document = {"format": 1, "regulated": None}
        self._facts = await look_into(self.folder, self.repo)
        self._inventory = stored_inventory(self.store, self.journal)

    def proposals(self) -> dict[str, Proposal]:
        """What the facts suggest, with the decisions so far."""
        target = target_facts(self.journal.entries)
        return proposals(self.document, self._facts, self._inventory, target)

    def due(self) -> tuple[Due, ...]:
        """The questions that are open now."""
        self._take()
        return due(self.document, self.proposals(), fresh=self.fresh, settled=self.settled)

    def _take(self) -> None:
        for name, proposal in taken(self.document, self.proposals()).items():
            if name in self.settled:
                continue
            try:
                self.document = put_answer(self.document, name, proposal.value, self._inventory)
            except BadAnswer:
                continue  # a name that the new side would not take: a person chooses
            self.took[name] = proposal

    def put(self, name: str, value: object, by: str) -> None:
        """One answer, kept by `save`. Raises BadAnswer."""
        self.document = put_answer(self.document, name, value, self._inventory)
        self.settled.add(name)
        self.took.pop(name, None)
        self._given.append((name, value, by))

    def put_all(self, answers: Mapping[str, object], by: str) -> None:
        """Answers given beforehand, whole sections before their parts, names before what follows.

        Raises UsageError naming the one that cannot be.
        """
        order = {name: place for place, name in enumerate(known_ids())}
        sections = sorted(answers, key=lambda name: ("." in name, order.get(name, len(order))))
        for name in sorted(sections, key=lambda name: name == "databases"):
            if name == "databases":
                self._take()  # their names follow from the app's
            try:
                self.put(name, answers[name], by)
            except BadAnswer as error:
                raise UsageError(f"the answer to {name} cannot be used", str(error)) from error

    async def ask(self, *, defaults: bool) -> None:
        """Ask until nothing is due, or nobody answers. `defaults`: unanswered ones take theirs."""
        if not defaults:
            self._introduce()
        unanswered: set[str] = set()
        while waiting := [d for d in self.due() if d.question.id not in unanswered]:
            first = waiting[0]
            answer = await self.front.answer(first.question)
            if answer is None and defaults and not (first.needed or first.raised):
                answer = Answer(value=first.question.default, by="default")
            if answer is None or not self._accept(first, answer):
                if answer is None:
                    unanswered.add(first.question.id)
                continue

    def _introduce(self) -> None:
        """What the folder settled, and what is coming: a person likes to know both first."""
        many = len(self.due())
        for name, proposal in self.took.items():
            if name != "source.kind":
                self.front.hear(Said(f"{name}: {proposal.value} ({proposal.where})"))
        if many:
            count = "1 question" if many == 1 else f"about {many} questions"
            self.front.hear(Said(f"{count}; nothing is changed but moveday.yaml"))
            self.front.hear(Said("you can change it there later; ctrl-c keeps what was answered"))

    def _accept(self, asked: Due, answer: Answer) -> bool:
        """Whether the answer was one; else the person hears why and is asked again."""
        value = answer.value.strip() or asked.question.default
        try:
            if not value and asked.needed:
                raise BadAnswer("this one cannot be left out")
            self.put(asked.question.id, value, answer.by)
        except BadAnswer as error:
            self.front.hear(Said(f"that is no answer here: {error}", "warn"))
            return False
        return True

    def save(self) -> bool:
        """Write moveday.yaml if anything was decided; whether it was changed.

        What was not answered stands in it as an empty value. The journal hears of an answer only
        when it is stored: one in the journal alone would count as given, and be lost.
        """
        if not (self.settled or self.took):
            return False
        refuse_while_open(self.journal)
        self._leave_open()
        raw = store_document(self.folder, self.document, self._before)
        for name, value, by in self._given:
            self.journal.append("answer", key=name, value=value, by=by)
        self._given.clear()
        digest = hashlib.sha256(raw).hexdigest()
        if digest == self._before:
            return False
        self.journal.append("decided", key="plan", hash=digest, before=self._before)
        self._before = digest
        return True

    def _leave_open(self) -> dict[str, str]:
        """Put an empty value where an answer is due; id → its explanation."""
        waiting = self.due() if standing(self.document).plan is None or self.fresh else ()
        for each in waiting:
            self.document = with_value(self.document, each.question.id, None)
        return {each.question.id: explained(each) for each in waiting}

    def sent_ahead(self) -> str:
        """The text of a plan to send to whoever can answer: open questions empty and explained."""
        notes = self._leave_open()
        return SENT_AHEAD + write_document(self.document, notes)

    def result(self, *, written: bool) -> PlanMade:
        """What stands now, what is open, and what it means for today."""
        plan = standing(self.document).plan
        facts = facts_now(self.document, self.journal, self.store, self.clock)
        waiting = self.due()
        holes = [d.question for d in waiting if d.needed or plan is None]
        return PlanMade(
            document=dict(self.document),
            whole=plan is not None,
            written=written,
            taken=dict(self.took),
            open=tuple(holes) if plan is None else (),
            later=tuple(d.question for d in waiting) if plan is not None else (),
            notes=(*self._facts.notes, *self._seen()),
            tasks=person_tasks(facts),
            verdict=same_day(facts),
        )

    def _seen(self) -> tuple[str, ...]:
        if kind_of(self.document) not in ("", KINDS[0]):
            return ()
        apps = heroku_apps(self._facts.remotes)
        if self._facts.remotes and not apps:
            return ("none of the git remotes leads to Heroku",)
        return ()


async def make_plan(
    planning: Planning, answers: Mapping[str, object] | None, by: str, *, at_terminal: bool
) -> PlanMade:
    """Look, answer, ask, write. Raises OpenQuestions with what nobody answered.

    Without answers and without a terminal nothing is written.
    """
    await planning.look()
    if answers:
        planning.put_all(answers, by)
    if answers is not None or at_terminal:
        try:
            await planning.ask(defaults=answers is not None and not at_terminal)
        except BaseException:
            # Broken off at a question: what was answered before it is kept.
            planning.save()
            raise
    may_write = answers is not None or at_terminal or not planning.due()
    written = planning.save() if may_write else False
    made = planning.result(written=written)
    if made.open:
        title = (
            f"{FILE_NAME} is a draft" if written or not planning.fresh else "there is no plan yet"
        )
        raise OpenQuestions(title, made.open)
    return made
