"""Which decisions are still open? From what the plan says so far and from the facts found."""

from collections.abc import Mapping, Sequence

from wizard.model.draft import Draft
from wizard.model.question import Question
from wizard.rules.plan_state import standing
from wizard.rules.plan_topics import BY_ID, TOPICS, Topic, unknown_topic

# A section that is missing as a whole is asked for by its parts.
_PARTS = {
    "source": ("source.kind", "source.app"),
    "target": ("target.stack", "target.environment", "target.app"),
}


def open_ids(document: Mapping[str, object]) -> tuple[str, ...]:
    """Ids of what is empty or missing in `document`, in the order of asking."""
    found = [
        part
        for problem in standing(document).open
        for part in _PARTS.get(problem.id, (problem.id,))
    ]
    order = {topic.id: place for place, topic in enumerate(TOPICS)}
    return tuple(sorted(dict.fromkeys(found), key=lambda name: order.get(name, len(order))))


def open_questions(draft: Draft) -> tuple[Question, ...]:
    """The questions of a draft, before anything was looked at."""
    return tuple(topic_of(name).question() for name in open_ids(draft.document))


def topic_of(name: str) -> Topic:
    """The topic of a question id; one made for it when it has none of its own."""
    return BY_ID.get(name) or unknown_topic(name)


def ids_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """Their ids, in order."""
    return tuple(question.id for question in questions)
