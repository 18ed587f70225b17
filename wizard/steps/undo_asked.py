"""Asks before anything that moveday made is removed; the list was shown."""

from wizard.engine.session import Session
from wizard.model.question import Question
from wizard.safety.consent import Level
from wizard.steps.undo import Undo, undo


async def undo_if_wanted(session: Session, listed: Undo) -> Undo:
    """Take back what `listed` names after a yes; `listed` as it was without one."""
    question = Question(
        id="undo",
        text=f"Remove these {listed.to_remove} from the new side?",
        why="this removes what moveday made; users are not on it",
        kind="confirm",
        flag="--yes",
    )
    answer = await session.front.answer(question)
    if answer is None or answer.value != "yes":
        return listed
    session.journal.append("answer", key=question.id, value=answer.value, by=answer.by)
    session.allowed, session.allowed_by = Level.CHANGE_NEW_SIDE, answer.by
    return await undo(session)
