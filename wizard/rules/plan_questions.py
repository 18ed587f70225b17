"""Which decisions are still open? From what the plan says so far and from the facts found."""

import textwrap
from collections.abc import Collection, Mapping
from typing import NamedTuple

from wizard.model.draft import Draft
from wizard.model.found import Proposal
from wizard.model.question import Question
from wizard.rules.plan_state import standing
from wizard.rules.plan_topics import TOPICS, Topic, topic_for, topics_for

# A section that is missing as a whole is asked for by its parts.
_PARTS = {
    "source": ("source.kind", "source.app"),
    "target": ("target.stack", "target.environment", "target.app"),
}
_WIDTH = 90
# What the facts settle is taken, said aloud, and can be answered otherwise.
TAKEN = frozenset({"source.kind", "source.app", "target.environment", "target.app"})
# Asked once something hints at them: also on a finished plan, when a new fact does.
_HINTED = frozenset({"databases", "domains"})
_ASKED_AGAIN = _HINTED | {"target.stack", "target.plan"}


class Due(NamedTuple):
    """One question that should be asked now. `needed`: nothing can go on without its answer.

    `raised`: the plan is whole, but a new fact says more than it does; only a person takes it over.
    """

    question: Question
    needed: bool
    where: str = ""
    raised: bool = False


def open_ids(document: Mapping[str, object]) -> tuple[str, ...]:
    """Ids of what is empty or missing in `document`, in the order of asking."""
    found = [
        part
        for problem in standing(document).open
        for part in _PARTS.get(problem.id, (problem.id,))
    ]
    order = {topic.id: place for place, topic in enumerate(TOPICS)}
    return tuple(sorted(dict.fromkeys(found), key=lambda name: order.get(name, len(order))))


def open_topics(document: Mapping[str, object]) -> tuple[Topic, ...]:
    """What is open in `document`, in the order of asking."""
    return tuple(topic_for(document, name) for name in open_ids(document))


def open_questions(draft: Draft) -> tuple[Question, ...]:
    """The questions of a draft, before anything was looked at."""
    return tuple(topic.question() for topic in open_topics(draft.document))


def taken(document: Mapping[str, object], found: Mapping[str, Proposal]) -> dict[str, Proposal]:
    """What the facts alone settle of what is open."""
    open_now = open_ids(document)
    return {
        name: found[name]
        for name in open_now
        if name in TAKEN and name in found and found[name].value and not found[name].choices
    }


def due(
    document: Mapping[str, object],
    found: Mapping[str, Proposal],
    *,
    fresh: bool,
    settled: Collection[str] = (),
) -> tuple[Due, ...]:
    """The questions to ask, in order. `fresh`: the plan is being made, nothing was asked before.

    What stands in the document is settled. What is open there is asked; so is, for a fresh plan,
    everything that has a topic; for others only what a new fact or answer raises. `settled` are
    ids that were answered now, and are not asked again.
    """
    open_now = open_ids(document)
    result = []
    known = [topic.id for topic in topics_for(document)]
    for name in (*known, *(n for n in open_now if n not in known)):
        empty = name in open_now
        proposal = found.get(name)
        new = fresh or (name == "agreement" and "regulated" in settled)
        if name in settled or not (empty or _raised(document, name, proposal, fresh=new)):
            continue
        topic = topic_for(document, name)
        choices = proposal.choices if proposal else ()
        question = topic.question(default=proposal.value if proposal else "", choices=choices)
        if proposal is not None and proposal.beside:
            question = question.model_copy(update={"why": f"{question.why}; {proposal.beside}"})
        needed = not topic.optional and not question.default
        raised = not (fresh or empty or name == "agreement")
        result.append(Due(question, needed, proposal.where if proposal else "", raised))
    return tuple(result)


def explained(each: Due) -> str:
    """A question as the comment above the empty value in a plan."""
    question = each.question
    lines = [*textwrap.wrap(question.text, _WIDTH), *textwrap.wrap(f"Why: {question.why}", _WIDTH)]
    for answer, follows in question.outcomes.items():
        lines += textwrap.wrap(f"{answer}: {follows}", _WIDTH, initial_indent="- ")
    if question.default:
        where = f" ({each.where})" if each.where else ""
        lines.append(f"Proposed: {question.default}{where}")
    return "\n".join(lines)


def _raised(
    document: Mapping[str, object], name: str, proposal: Proposal | None, *, fresh: bool
) -> bool:
    """Whether a value that nobody wrote down should be asked for."""
    if name in _ASKED_AGAIN and (name in _HINTED or not fresh):
        hint = proposal is not None and bool(proposal.value or proposal.choices)
        return hint and _value(document, name) in (None, [], "")
    if topic_for(document, name).hinted and not (proposal and proposal.value):
        return False
    if topic_for(document, name).hinted and not fresh:
        return not _there(document, name)
    if _there(document, name) or (name == "agreement" and document.get("regulated") is not True):
        return False
    return fresh


def _there(document: Mapping[str, object], name: str) -> bool:
    section, _, key = name.partition(".")
    held = document.get(section)
    if not key:
        return section in document
    return isinstance(held, Mapping) and key.partition(".")[0] in held


def _value(document: Mapping[str, object], name: str) -> object:
    place: object = document
    for part in name.split("."):
        if isinstance(place, Mapping):
            place = place.get(part)
        elif isinstance(place, list) and part.isdigit() and int(part) < len(place):
            place = place[int(part)]
        else:
            return None
    return place
