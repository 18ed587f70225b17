"""The plan's decisions as rows: what was answered, what the facts settled, what is open."""

from collections.abc import Mapping

from screens.widgets.fact_table import Fact
from wizard.model.plan_made import PlanMade
from wizard.model.question import Question
from wizard.model.same_day import Reason, SameDay
from wizard.rules.plan_topics import TOPICS, Topic

_MARKS = {"holds": "✓", "in the way": "✗", "unknown": "?"}


def plan_facts(made: PlanMade) -> tuple[Fact, ...]:
    """One row a decision, in the order of asking."""
    waiting = {question.id: question for question in (*made.open, *made.later)}
    needed = {question.id for question in made.open}
    known = {topic.id for topic in TOPICS}
    rows = [_row(topic, made, waiting, needed) for topic in TOPICS]
    extra = [q for q in waiting.values() if q.id not in known]
    return (*rows, *(_asked(question, needed) for question in extra))


def current(document: Mapping[str, object], name: str) -> str:
    """What stands in the plan at `name`, in the words of an answer."""
    place: object = document
    for part in name.split("."):
        place = place.get(part) if isinstance(place, Mapping) else None
    return _word(place)


def verdict_text(verdict: SameDay) -> str:
    """Today or not, then what stands in the way, what is unknown, what holds."""
    order = {"in the way": 0, "unknown": 1, "holds": 2}
    reasons = sorted(verdict.reasons, key=lambda reason: order[reason.state])
    return "\n".join([f"TODAY? {verdict.words}", *(_reason(reason) for reason in reasons)])


def _reason(reason: Reason) -> str:
    needs = f"unknown until {reason.needs}: " if reason.needs else ""
    return f"{_MARKS[reason.state]} {needs}{reason.words}"


def _row(topic: Topic, made: PlanMade, waiting: Mapping[str, Question], needed: set[str]) -> Fact:
    value = current(made.document, topic.id)
    taken = made.taken.get(topic.id)
    source = f"   {taken.where}" if taken else ""
    if topic.id in waiting and not value:
        proposed = waiting[topic.id].default
        value = f"open, proposed: {proposed}" if proposed else "open"
    mark = "!" if topic.id in needed else "?" if topic.id in waiting else " "
    return Fact(
        key=topic.id,
        group=topic.id.partition(".")[0],
        name=topic.text,
        seen=f"{value or 'not said'}{source}",
        details=_details(topic.why, topic.outcomes),
        mark=mark,
    )


def _asked(question: Question, needed: set[str]) -> Fact:
    return Fact(
        key=question.id,
        group=question.id.partition(".")[0],
        name=question.text,
        seen="open",
        details=_details(question.why, question.outcomes),
        mark="!" if question.id in needed else "?",
    )


def _details(why: str, outcomes: Mapping[str, str]) -> str:
    return "\n".join([f"why: {why}", *(f"{name}: {what}" for name, what in outcomes.items())])


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return str(value.get("variable") or value.get("name") or "")
    if isinstance(value, list | tuple):
        return ", ".join(_word(item) for item in value)
    return str(value)
