"""The message to Aptible's support for an app of a cluster: what they ask for, and no secret."""

from datetime import UTC, datetime

from tests.wizard.clinic import HOST, PASSWORD, portal, portal_plan
from wizard.engine.plan_text import plan_document
from wizard.model.cloud import CloudRegion
from wizard.reports.support_text import support_text
from wizard.rules.same_day_facts import SameDayFacts
from wizard.rules.same_day_needs import needs_of


def message(**answers: str) -> str:
    found, _ = portal()
    region = CloudRegion(region="canadacentral", country="Canada", stands_in=(), where="t")
    cloud = found.cloud.model_copy(update={"regions": (region,)})
    found = found.model_copy(update={"region": "azure Canada Central", "cloud": cloud})
    plan = portal_plan(regulated=True, answers=answers)
    facts = SameDayFacts(
        now=datetime(2026, 5, 1, tzinfo=UTC),
        regulated=True,
        needs=needs_of(plan, found),
        inventory=found,
        domains=plan.domains,
    )
    return "\n".join(support_text(plan_document(plan), facts))


def test_region_residency_sizes_and_the_longer_trial_are_named() -> None:
    text = message(**{"residency/canadacentral": "must-stay"})
    assert "from MedStack Control to Aptible" in text
    assert "azure Canada Central (Canada)" in text
    assert "must stay in that country: is a stack there possible (ca-central-1)?" in text
    assert "portal 2 x of 768 MB" in text
    assert "postgres of a version not known yet" in text
    assert "extend our trial" in text
    assert "dedicated stack" in text
    assert PASSWORD not in text
    assert HOST not in text


def test_what_nobody_has_answered_is_said_to_be_open() -> None:
    assert "is being found out" in message()
    assert "may rest in another country" in message(**{"residency/canadacentral": "may-move"})
