"""The plan of an app in a cluster: what is asked, in which words, and what is proposed."""

import pytest

from tests.wizard.clinic import SERVICES, portal
from tests.wizard.rules.mapping_examples import STACK
from wizard.clock import SYSTEM_CLOCK
from wizard.model.found import FolderFacts
from wizard.model.inventory import Inventory
from wizard.model.target_facts import TargetFacts
from wizard.rules.bad_answer import BadAnswer
from wizard.rules.plan_answers import put_answer
from wizard.rules.plan_proposals import proposals
from wizard.rules.plan_questions import due, taken
from wizard.rules.plan_state import standing
from wizard.rules.plan_topics import topics_for

CLINIC = {"source": {"kind": "medstack", "app": "portal", "cluster": "Northside Production"}}
HEALTHY = SERVICES.replace(
    "    command: gunicorn",
    "    healthcheck: {test: curl -fsS http://localhost:8000/up}\n    command: gunicorn",
)


def asked(document: dict[str, object], found: Inventory | None = None, **more: bool) -> list[str]:
    suggested = proposals(document, FolderFacts(), found)
    return [d.question.id for d in due(document, suggested, **{"fresh": True, **more})]


def test_a_cluster_is_asked_about_and_what_it_has_not_is_not() -> None:
    questions = asked({"source": {"kind": "medstack"}})
    assert questions[:2] == ["source.cluster", "source.app"]
    assert "source.maintenance" in questions
    assert not {"source.staging", "port"} & set(questions)
    heroku = asked({"source": {"kind": "heroku"}})
    assert "source.staging" in heroku
    assert not {"source.cluster", "source.maintenance"} & set(heroku)


def test_no_question_speaks_of_the_other_platform() -> None:
    for topic in topics_for(CLINIC):
        if topic.id != "source.kind":
            assert "heroku" not in topic.model_dump_json().lower(), topic.id


@pytest.mark.parametrize(
    ("folder", "value", "settled"),
    [
        (FolderFacts(remotes={"heroku": "https://git.heroku.com/acme.git"}), "heroku", True),
        (FolderFacts(looked_at="medstack", cluster="c1"), "medstack", True),
        (FolderFacts(looked_at="compose", files=("compose.yaml",)), "medstack", False),
        (FolderFacts(files=("Procfile", "compose.yaml")), "heroku", False),
        (FolderFacts(), "heroku", False),
    ],
)
def test_where_the_app_runs_is_taken_only_where_something_tells_it(
    folder: FolderFacts, value: str, settled: bool
) -> None:
    found = proposals({}, folder)
    assert found["source.kind"].value == value
    assert ("source.kind" in taken({}, found)) is settled


def test_a_compose_file_alone_leads_to_what_needs_no_account() -> None:
    found = proposals({}, FolderFacts(files=("compose.yaml",)))
    (asked,) = (d.question for d in due({}, found, fresh=True) if d.question.id == "source.kind")
    assert "moveday map" in asked.why and "without an account" in asked.why
    plain = due({}, proposals({}, FolderFacts()), fresh=True)
    assert all("moveday map" not in d.question.why for d in plain)


def test_the_inventory_proposes_databases_domains_port_and_page() -> None:
    found, _ = portal(HEALTHY)
    plan = {**CLINIC, "target": {"stack": "", "environment": "e", "app": "portal"}}
    suggested = proposals(plan, FolderFacts(), found)
    assert suggested["databases"].value == "REDIS_URL, DATABASE_URL"
    assert suggested["port"].value == "8000"
    assert suggested["smoke.path"].value == "/up"
    assert suggested["target.environment"].value == "northside-production"
    raised = [d.question.id for d in due(plan, suggested, fresh=False)]
    assert raised == ["databases", "domains", "port"]
    done = put_answer(put_answer(plan, "port", "8000"), "databases", "DATABASE_URL", found)
    again = [d.question.id for d in due(done, proposals(done, FolderFacts(), found), fresh=False)]
    assert again == ["domains"]
    (database,) = standing(done).plan.databases  # type: ignore[union-attr]
    assert (database.route, database.move_data) == ("job", True)


def test_stacks_near_the_data_come_first() -> None:
    found, _ = portal()
    canada = found.cloud.model_copy(update={"regions": ()})
    stacks = (
        STACK,
        STACK.model_copy(
            update={"name": "shared-ca", "region": "ca-central-1", "dedicated": False}
        ),
    )
    facts = TargetFacts(organization="o", stacks=stacks, at=SYSTEM_CLOCK.now())
    plan = {**CLINIC, "regulated": False}
    assert proposals(plan, FolderFacts(), found, facts)["target.stack"].choices[0] == "s"
    from wizard.model.cloud import CloudRegion

    region = CloudRegion(region="canadacentral", country="Canada", stands_in=(), where="t")
    near = found.model_copy(update={"cloud": canada.model_copy(update={"regions": (region,)})})
    assert proposals(plan, FolderFacts(), near, facts)["target.stack"].choices[0] == "shared-ca"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("zero", {"by": "zero"}),
        ("variable MAINTENANCE", {"by": "variable", "variable": "MAINTENANCE"}),
        ("Variable DOWN=yes", {"by": "variable", "variable": "DOWN", "on": "yes"}),
        (
            "image registry.example.net/page:1",
            {"by": "image", "image": "registry.example.net/page:1"},
        ),
    ],
)
def test_the_three_ways_to_keep_users_out(said: str, kept: dict[str, str]) -> None:
    changed = put_answer(CLINIC, "source.maintenance", said)
    assert changed["source"]["maintenance"] == kept  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("source.maintenance", "later"),
        ("source.maintenance", "variable 1x"),
        ("source.maintenance", "image"),
        ("source.kind", "compose"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "８０"),
    ],
)
def test_what_is_no_answer(name: str, said: str) -> None:
    with pytest.raises(BadAnswer):
        put_answer(CLINIC, name, said)
