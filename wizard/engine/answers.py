"""Puts questions to the person and raises the consent of this session by their answers."""

from wizard.acts import do
from wizard.engine.session import Session
from wizard.errors import BlockedError, NotConfirmed
from wizard.model.question import Question
from wizard.safety.consent import Level

CHANGE_NEW_SIDE = "change-new-side"
"""The question whose yes is consent to change the new side."""


async def put_question(session: Session, question: Question) -> float:
    """Ask, and journal the answer; the seconds it took.

    Raises BlockedError when nobody is there to answer, or when the answer is not the one needed. A
    name typed right ("name") is consent to what users notice.
    """
    begun = session.clock.elapsed()
    answer = await session.front.answer(question)
    if answer is None:
        raise BlockedError(
            f"open question: {question.text}",
            question.why,
            do("answer", question.flag or "a person at a terminal"),
        )
    right = {"name": answer.value == question.expected, "confirm": answer.value == "yes"}
    if not right.get(question.kind, True):
        raise BlockedError(
            f"not confirmed: {question.text}",
            f"“{question.expected}” was expected" if question.kind == "name" else "the answer: no",
        )
    session.journal.append("answer", key=question.id, value=answer.value, by=answer.by)
    if question.kind == "name":
        session.allowed, session.allowed_by = Level.USERS_NOTICE, answer.by
    return session.clock.elapsed() - begun


async def ask_for_new_side(session: Session, what: str, flag: str) -> None:
    """Make sure that the new side may be changed in this session; `what` will be done there."""
    if session.allowed >= Level.CHANGE_NEW_SIDE:
        return
    question = Question(
        id=CHANGE_NEW_SIDE,
        text=f"{what}?",
        why="this changes the new side only; users notice nothing",
        kind="confirm",
        flag=flag,
    )
    try:
        await put_question(session, question)
    except BlockedError as error:
        raise NotConfirmed(error.title, error.detail, error.remedy) from error
    session.allowed, session.allowed_by = Level.CHANGE_NEW_SIDE, "answered yes"


def said_yes_to_new_side(session: Session, to: str, by: str) -> None:
    """Journal a yes to changing the new side that was given before the work was begun.

    `to` names what was read and agreed to, `by` who agreed ("person at the screen").
    """
    if session.allowed >= Level.CHANGE_NEW_SIDE:
        return
    session.journal.append("answer", key=CHANGE_NEW_SIDE, value="yes", by=by, to=to)
    session.allowed, session.allowed_by = Level.CHANGE_NEW_SIDE, by
