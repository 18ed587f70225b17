"""Asks what the mapping leaves open, and keeps the answers as decisions in moveday.yaml."""

from collections.abc import Mapping as MappingOf

from pydantic import SecretStr

from wizard.engine.given_values import VALUE, keep_value
from wizard.engine.plan_write import save_plan
from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.model.mapping import Mapping
from wizard.model.question import Answer, Question
from wizard.rules.container_registries import SETTINGS as LOGIN
from wizard.rules.container_registries import wants_login
from wizard.rules.mapping_answers import decide
from wizard.steps.mapping import map_app, remember


async def ask_and_map(session: Session) -> Mapping:
    """The mapping after everything was asked that can be answered now.

    Answers of one look can open new questions (a database that moves needs a disk); those are asked
    too, each question once.
    """
    mapping = await map_app(session)
    if mapping.questions:
        session.say(
            f"open questions: {len(mapping.questions)}; an empty answer takes what is proposed, or"
            " leaves the question open where nothing is"
        )
    asked: set[str] = set()
    while new := [q for q in mapping.questions if q.question.id not in asked]:
        answered = False
        for waiting in new:
            asked.add(waiting.question.id)
            if not waiting.question.id.startswith(VALUE):
                answered |= await _ask(session, mapping, waiting.question)
        if not answered:
            break
        mapping = await map_app(session)
    remember(session, mapping)
    return mapping


async def _ask(session: Session, mapping: Mapping, question: Question) -> bool:
    """Put one question until its answer makes sense; whether it was answered."""
    inventory = session.inventory()
    assert inventory is not None
    while (answer := await session.front.answer(question)) is not None:
        value = answer.value.strip() or (question.default if _typed(answer) else "")
        if not value:
            return False
        try:
            plan = decide(session.plan, inventory, mapping, question.id, value)
        except UsageError as error:
            if not _typed(answer):
                raise
            session.say(f"{error.title}: {error.detail}", "warn")
            continue
        # Stored first: an answer in the journal alone would count as given, and be lost.
        save_plan(session, plan)
        session.journal.append("answer", key=question.id, value=value, by=answer.by)
        return True
    return False


def _typed(answer: Answer) -> bool:
    return answer.by.startswith("person")


def give_values(session: Session, values: MappingOf[str, SecretStr], by: str) -> None:
    """Keep values that a person gave for variables of the inventory; says where they are kept."""
    inventory = session.inventory()
    known = {variable.name for variable in inventory.variables} if inventory else set()
    known |= set(LOGIN) if wants_login(session.plan.answers) else set()
    for name, value in values.items():
        if name not in known:
            raise UsageError(
                f"the app has no variable {name}",
                "a value was given for it",
                "names stand in moveday inventory",
            )
        session.say(f"the value of {name} is kept {keep_value(session, name, value, by)}")
