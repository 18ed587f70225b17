"""What becomes of add-ons: one golden case per row of the table, and never a silent guess."""

import pytest

from tests.wizard.rules.mapping_examples import addon
from tests.wizard.rules.test_variables import inventory, plan
from wizard.model.inventory import Variable
from wizard.model.plan import AddonChoice, Job
from wizard.rules.addon_catalog import CATALOG, kind_of
from wizard.rules.addons import AddonDecision, decide_addons, variables_of_addons
from wizard.rules.outbound import outbound_evidence


def decide(service: str, **more: object) -> AddonDecision:
    app = inventory().model_copy(update={"addons": (addon(f"{service}-1", service),)})
    return decide_addons(app, plan(**more))[0]


@pytest.mark.parametrize(
    ("service", "rule", "action", "variables"),
    [
        ("heroku-postgresql", "A1", "open", "keep"),
        ("heroku-redis", "A2", "open", "keep"),
        ("rediscloud", "A3", "open", "keep"),
        ("heroku-kafka", "A4", "open", "keep"),
        ("cloudamqp", "A5", "open", "keep"),
        ("memcachier", "A6", "open", "keep"),
        ("bonsai", "A7", "open", "keep"),
        ("mailgun", "A8", "stay", "keep"),
        ("papertrail", "A9", "stay", "keep"),
        ("newrelic", "A10", "stay", "keep"),
        ("sentry", "A11", "stay", "keep"),
        ("librato", "A12", "replace", "drop"),
        ("bucketeer", "A13", "stay", "keep"),
        ("jawsdb", "A14", "open", "keep"),
        ("ormongo", "A15", "open", "keep"),
        ("algolia", "A16", "stay", "keep"),
        ("fixie", "A17", "replace", "drop"),
        ("scheduler", "A18", "open", "drop"),
        ("judoscale", "A19", "replace", "drop"),
        ("herokuconnect", "A20", "open", "keep"),
        ("deployhooks", "A21", "drop", "drop"),
        ("ssl", "A22", "drop", "drop"),
        ("expeditedwaf", "A23", "open", "keep"),
        ("frobnicator", "A24", "open", "keep"),
    ],
)
def test_every_row(service: str, rule: str, action: str, variables: str) -> None:
    found = decide(service)
    assert (found.because, found.action, found.variables) == (rule, action, variables)
    assert (found.question is not None) is (action == "open")


def test_the_table_knows_each_service_once_and_has_a_case_per_row() -> None:
    services = [service for kind in CATALOG for service in kind.services]
    assert len(services) == len(set(services))
    assert [kind.id for kind in CATALOG] == [f"A{number}" for number in range(1, 24)]
    assert kind_of("") is None


@pytest.mark.parametrize(
    ("service", "choice", "variables"),
    [
        ("sendgrid", AddonChoice(action="replace", by="our own account"), "give"),
        ("librato", AddonChoice(action="replace"), "drop"),
        ("frobnicator", AddonChoice(action="replace", by="frob"), "give"),
        ("frobnicator", AddonChoice(action="stay"), "keep"),
        ("sendgrid", AddonChoice(action="drop"), "drop"),
    ],
)
def test_a_person_goes_before_the_table(service: str, choice: AddonChoice, variables: str) -> None:
    for key in (service, f"{service}-1"):
        found = decide(service, addons={key: choice})
        assert (found.action, found.variables) == (choice.action, variables)
        assert found.because == "decided by moveday.yaml"
        assert found.question is None


def test_a_service_names_an_add_on_only_while_there_is_one_of_it() -> None:
    two = (addon("a", "frob"), addon("b", "frob"))
    app = inventory().model_copy(update={"addons": two})
    found = decide_addons(app, plan(addons={"frob": AddonChoice(action="stay")}))
    assert [d.question.id for d in found if d.question] == ["addon/a", "addon/b"]


def test_named_jobs_answer_the_scheduler() -> None:
    found = decide("scheduler", jobs=(Job(command="x", schedule="@daily"),))
    assert (found.action, found.question) == ("jobs", None)


def test_variables_follow_their_add_on() -> None:
    fact = Variable(name="L", origin="addon", owner="librato-1", length=1, where="t")
    app = inventory(fact).model_copy(update={"addons": (addon("librato-1", "librato"),)})
    assert variables_of_addons(app, plan())["L"].variables == "drop"


@pytest.mark.parametrize(
    ("name", "service", "evidence"),
    [
        ("SMTP_OPTIONS", "", "sends mail"),
        ("MAILER_URL", "", "sends mail"),
        ("MAIL_GREETING", "", ""),
        ("EMAIL_FROM", "", ""),
        ("SMTP_PORT", "", ""),
        ("CLINIC_SMTP_ENABLE_STARTTLS_AUTO", "", ""),
        ("SMTP_HOST", "", "sends mail"),
        ("PARTNER_DOMAIN", "", "reaches a partner"),
        ("STRIPE_SECRET_KEY", "", "moves money"),
        ("STRIPE_PUBLISHABLE_KEY", "", ""),
        ("TWILIO_AUTH_TOKEN", "", "sends messages"),
        ("SLACK_CLIENT_ID", "", ""),
        ("SLACK_CLIENT_SECRET", "", ""),
        ("SLACK_BOT_TOKEN", "", "sends messages"),
        ("PAYPAL_CLIENT_SECRET", "", "moves money"),
        ("EPIC_CLIENT_ID", "", "reaches a partner"),
        ("EPIC_SSO_CLIENT_ID", "", ""),
        ("PARTNER_DATABASE_URL", "", "reaches a partner"),
        ("EPICENTER", "", ""),
        ("ANYTHING", "postmark", "the add-on postmark: sends mail"),
        ("ANYTHING", "sentry", ""),
        ("SECRET_KEY_BASE", "", ""),
        ("DATABASE_URL", "", ""),
    ],
)
def test_what_reaches_people_is_told_with_evidence(name: str, service: str, evidence: str) -> None:
    found = outbound_evidence(name, service)
    assert evidence in found
    assert bool(found) is bool(evidence)
