"""What only a person can tell, since nothing outside shows it: asked once, journalled, by whom."""

from typing import TYPE_CHECKING

from wizard.acts import do
from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError

if TYPE_CHECKING:
    from wizard.runbook.context import RunContext


async def confirmed(context: "RunContext", request: PersonNeeded, said: str | None) -> None:
    """Have somebody say that `request` is done: `said` is who told it already (a hook), else the
    front end asks. Raises BlockedError without a yes: the request then stays open."""
    question = request.confirm
    assert question is not None
    by = said
    if by is None:
        answer = await context.session.front.answer(question)
        if answer is not None and answer.value == "yes":
            by = answer.by
    if by is None:
        raise BlockedError(
            f"a person's task is open: {request.title}",
            f"{request.text}\n{question.why}",
            f"do it, then {do('again')} and {do('answer', question.flag)}",
        )
    context.session.journal.append("answer", key=question.id, value="yes", by=by)
    context.record(f"confirmed/{question.id}", by)


def confirmed_by(context: "RunContext", question_id: str) -> str:
    """Who confirmed it in this run; "" when nobody has."""
    return str(context.recall(f"confirmed/{question_id}") or "")
