"""The whole mapping: golden cases by rule, every item once, never a value, the same every time."""

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.wizard.rules.mapping_examples import (
    IMAGES,
    STACK,
    VALUES,
    addon,
    facts,
    item,
    mapped,
    whole_app,
    whole_plan,
)
from wizard.model.inventory import Inventory, Variable
from wizard.model.plan import AddonChoice, DatabaseChoice, Job, VariableChoice
from wizard.rules.mapping import build_mapping
from wizard.rules.variables import decide_variables


def test_golden_app_of_every_kind() -> None:
    found = {(i.group, i.name): (i.becomes, i.because, i.monthly_cents) for i in mapped().items}
    assert found == {
        ("processes", "clock"): ("service", "P3", 5840),
        ("processes", "release"): ("hook", "P1", 0),
        ("processes", "web"): ("service", "P4", 11680),
        ("databases", "pg-1"): ("database", "D1", 23360 + 1000),
        ("variables", "APP_URL"): ("kept", "V14", 0),
        ("variables", "CALLBACK"): ("kept", "V10", 0),
        ("variables", "DATABASE_URL"): ("rewritten", "V3", 0),
        ("variables", "DYNO"): ("dropped", "V1", 0),
        ("variables", "EMPTY"): ("dropped", "V5", 0),
        ("variables", "FROB_URL"): ("kept", "V8", 0),
        ("variables", "HIDDEN"): ("open", "V6", 0),
        ("variables", "JDBC_URL"): ("kept", "V15", 0),
        ("variables", "PEM"): ("kept", "V9", 0),
        ("variables", "PORT"): ("rewritten", "V2", 0),
        ("variables", "QUOTAGUARDSTATIC_URL"): ("dropped", "V12", 0),
        ("variables", "SENDGRID_KEY"): ("held back", "V11", 0),
        ("variables", "STRIPE_SECRET_KEY"): ("held back", "V11", 0),
        ("add-ons", "sendgrid-1"): ("stays behind", "A8", None),
        ("add-ons", "frob-1"): ("open", "A24", None),
        ("add-ons", "quota-1"): ("replaced", "A17", 0),
        ("add-ons", "jobs-1"): ("open", "A18", None),
        ("add-ons", "shared-1"): ("stays behind", "A11", 0),
        ("domains", "acme-123.herokuapp.com"): ("endpoint", "N3", 4380),
        ("domains", "www.acme.test"): ("endpoint", "N1", 4380),
        ("domains", "acme.test"): ("open", "N2", 0),
        ("certificates", "auto"): ("certificate", "C1", 0),
        ("certificates", "own"): ("certificate", "C2", 0),
        ("partners", "partners with allow-lists"): ("open", "X2", 0),
        ("people", "sam@acme.test"): ("not carried over", "L1", 0),
        ("logs", "logs.test"): ("not carried over", "L2", 0),
        ("scaling", "autoscaling of web"): ("not carried over", "L3", 0),
        ("releases", "pipeline acme"): ("not carried over", "L5", 0),
        ("releases", "acme-staging"): ("not carried over", "L5", 0),
        ("releases", "acme/app"): ("not carried over", "L5", 0),
        ("releases", "webhook 1 to chat.test"): ("not carried over", "L5", 0),
        ("platform", "buildpack 0 heroku/python"): ("replaced", "L6", 0),
        ("platform", "feature preboot"): ("not carried over", "L4", 0),
        ("platform", "feature new-thing"): ("not carried over", "L4", 0),
        ("platform", "pg-1 as MAIN in other"): ("not carried over", "L8", 0),
        ("platform", "alerts"): ("not carried over", "L7", 0),
    }


def test_questions_come_with_what_they_are_about_and_the_step_that_waits() -> None:
    assert {q.question.id: (q.about, q.before) for q in mapped().questions} == {
        "database/DATABASE_URL/extensions/timescaledb": (("pg-1",), "report"),
        "variable/HIDDEN": (("HIDDEN",), "deploy"),
        "variable/JDBC_URL": (("JDBC_URL",), "deploy"),
        "hold-back": (("SENDGRID_KEY", "STRIPE_SECRET_KEY"), "deploy"),
        "addon/frobnicator": (("frob-1",), "deploy"),
        "jobs": (("jobs-1",), "deploy"),
        "domain/acme.test": (("acme.test",), "cutover"),
        "partners": (("partners with allow-lists",), "cutover"),
    }


def test_unknown_prices_are_unknown_and_in_no_sum() -> None:
    mapping = mapped()
    assert mapping.today.cents == 10_000 + 5_000 + 100 + 1_900
    assert mapping.today.unknown == ("clock", "sendgrid-1")
    assert mapping.monthly.cents == 5840 + 11680 + 24360 + 2 * 4380
    assert mapping.monthly.unknown == (
        "sendgrid-1",
        "frob-1",
        "jobs-1",
        "backups of the databases",
    )
    assert [(line.cents, "stack" in line.name) for line in mapping.shared_costs] == [
        (None, False),
        (49_900, True),
    ]


def test_what_a_person_decided_is_said_so_and_asks_nothing_more() -> None:
    chosen = whole_plan(
        hold_back=("STRIPE_SECRET_KEY",),
        variables={
            "SENDGRID_KEY": VariableChoice(action="keep", reason="a sandbox key"),
            "JDBC_URL": VariableChoice(action="drop"),
            "HIDDEN": VariableChoice(action="give"),
        },
        addons={
            "frob-1": AddonChoice(action="replace", by="our own frob"),
            "scheduler": AddonChoice(action="drop", reason="no jobs"),
        },
        domains=("www.acme.test", "acme.test"),
        partners=("api.partner.test",),
    )
    settled = frozenset({"database/DATABASE_URL/extensions/timescaledb"})
    mapping = mapped(chosen=chosen, given={"HIDDEN": "value-of-hidden"}, settled=settled)
    assert [q.question.id for q in mapping.questions] == ["variable/FROB_URL"]
    by = {name: item(mapping, "variables", name) for name in (*chosen.variables, "FROB_URL")}
    assert {name: (i.becomes, i.because) for name, i in by.items()} == {
        "SENDGRID_KEY": ("kept", "decided by moveday.yaml"),
        "JDBC_URL": ("dropped", "decided by moveday.yaml"),
        "HIDDEN": ("kept", "decided by moveday.yaml"),
        "FROB_URL": ("open", "V13"),
    }
    assert by["SENDGRID_KEY"].reason == "a sandbox key"
    assert item(mapping, "add-ons", "frob-1").target == "our own frob"
    assert item(mapping, "add-ons", "frob-1").monthly_cents is None
    told = item(mapping, "partners", "api.partner.test")
    assert "203.0.113.20" in told.by_hand[0]
    assert "api.partner.test" in told.by_hand[0]


def test_a_value_that_was_decided_to_be_given_waits_until_it_is_there() -> None:
    chosen = whole_plan(variables={"HIDDEN": VariableChoice(action="give")})
    assert "value/HIDDEN" in {q.question.id for q in mapped(chosen=chosen).questions}
    there = mapped(chosen=chosen, on_target=frozenset({"HIDDEN"}))
    assert not {q for q in there.questions if q.question.id.endswith("/HIDDEN")}


@pytest.mark.parametrize("action", ["give", "hold-back"])
def test_a_held_back_value_that_only_a_person_knows_is_held_back_and_asked_for(
    action: Literal["give", "hold-back"],
) -> None:
    plan = whole_plan(hold_back=("HIDDEN",), variables={"HIDDEN": VariableChoice(action=action)})
    given = mapped(chosen=plan, given={"HIDDEN": "value-of-hidden"})
    assert item(given, "variables", "HIDDEN").becomes == "held back"
    assert "value/HIDDEN" not in {q.question.id for q in given.questions}
    # Another session, after the deploy: without the value it would not be there at accept.
    assert "value/HIDDEN" in {q.question.id for q in mapped(chosen=plan).questions}
    released = mapped(chosen=plan, on_target=frozenset({"HIDDEN"}))
    assert "value/HIDDEN" not in {q.question.id for q in released.questions}


def test_jobs_become_one_service() -> None:
    jobs = (Job(command="python a.py", schedule="0 3 * * *"), Job(command="b", schedule="@daily"))
    mapping = mapped(chosen=whole_plan(jobs=jobs))
    assert item(mapping, "processes", "cron").target == "1 × 512 MB"
    assert "2 jobs" in item(mapping, "processes", "cron").reason
    assert item(mapping, "jobs", "job 1").target == "“0 3 * * * python a.py” in the service cron"
    assert item(mapping, "add-ons", "jobs-1").becomes == "replaced"


def test_databases_say_why() -> None:
    reason = item(mapped(), "databases", "pg-1").reason
    assert "version 17: the next one offered above the source's 16.4" in reason
    assert "50 GB disk, 30.0 GB today" in reason
    assert "4096 MB of memory for 4096 MB today" in reason
    tight = DatabaseChoice(variable="DATABASE_URL", handle="acme-db", disk_gb=32)
    found = mapped(chosen=whole_plan(databases=(tight,)))
    assert "database/DATABASE_URL/disk" in {q.question.id for q in found.questions}
    none = mapped(images=IMAGES[:1])
    assert "database/DATABASE_URL/version" in {q.question.id for q in none.questions}
    undecided = item(mapped(chosen=whole_plan(databases=())), "databases", "pg-1")
    assert (undecided.becomes, undecided.because) == ("open", "D3")
    assert undecided.target == "a managed Postgres: 45 GB, 4096 MB"
    left = mapped(chosen=whole_plan(databases=(), addons={"pg-1": AddonChoice(action="stay")}))
    assert item(left, "databases", "pg-1").becomes == "stays behind"
    assert item(left, "variables", "DATABASE_URL").because == "V8"


def test_a_target_that_cannot_be_asked_is_said() -> None:
    mapping = mapped(images=None, stack=None, missing="Aptible does not answer")
    assert "version: unknown, Aptible does not answer" in item(mapping, "databases", "pg-1").reason
    assert "the target could not be asked: Aptible does not answer" in mapping.notes
    assert [line.cents for line in mapping.shared_costs] == [None, None]


def everything(app: Inventory) -> list[str]:
    """The names of all that an inventory holds, as a mapping spells them, sorted."""
    databases = {d.name for d in app.databases}
    names = [
        *(p.name for p in app.processes),
        *(v.name for v in app.variables),
        *(a.name for a in app.addons if a.name not in databases),
        *databases,
        *(d.hostname for d in app.domains),
        *(c.name for c in app.certificates),
        *(c.email for c in app.collaborators),
        *(d.host for d in app.drains),
        *(f"autoscaling of {s.process}" for s in app.autoscalers),
        *(s.app for s in app.siblings),
        *(d.repository for d in app.auto_deploys),
        *(f"webhook {n} to {w.host}" for n, w in enumerate(app.webhooks, 1)),
        *(f"buildpack {b.ordinal} {b.name}" for b in app.buildpacks),
        *(f"feature {f.name}" for f in app.features),
    ]
    return sorted(names)


SERVICES = ["sendgrid", "papertrail", "rediscloud", "heroku-kafka", "scheduler", "frob", "ssl", ""]


@st.composite
def apps(draw: st.DrawFn) -> Inventory:
    whole = whole_app()
    services = draw(st.lists(st.sampled_from(SERVICES), max_size=6))
    extra = tuple(addon(f"extra-{n}", service) for n, service in enumerate(services))
    kept = draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=len(VALUES)))
    return whole.model_copy(
        update={
            "addons": (*whole.addons[: draw(st.integers(0, 6))], *extra),
            "variables": tuple(v for v in whole.variables if v.name in kept),
            "databases": draw(st.sampled_from([(), whole.databases])),
            "processes": whole.processes[: draw(st.integers(0, 3))],
            "features": draw(st.sampled_from([(), whole.features])),
        }
    )


ADDED = {"PORT", "alerts", "pipeline acme", "partners with allow-lists", "pg-1 as MAIN in other"}


@settings(max_examples=60, deadline=None)
@given(apps())
def test_every_item_is_mapped_exactly_once_and_the_same_every_time(app: Inventory) -> None:
    first, again = mapped(app), mapped(app)
    assert first == again
    keys = [(i.group, i.name) for i in first.items]
    assert len(keys) == len(set(keys))
    # Values of variables that the inventory does not know yet are mapped as well.
    late = set(VALUES) - {v.name for v in app.variables}
    names = sorted(i.name for i in first.items if i.name not in ADDED | late)
    assert names == everything(app)
    assert len({q.question.id for q in first.questions}) == len(first.questions)
    unknown_addons = [i for i in first.items if i.because == "A24"]
    assert all(i.becomes == "open" and i.question for i in unknown_addons)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"\A[A-Z][A-Z_]{0,9}\Z"),
        st.text(st.characters(codec="utf-8", exclude_characters="'\"\\"), max_size=30),
        max_size=5,
    ),
    st.sampled_from(["user", "addon", "platform"]),
)
def test_no_value_ever_appears(found: dict[str, str], origin: str) -> None:
    values = {
        name: f"canary{number}{text}canary" for number, (name, text) in enumerate(found.items())
    }
    app = whole_app().model_copy(
        update={
            "variables": tuple(
                Variable(name=n, origin=origin, owner="frob-1", length=len(v), where="t")  # type: ignore[arg-type]
                for n, v in values.items()
            )
        }
    )
    chosen = whole_plan(addons={"frob-1": AddonChoice(action="replace")})
    secret = {name: SecretStr(value) for name, value in values.items()}
    decided = decide_variables(app, secret, chosen, {}, secret)
    known = facts(app, chosen, variables=decided)
    assert "canary" not in build_mapping(known).model_dump_json()
    assert "canary" not in repr(known)
    assert decided == decide_variables(app, secret, chosen, {}, secret)


@given(st.sampled_from(["PORT", "DYNO", "HEROKU_APP_NAME", "X"]), st.text(min_size=1, max_size=20))
def test_no_rule_keeps_a_variable_of_the_platform(name: str, value: str) -> None:
    fact = Variable(name=name, origin="platform", length=len(value), where="t")
    app = whole_app().model_copy(update={"variables": (fact,)})
    decided = decide_variables(app, {name: SecretStr(value)}, whole_plan(), {})
    found = next(d for d in decided if d.name == name)
    assert found.action == ("rewrite" if name == "PORT" else "drop")
    assert found.new_value is None or found.new_value.get_secret_value() == "3000"


@pytest.mark.parametrize(
    ("name", "apex"),
    [
        ("acme.test", True),
        ("www.acme.test", False),
        ("acme.co.uk", True),
        ("www.acme.co.uk", False),
        ("app.acme.io", False),
    ],
)
def test_an_apex_is_named(name: str, apex: bool) -> None:
    whole = whole_app()
    domain = whole.domains[1].model_copy(update={"hostname": name})
    app = whole.model_copy(update={"domains": (domain,)})
    found = item(mapped(app, whole_plan(domains=(name,))), "domains", name)
    assert ("ALIAS" in found.reason) is apex


def test_addresses_of_a_shared_stack_are_the_ones_to_send() -> None:
    other = STACK.model_copy(update={"outbound_ips": ()})
    mapping = mapped(chosen=whole_plan(partners=("p.test",)), stack=other)
    told = item(mapping, "partners", "p.test")
    assert "not known yet" in told.target
    assert told.by_hand == ()
