"""The plan's decisions as rows: what was answered, what the facts settled, what is open."""

from collections.abc import Mapping

from screens.widgets.fact_table import Fact, cut
from wizard.model.plan_made import PlanMade
from wizard.model.question import Question
from wizard.model.same_day import Reason, SameDay
from wizard.rules.plan_topics import Topic, topics_for
from wizard.safety.clean import clean

_SHORT = {
    "source.kind": "platform",
    "source.staging": "staging app",
    "source.maintenance": "users kept out by",
    "regulated": "regulated data",
    "agreement": "agreement (BAA)",
    "downtime.budget_minutes": "minutes down",
    "downtime.window": "announced for",
    "dns.rehearsal_name": "name to practise on",
    "smoke.path": "page that shows it works",
}
"""What a decision is called in a row; others by the last part of their id."""
_MARKS = {"holds": "✓", "in the way": "✗", "unknown": "?"}


def plan_facts(made: PlanMade) -> tuple[Fact, ...]:
    """One row a decision, in the order of asking."""
    waiting = {question.id: question for question in (*made.open, *made.later)}
    needed = {question.id for question in made.open}
    topics = topics_for(made.document)
    known = {topic.id for topic in topics}
    rows = [_row(topic, made, waiting, needed) for topic in topics]
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
    return "\n".join([_headline(verdict), *(_reason(reason) for reason in _in_order(verdict))])


def verdict_lines(verdict: SameDay, room: int, width: int) -> str:
    """The verdict for a small place: `room` reasons of one line each, and how to see all."""
    reasons = _in_order(verdict)
    # One line more is no longer than the line that says so.
    shown = reasons if len(reasons) <= room + 1 else reasons[:room]
    lines = [cut(clean(_reason(reason), 1_000), width) for reason in shown]
    if len(shown) < len(reasons):
        lines.append(f"  … {len(reasons) - len(shown)} more; y shows all")
    return "\n".join([clean(_headline(verdict), 1_000), *lines])


def _headline(verdict: SameDay) -> str:
    return f"TODAY? {verdict.words}"


def _in_order(verdict: SameDay) -> list[Reason]:
    order = {"in the way": 0, "unknown": 1, "holds": 2}
    return sorted(verdict.reasons, key=lambda reason: order[reason.state])


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
        group=_group(topic.id),
        name=_short(topic.id),
        seen=f"{value or 'not said'}{source}",
        details=_details(topic.text, topic.why, topic.outcomes),
        mark=mark,
    )


def _asked(question: Question, needed: set[str]) -> Fact:
    return Fact(
        key=question.id,
        group=_group(question.id),
        name=_short(question.id),
        seen="open",
        details=_details(question.text, question.why, question.outcomes),
        mark="!" if question.id in needed else "?",
    )


def _group(identity: str) -> str:
    """Which side or part a decision belongs to; nothing when it stands for itself."""
    first, dot, _ = identity.partition(".")
    return {"source": "old side", "target": "new side"}.get(first, first) if dot else ""


def _short(identity: str) -> str:
    return _SHORT.get(identity, identity.rpartition(".")[2].replace("_", " "))


def _details(text: str, why: str, outcomes: Mapping[str, str]) -> str:
    return "\n".join([text, f"why: {why}", *(f"{name}: {what}" for name, what in outcomes.items())])


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "by" in value:
            return " ".join(str(value[k]) for k in ("by", "variable", "image") if value.get(k))
        return str(value.get("variable") or value.get("name") or "")
    if isinstance(value, list | tuple):
        return ", ".join(_word(item) for item in value)
    return str(value)
