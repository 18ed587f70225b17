"""A plan that would let practice touch production, or is ambiguous, is no plan."""

import pytest
from pydantic import ValidationError

from wizard.model.plan import Plan

GOOD: dict[str, object] = {
    "source": {"kind": "heroku", "app": "acme", "staging": "acme-staging"},
    "target": {"stack": "s", "environment": "acme", "app": "acme"},
    "domains": ["acme.test", "www.acme.test"],
    "dns": {"rehearsal_name": "rehearsal.acme.test"},
    "databases": [{"variable": "DATABASE_URL", "handle": "main"}],
}


def test_a_plan_with_twins_of_its_own_is_accepted() -> None:
    assert Plan.model_validate(GOOD).dns.rehearsal_name == "rehearsal.acme.test"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": {"kind": "heroku", "app": "acme", "staging": "Acme"}}, "another app"),
        ({"dns": {"rehearsal_name": "WWW.acme.test."}}, "own domains"),
        ({"domains": ["acme.test", "Acme.test."]}, "twice"),
        ({"databases": [{"variable": v, "handle": "main"} for v in "AB"]}, "main twice"),
        ({"databases": [{"variable": "A", "handle": h} for h in "xy"]}, "A twice"),
        ({"databases": [{"variable": "R", "handle": "r", "engine": "redis"}]}, "start empty"),
        ({"dns": {"low_ttl": 0}}, "greater than or equal to 1"),
        ({"dns": {"low_ttl": 301}}, "less than or equal to 300"),
        ({"downtime": {"budget_minutes": 0}}, "greater than 0"),
    ],
)
def test_a_plan_whose_practice_would_touch_production_is_refused(
    change: dict[str, object], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        Plan.model_validate(GOOD | change)
