"""Asks for the app's name before anything that moveday made is removed; the list was shown."""

from wizard.engine.answers import put_question
from wizard.engine.session import Session
from wizard.model.question import Question
from wizard.steps.undo import Undo, undo


async def undo_confirmed(session: Session, listed: Undo) -> Undo:
    """Take back what `listed` names once the name was typed. Raises BlockedError without it."""
    app = session.plan.source.app
    question = Question(
        id="undo",
        text=f"Remove these {listed.to_remove} from the new side of {app}? Type the app's name:",
        why="databases are destroyed with what is in them; users are not on the new side",
        kind="name",
        expected=app,
        flag="--confirm NAME",
    )
    await put_question(session, question)
    return await undo(session)
