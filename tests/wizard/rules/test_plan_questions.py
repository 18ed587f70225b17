"""What is asked before a move: little, with reasons, and nothing that the facts settle."""

import pytest

from wizard.model.found import FolderFacts
from wizard.model.plan import Plan
from wizard.rules.bad_answer import BadAnswer
from wizard.rules.plan_answers import closest, known_ids, put_answer
from wizard.rules.plan_proposals import handle_from, proposals
from wizard.rules.plan_questions import due, taken
from wizard.rules.plan_state import standing
from wizard.rules.plan_topics import TOPICS
from wizard.rules.remotes import heroku_app

FRESH: dict[str, object] = {"format": 1, "regulated": None}


@pytest.mark.parametrize(
    ("address", "app"),
    [
        ("https://git.heroku.com/clinic.git", "clinic"),
        ("https://git.heroku.com/clinic", "clinic"),
        ("git@heroku.com:clinic.git", "clinic"),
        ("ssh://git@heroku.com/clinic.git", "clinic"),
        ("ssh://heroku.com/clinic.git", "clinic"),
        ("git@heroku.work:clinic-2.git", "clinic-2"),
        ("https://github.com/heroku/clinic.git", None),
        ("git@github.com:acme/heroku.git", None),
        ("https://git.heroku.com.evil.test/clinic.git", None),
        ("/srv/git/clinic.git", None),
    ],
)
def test_remotes_of_heroku_are_known_in_every_spelling(address: str, app: str | None) -> None:
    assert heroku_app(address) == app


def asked(folder: FolderFacts, document: dict[str, object] = FRESH) -> dict[str, str]:
    """Question id → proposed answer, as a fresh plan would ask it."""
    found = proposals(document, folder)
    for name, proposal in taken(document, found).items():
        document = put_answer(document, name, proposal.value)
    return {d.question.id: d.question.default for d in due(document, found, fresh=True)}


def test_one_remote_settles_the_app_and_a_staging_remote_is_proposed() -> None:
    folder = FolderFacts(
        remotes={
            "heroku": "https://git.heroku.com/clinic.git",
            "staging": "https://git.heroku.com/clinic-staging.git",
        }
    )
    found = asked(folder)
    assert "source.app" not in found
    assert found["source.staging"] == "clinic-staging"
    assert "target.app" not in found


def test_several_remotes_are_a_question_with_choices() -> None:
    folder = FolderFacts(
        remotes={
            "eu": "https://git.heroku.com/clinic-eu.git",
            "us": "https://git.heroku.com/clinic-us.git",
        }
    )
    found = proposals(FRESH, folder)
    assert found["source.app"].choices == ("clinic-eu", "clinic-us")
    assert "source.app" in asked(folder)


def test_a_staging_remote_alone_is_never_taken_for_the_app() -> None:
    folder = FolderFacts(remotes={"heroku": "https://git.heroku.com/clinic-staging.git"})
    assert "source.app" in asked(folder)


def test_no_remotes_ask_for_the_app_and_app_json_hints_at_databases() -> None:
    found = asked(FolderFacts(addons=("heroku-postgresql", "papertrail")))
    assert found["source.app"] == ""
    assert found["databases"] == "DATABASE_URL"


def test_the_agreement_is_asked_only_of_those_with_regulated_data() -> None:
    folder = FolderFacts(remotes={"heroku": "https://git.heroku.com/clinic.git"})
    assert "agreement" in asked(folder, put_answer(FRESH, "regulated", "yes"))
    assert "agreement" not in asked(folder, put_answer(FRESH, "regulated", False))


def test_every_question_says_why_and_what_follows() -> None:
    for topic in TOPICS:
        assert topic.why and topic.outcomes, topic.id
        assert topic.optional or "empty" not in topic.outcomes, topic.id


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("regulated", "perhaps", "yes or no"),
        ("target.app", "My App", "1 to 64"),
        ("target.app", "internal-x", "internal-"),
        ("downtime.budget_minutes", "soon", "a number"),
        ("downtime.budget_minutes", -3, "greater than 0"),
        ("target.plan", "gold", "trial"),
        ("databases", "not a url!", "no name of a variable"),
        ("databases", [{"variable": "A", "handle": "b", "colour": 1}], "no such setting"),
        ("source.app", "", "left empty"),
        ("domains", "a.test, A.TEST", "twice"),
        ("expected.stack", "soon", "date"),
    ],
)
def test_what_is_no_answer_says_why(name: str, answer: object, told: str) -> None:
    whole = Plan.model_validate(
        {
            "source": {"kind": "heroku", "app": "clinic"},
            "target": {"stack": "", "environment": "e", "app": "clinic"},
        }
    ).model_dump(mode="json")
    with pytest.raises(BadAnswer, match=told):
        put_answer(whole, name, answer)


def test_names_of_variables_become_databases() -> None:
    document = {"target": {"app": "clinic"}}
    made = put_answer(document, "databases", "DATABASE_URL, REDIS_URL ANALYTICS_URL")["databases"]
    assert made == [
        {"variable": "DATABASE_URL", "handle": "clinic-db"},
        {
            "variable": "REDIS_URL",
            "handle": "clinic-redis",
            "engine": "redis",
            "move_data": False,
        },
        {"variable": "ANALYTICS_URL", "handle": "clinic-analytics"},
    ]


def test_every_setting_can_be_answered_and_typing_errors_are_understood() -> None:
    assert {"source.staging", "dns.low_ttl", "hold_back", "expected.stack"} <= set(known_ids())
    assert closest("regulatd") == "regulated"


def test_handles_are_ones_that_aptible_takes() -> None:
    assert handle_from("Clinic_App!x") == "clinic_app-x"
    assert handle_from("internal-clinic") == "clinic"


def test_staging_that_is_the_app_itself_is_refused() -> None:
    document: dict[str, object] = {"source": {"kind": "heroku", "app": "clinic"}}
    with pytest.raises(BadAnswer, match="another app"):
        put_answer(document, "source.staging", "clinic")
    assert standing(document).open
