"""Writes the plan document from what is stored: it works on a draft, and asks no network."""

from collections.abc import Mapping

from wizard.clock import Clock
from wizard.engine.journal import Journal
from wizard.engine.store import Store
from wizard.model.frozen import Frozen
from wizard.reports.plan_document import plan_document
from wizard.rules.plan_questions import open_topics
from wizard.rules.same_day import same_day
from wizard.rules.to_do import person_tasks
from wizard.steps.same_day_now import facts_now

NAME = "plan.md"


class PlanReport(Frozen):
    """Where the document lies, and its text."""

    path: str
    markdown: str


def write_plan_report(
    document: Mapping[str, object], journal: Journal, store: Store, clock: Clock
) -> PlanReport:
    """Make the document of a plan or a draft, and keep it beside the journal."""
    facts = facts_now(document, journal, store, clock)
    waiting = [f"{topic.id}: {topic.text}" for topic in open_topics(document)]
    text = plan_document(document, facts, same_day(facts), person_tasks(facts), waiting)
    path = store.folder / NAME
    store.write_text(path, text)
    journal.append("evidence", key="plan-document", head=journal.head)
    return PlanReport(path=str(path), markdown=text)
