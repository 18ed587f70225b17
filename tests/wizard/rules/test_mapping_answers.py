"""Answers become decisions of the plan, close their question, and nonsense is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.rules.mapping_examples import mapped, whole_app, whole_plan
from wizard.errors import UsageError
from wizard.model.inventory import Lacks, Variable
from wizard.model.plan import AddonChoice, DatabaseChoice, Job, Plan, VariableChoice
from wizard.rules.jobs import read_jobs
from wizard.rules.mapping_answers import decide

APP = whole_app()


def answered(identity: str, answer: str, plan: Plan | None = None) -> Plan:
    chosen = plan or whole_plan()
    mapping = mapped(APP, chosen)
    assert identity in {q.question.id for q in mapping.questions}
    return decide(chosen, APP, mapping, identity, answer)


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ("stay", AddonChoice(action="stay")),
        ("Replace: our own", AddonChoice(action="replace", by="our own")),
        ('{"action": "drop", "reason": "unused"}', AddonChoice(action="drop", reason="unused")),
    ],
)
def test_add_on(answer: str, choice: AddonChoice) -> None:
    plan = answered("addon/frobnicator", answer)
    assert plan.addons == {"frobnicator": choice}
    assert "addon/frobnicator" not in {q.question.id for q in mapped(APP, plan).questions}


def test_variable() -> None:
    plan = answered("variable/JDBC_URL", "hold-back: until the pool is there")
    assert plan.variables["JDBC_URL"] == VariableChoice(
        action="hold-back", reason="until the pool is there"
    )


@pytest.mark.parametrize(
    ("answer", "actions"),
    [
        ("all", {"NEEDED": "give", "ALSO": "give"}),
        ("none", {"NEEDED": "drop", "ALSO": "drop"}),
        ("ALSO, LEFT", {"NEEDED": "drop", "ALSO": "give", "LEFT": "give"}),
        ('["NEEDED"]', {"NEEDED": "give", "ALSO": "drop"}),
    ],
)
def test_names_without_a_value(answer: str, actions: dict[str, str]) -> None:
    lacking: dict[str, Lacks] = {"NEEDED": "demanded", "ALSO": "demanded", "LEFT": "all"}
    more = tuple(
        Variable(name=name, origin="user", length=0, lacks=lacks, where="t")
        for name, lacks in lacking.items()
    )
    app = APP.model_copy(update={"variables": (*APP.variables, *more)})
    mapping = mapped(app, whole_plan())
    waiting = next(q for q in mapping.questions if q.question.id == "unset")
    assert waiting.about == ("ALSO", "NEEDED") and not mapping.offers
    plan = decide(whole_plan(), app, mapping, "unset", answer)
    before = whole_plan().variables
    assert {n: c.action for n, c in plan.variables.items() if n not in before} == actions
    assert "unset" not in {q.question.id for q in mapped(app, plan).questions}
    with pytest.raises(UsageError, match="not among the names without a value"):
        decide(whole_plan(), app, mapping, "unset", "JDBC_URL")


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ("all", ("SENDGRID_KEY", "STRIPE_SECRET_KEY")),
        ("none", ()),
        ("STRIPE_SECRET_KEY", ("STRIPE_SECRET_KEY",)),
        ('["SENDGRID_KEY"]', ("SENDGRID_KEY",)),
    ],
)
def test_hold_back(answer: str, held: tuple[str, ...]) -> None:
    plan = answered("hold-back", answer)
    assert plan.hold_back == held
    kept = {n for n, choice in plan.variables.items() if choice.action == "keep"}
    assert kept == {"SENDGRID_KEY", "STRIPE_SECRET_KEY"} - set(held)
    assert "hold-back" not in {q.question.id for q in mapped(APP, plan).questions}


def test_jobs() -> None:
    text = "0 3 * * * python a.py; */10 8-18 * * mon-fri sh -c 'b; c'\n@daily d"
    wanted = (
        Job(schedule="0 3 * * *", command="python a.py"),
        Job(schedule="*/10 8-18 * * mon-fri", command="sh -c 'b; c'"),
        Job(schedule="@daily", command="d"),
    )
    assert read_jobs(text) == wanted
    assert answered("jobs", text).jobs == wanted
    listed = '[{"schedule": "@daily", "command": "d"}]'
    assert answered("jobs", listed).jobs == wanted[2:]
    assert answered("jobs", '["0 3 * * * python a.py"]').jobs == wanted[:1]
    none = answered("jobs", "none")
    assert none.addons["scheduler"].action == "drop"
    assert "jobs" not in {q.question.id for q in mapped(APP, none).questions}


def test_database() -> None:
    undecided = whole_plan(databases=())
    moved = answered("database/DATABASE_URL", "move", undecided)
    assert moved.databases == (
        DatabaseChoice(
            variable="DATABASE_URL", handle="acme-db", disk_gb=45, memory_mb=4096, move_data=True
        ),
    )
    left = answered("database/DATABASE_URL", "leave", undecided)
    assert left.addons["heroku-postgresql"].action == "stay"
    tight = whole_plan(databases=(DatabaseChoice(variable="DATABASE_URL", handle="a", disk_gb=31),))
    assert answered("database/DATABASE_URL/disk", "60", tight).databases[0].disk_gb == 60
    known = answered("database/DATABASE_URL/extensions/timescaledb", "support says it is there")
    assert known == whole_plan()


def test_domains_and_partners() -> None:
    assert answered("domain/acme.test", "move").domains == ("www.acme.test", "acme.test")
    assert answered("domain/acme.test", "leave") == whole_plan()
    assert answered("partners", "api.one.test, two.test").partners == ("api.one.test", "two.test")
    assert answered("partners", "none") == whole_plan()


@pytest.mark.parametrize(
    ("identity", "answer"),
    [
        ("addon/frobnicator", "perhaps"),
        ("addon/frobnicator", '{"action": "stay", "value": "x"}'),
        ("addon/frobnicator", '{"action": ["stay"]}'),
        ("variable/JDBC_URL", "change"),
        ("hold-back", "NOT_ASKED"),
        ("jobs", "every day"),
        ("jobs", "61 tuesday"),
        ("jobs", '[{"schedule": "@daily"}]'),
        ("jobs", "[]"),
        ("partners", "https://x.test/"),
        ("partners", "localhost"),
        ("domain/acme.test", "maybe"),
        ("database/DATABASE_URL/extensions/timescaledb", "  "),
    ],
)
def test_nonsense_is_refused_with_what_was_expected(identity: str, answer: str) -> None:
    with pytest.raises(UsageError):
        answered(identity, answer)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([q.question.id for q in mapped(APP, whole_plan()).questions]),
    st.one_of(st.text(max_size=30), st.sampled_from(["stay", "all", "none", "move", "[]", "{}"])),
)
def test_any_answer_gives_a_plan_or_a_usage_error(identity: str, answer: str) -> None:
    try:
        plan = answered(identity, answer)
    except UsageError:
        return
    assert Plan.model_validate(plan.model_dump()) == plan
