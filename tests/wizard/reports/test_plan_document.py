"""The plan as a document for others: compared with a golden file, and safe with hostile words."""

from datetime import UTC, date, datetime
from pathlib import Path

from wizard.engine.plan_yaml import load_yaml
from wizard.model.plan import Expected
from wizard.reports.plan_document import plan_document
from wizard.rules.same_day import same_day
from wizard.rules.same_day_facts import SameDayFacts
from wizard.rules.to_do import person_tasks

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TEXT = """
source: {kind: heroku, app: clinic, staging: clinic-staging}
target: {stack: '', environment: clinic, app: clinic, plan: production}
regulated: true
expected: {stack: 2026-03-05}
downtime: {budget_minutes: 20, window: 'Saturday night'}
databases:
  - {variable: DATABASE_URL, handle: clinic-db, disk_gb: 20}
  - {variable: REDIS_URL, handle: clinic-redis, engine: redis, move_data: false}
domains: [clinic.test]
"""


def written(text: str, open_words: tuple[str, ...] = ()) -> str:
    """The document of a plan before anybody signed in."""
    document, _ = load_yaml(text.encode())
    assert isinstance(document, dict)
    facts = SameDayFacts(
        now=NOW,
        regulated=True,
        chosen_plan="production",
        expected=Expected(stack=date(2026, 3, 5)),
        domains=("clinic.test",),
        budget_minutes=20,
    )
    return plan_document(document, facts, same_day(facts), person_tasks(facts), open_words)


def test_the_document_reads_as_agreed() -> None:
    golden = Path(__file__).parent / "golden" / "plan.md"
    assert (
        written(TEXT, ("smoke.path: Which page shows that the app works?",)) == golden.read_text()
    )


def test_words_of_others_cannot_change_its_form() -> None:
    hostile = TEXT.replace("Saturday night", "a | b [x](http://evil.test) <script> `c`")
    text = written(hostile)
    assert "a \\| b \\[x\\](http\\://evil.test) \\<script\\> \\`c\\`" in text
