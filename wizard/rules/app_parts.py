"""A project of several apps: each has its own part of the facts, and its own questions."""

from wizard.model.mapping import MappedItem
from wizard.model.question import Question


def in_app(item: MappedItem, app: str) -> MappedItem:
    """The item with its app's name, and its question asked about that app alone."""
    question = item.question
    if question is not None and item.group == "variables":
        question = _asked_of(question, app)
    return item.model_copy(update={"app": app, "question": question})


def _asked_of(question: Question, app: str) -> Question:
    first, sign, rest = question.id.partition("/")
    identity = f"{first}/{app}/{rest}" if sign else f"{first}/{app}"
    return question.model_copy(
        update={
            "id": identity,
            "text": f"{app}: {question.text}",
            "flag": f"--answers FILE ({identity})",
        }
    )
