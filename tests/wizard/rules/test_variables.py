"""What becomes of variables: by rule, byte for byte, and compared without values."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from wizard.model.inventory import Inventory, Lacks, Variable
from wizard.model.plan import Plan, SourceChoice, TargetChoice, VariableChoice
from wizard.rules.database_urls import moved_url, read_url
from wizard.rules.outbound import outbound_evidence
from wizard.rules.variable_parity import parity
from wizard.rules.variables import RULES, VariableDecision, decide_variables

OLD = "postgres://u1:p1@old-db.test:5433/d1"
NEW = "postgresql://aptible:pw@db-stack-1.aptible.test:2345/db"
PEM = "-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----\n"


def variable(name: str, value: str, origin: str = "user", owner: str = "") -> Variable:
    return Variable(
        name=name,
        origin=origin,  # type: ignore[arg-type]
        owner=owner,
        length=len(value),
        empty=not value,
        where="test",
    )


def inventory(*variables: Variable) -> Inventory:
    return Inventory(
        source="heroku",
        app="acme",
        app_id="1",
        region="us",
        stack="heroku-24",
        maintenance=False,
        release=None,
        processes=(),
        variables=variables,
        addons=(),
        domains=(),
        databases=(),
        read_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def plan(**more: object) -> Plan:
    return Plan(
        source=SourceChoice(kind="heroku", app="acme"),
        target=TargetChoice(stack="s", environment="acme", app="acme"),
        **more,  # type: ignore[arg-type]
    )


def decide(
    values: dict[str, tuple[str, str, str]],
    urls: dict[str, str] | None = None,
    **more: object,
) -> dict[str, VariableDecision]:
    """`values`: name → (value, origin, owner)."""
    facts = inventory(*(variable(n, v, o, w) for n, (v, o, w) in values.items()))
    secret = {n: SecretStr(v) for n, (v, _, _) in values.items()}
    wanted = {n: SecretStr(u) for n, u in (urls or {}).items()}
    return {d.name: d for d in decide_variables(facts, secret, plan(**more), wanted)}


def new(decision: VariableDecision) -> str | None:
    return None if decision.new_value is None else decision.new_value.get_secret_value()


def test_one_app_of_every_kind() -> None:
    found = decide(
        {
            "DATABASE_URL": (OLD, "addon", "pg-1"),
            "HEROKU_POSTGRESQL_PINK_URL": (OLD, "addon", "pg-1"),
            "DATABASE_CONNECTION_POOL_URL": (OLD.replace("5433", "5434"), "addon", "pg-1"),
            "READ_URL": (OLD + "?pool=5", "user", ""),
            "OTHER_DB": ("postgres://u:p@else.test/d", "user", ""),
            "REDIS_URL": ("rediss://:x@redis.test:6380", "addon", "redis-1"),
            "CACHE_URL": ("redis://:x@redis.test:6379/3", "user", ""),
            "SENDGRID_API_KEY": ("SG.1", "addon", "sendgrid-1"),
            "ALGOLIA_KEY": ("a1", "addon", "algolia-1"),
            "HEROKU_APP_NAME": ("acme", "platform", ""),
            "DYNO": ("web.1", "platform", ""),
            "EMPTY": ("", "user", ""),
            "PEM": (PEM, "user", ""),
            "TRAILING": ("value\n", "user", ""),
            "MAIL_KEY": ("k", "user", ""),
            "APP_URL": ("https://www.acme.test", "user", ""),
            "CALLBACK": ("https://acme-1.herokuapp.com/x", "user", ""),
        },
        {"DATABASE_URL": NEW, "REDIS_URL": "redis://:y@db-2.test:999"},
        hold_back=("MAIL_KEY",),
        port=8080,
    )
    moved = NEW.replace("postgresql:", "postgres:")
    assert {n: (d.action, d.because, new(d)) for n, d in found.items()} == {
        "DATABASE_URL": ("rewrite", "V3", moved),
        "HEROKU_POSTGRESQL_PINK_URL": ("rewrite", "V4", moved),
        "DATABASE_CONNECTION_POOL_URL": ("rewrite", "V4", moved),
        "READ_URL": ("rewrite", "V4", moved + "?pool=5"),
        "OTHER_DB": ("keep", "V9", "postgres://u:p@else.test/d"),
        "REDIS_URL": ("rewrite", "V3", "redis://:y@db-2.test:999"),
        "CACHE_URL": ("rewrite", "V4", "redis://:y@db-2.test:999/3"),
        "SENDGRID_API_KEY": ("hold-back", "V11", "SG.1"),
        "ALGOLIA_KEY": ("keep", "V8", "a1"),
        "HEROKU_APP_NAME": ("drop", "V1", None),
        "DYNO": ("drop", "V1", None),
        "EMPTY": ("explain-empty", "V5", None),
        "PEM": ("keep", "V9", PEM),
        "TRAILING": ("keep", "V9", "value\n"),
        "MAIL_KEY": ("hold-back", "V7", "k"),
        "APP_URL": ("keep", "V9", "https://www.acme.test"),
        "CALLBACK": ("keep", "V10", "https://acme-1.herokuapp.com/x"),
        "PORT": ("rewrite", "V2", "8080"),
    }
    assert "sends mail" in found["SENDGRID_API_KEY"].reason
    assert "algolia-1" in found["ALGOLIA_KEY"].reason
    assert "postgres:// stays" in found["DATABASE_URL"].reason
    assert "3 lines, a line break at the end" in found["PEM"].reason
    assert {d.because for d in found.values()} <= set(RULES)


def test_redis_that_does_not_move_is_kept_and_named() -> None:
    found = decide({"REDIS_URL": ("rediss://:x@r.test:1", "addon", "redis-1")})
    assert (found["REDIS_URL"].action, found["REDIS_URL"].because) == ("keep", "V8")


def test_masked_value_waits_for_a_person() -> None:
    facts = inventory(Variable(name="HIDDEN", origin="user", length=0, masked=True, where="test"))
    decided = decide_variables(facts, {}, plan(), {})
    assert [(d.name, d.action, d.because, d.new_value) for d in decided] == [
        ("HIDDEN", "keep", "V6", None),
        ("PORT", "rewrite", "V2", SecretStr("3000")),
    ]
    rows = {r.name: r.result for r in parity({"PORT": "h"}, {"PORT": "h"}, decided)}
    assert rows == {"HIDDEN": "missing", "PORT": "explained"}
    rows = {r.name: r.result for r in parity({}, {"HIDDEN": "x"}, decided)}
    assert rows["HIDDEN"] == "explained"


@pytest.mark.parametrize(
    ("lacks", "value", "given", "action", "because"),
    [
        ("all", None, None, "drop", "V21"),
        ("all", None, "x", "keep", "V24"),
        ("demanded", None, None, "keep", "V22"),
        ("demanded", None, "x", "keep", "V24"),
        ("a part", "http://h:", None, "keep", "V23"),
        ("a part", "http://h:", "x", "keep", "V24"),
    ],
)
def test_what_lacks_a_value_is_not_masked(
    lacks: Lacks, value: str | None, given: str | None, action: str, because: str
) -> None:
    facts = inventory(Variable(name="N", origin="user", length=0, lacks=lacks, where="f:3"))
    values = {} if value is None else {"N": SecretStr(value)}
    said = {} if given is None else {"N": SecretStr(given)}
    (found, _) = decide_variables(facts, values, plan(), {}, said)
    assert (found.action, found.because) == (action, because)
    assert found.new_value == (said or values or {"N": None})["N"]


def test_value_seen_after_the_inventory_is_kept() -> None:
    decided = decide_variables(inventory(), {"LATE": SecretStr("x")}, plan(), {})
    assert ("LATE", "keep") in {(d.name, d.action) for d in decided}


@pytest.mark.parametrize(
    ("old", "target", "expected"),
    [
        ("postgresql+asyncpg://a:b@h/d", NEW, NEW.replace("postgresql:", "postgresql+asyncpg:")),
        ("postgresql://a:b@h/d", NEW, NEW),
        (
            OLD + "?sslmode=require&sslrootcert=x",
            NEW + "?sslmode=verify-full",
            NEW.replace("postgresql:", "postgres:") + "?sslmode=verify-full",
        ),
        (OLD + "?a=1&b=", NEW, NEW.replace("postgresql:", "postgres:") + "?a=1&b="),
        ("not a url", NEW, NEW),
        ("", NEW, NEW),
        ("http://[broken", NEW, NEW),
        ("rediss://:x@h:1/0", "redis://:y@k:2", "redis://:y@k:2"),
        ("redis://h?ssl=false", "redis://:y@k:2", "redis://:y@k:2?ssl=false"),
        ("ecto://a:b@h/d?pool_size=5", NEW, NEW.replace("postgresql:", "ecto:") + "?pool_size=5"),
        ("postgis://a:b@h/d", NEW, NEW.replace("postgresql:", "postgis:")),
        ("r2dbc:postgresql://a:b@h/d", NEW, "r2dbc:" + NEW),
        (
            "postgresql://a:b@h/d?sslmode=disable&connect_timeout=10",
            NEW,
            NEW + "?sslmode=require&connect_timeout=10",
        ),
        ("postgresql://a:b@h/d?sslmode=prefer", NEW, NEW + "?sslmode=require"),
        ("postgresql://a:b@h/d?sslmode=verify-ca", NEW, NEW + "?sslmode=verify-ca"),
        ("postgresql://a:b@h/d?sslMode=DISABLE", NEW, NEW + "?sslMode=REQUIRE"),
        ("postgresql://a:b@h/d?ssl=false", NEW, NEW + "?ssl=true"),
    ],
)
def test_addresses_keep_their_manner(old: str, target: str, expected: str) -> None:
    assert moved_url(SecretStr(old), SecretStr(target)).get_secret_value() == expected


@pytest.mark.parametrize(
    ("old", "beside", "expected"),
    [
        ("//h:5432/d", True, "?sslmode=require"),
        ("//h/d?ApplicationName=a%20b&ssl=false", True, "?ApplicationName=a%20b&sslmode=require"),
        ("//h/d?user=a&password=b", True, "?user=u&password=p%2F%26&sslmode=require"),
        ("//h/d?sslmode=disable", False, "?user=u&password=p%2F%26&sslmode=require"),
        ("//h/d?sslmode=verify-ca&sslrootcert=x", True, "?sslmode=verify-ca"),
    ],
)
def test_a_jdbc_address_stays_one(old: str, beside: bool, expected: str) -> None:
    new = SecretStr("postgresql://u:p%2F%26@db-9.test:2345/db")
    found = moved_url(SecretStr(f"jdbc:postgresql:{old}"), new, login_beside=beside)
    assert found.get_secret_value() == f"jdbc:postgresql://db-9.test:2345/db{expected}"


@pytest.mark.parametrize(
    ("old", "beside", "expected"),
    [
        ("postgresql://db/clinic", True, "postgresql://new.test:5432/db"),
        ("postgresql://db/clinic", False, "postgresql://aptible:pw@new.test:5432/db"),
        ("postgresql://me:x@db/clinic", True, "postgresql://aptible:pw@new.test:5432/db"),
    ],
)
def test_an_address_without_a_login_has_none_where_others_hold_it(
    old: str, beside: bool, expected: str
) -> None:
    new = SecretStr("postgresql://aptible:pw@new.test:5432/db")
    assert moved_url(SecretStr(old), new, login_beside=beside) == SecretStr(expected)


def test_read_url_takes_databases_only() -> None:
    for text in ("https://x/y", "postgres://", "postgres://h:port/d", "", "mysql://u@h/d"):
        assert read_url(SecretStr(text)) is None


def test_parity_rows() -> None:
    found = decide(
        {
            "DATABASE_URL": (OLD, "addon", "pg-1"),
            "A": ("1", "user", ""),
            "B": ("2", "user", ""),
            "C": ("3", "user", ""),
            "EMPTY": ("", "user", ""),
            "DYNO": ("web.1", "platform", ""),
            "HELD": ("4", "user", ""),
        },
        {"DATABASE_URL": NEW},
        hold_back=("HELD",),
    )
    wanted = {"DATABASE_URL": "hn", "A": "h1", "B": "h2", "C": "h3", "PORT": "hp"}
    target = {"DATABASE_URL": "hn", "A": "h1", "B": "other", "PORT": "hp", "DYNO": "x", "NEW": "y"}
    rows = {r.name: (r.result, r.because) for r in parity(wanted, target, list(found.values()))}
    assert rows == {
        "DATABASE_URL": ("explained", "V3"),
        "A": ("same", "V9"),
        "B": ("different", "V9"),
        "C": ("missing", "V9"),
        "EMPTY": ("explained", "V5"),
        "DYNO": ("extra", "V1"),
        "HELD": ("explained", "V7"),
        "NEW": ("extra", ""),
        "PORT": ("explained", "V2"),
    }
    old_address = parity(wanted, target | {"DATABASE_URL": "ho"}, list(found.values()))
    assert next(r for r in old_address if r.name == "DATABASE_URL").result == "different"


@given(st.dictionaries(st.from_regex(r"\A[A-Z_]{1,8}\Z"), st.text(max_size=40), max_size=6))
def test_no_user_value_is_lost_or_changed_silently(values: dict[str, str]) -> None:
    found = decide({name: (value, "user", "") for name, value in values.items()})
    for name, value in values.items():
        if name == "PORT" or outbound_evidence(name):
            continue
        decision = found[name]
        if value:
            assert (decision.action, new(decision)) == ("keep", value)
        else:
            assert decision.action == "explain-empty"


@given(st.text(max_size=60))
def test_decisions_never_show_values(text: str) -> None:
    marked = f"canary-{text}-canary"
    found = decide({"SECRET": (marked, "user", "")})
    assert marked not in repr(found)
    assert found["SECRET"].model_dump_json().count("canary") == 0


@pytest.mark.parametrize(
    ("when", "action"), [("", "hold-back"), ("accept", "hold-back"), ("deploy", "keep")]
)
def test_a_given_value_that_reaches_people_waits_for_accept(when: str, action: str) -> None:
    name = "STRIPE_SECRET_KEY"
    facts = inventory(Variable(name=name, origin="user", length=0, masked=True, where="test"))
    choice = VariableChoice.model_validate({"action": "give", "when": when})
    given = {name: SecretStr("sk-1")}
    chosen = plan(variables={name: choice})
    found = {d.name: d for d in decide_variables(facts, {}, chosen, {}, given)}[name]
    assert found.action == action
    assert found.new_value == SecretStr("sk-1")
    assert ("when: deploy" in found.reason) is (when == "")


def test_a_given_value_that_reaches_nobody_does_not_wait() -> None:
    facts = inventory(Variable(name="HIDDEN", origin="user", length=0, masked=True, where="test"))
    chosen = plan(variables={"HIDDEN": VariableChoice(action="give")})
    given = {"HIDDEN": SecretStr("x")}
    found = {d.name: d for d in decide_variables(facts, {}, chosen, {}, given)}["HIDDEN"]
    assert found.action == "keep"


@pytest.mark.parametrize(
    ("value", "action"),
    [("False", "keep"), ("localhost", "keep"), ("off", "keep"), ("acct_1", "hold-back")],
)
def test_a_value_that_says_no_reaches_nobody_whatever_its_name(value: str, action: str) -> None:
    facts = inventory(Variable(name="TWILIO_SENDER", origin="user", length=1, where="test"))
    values = {"TWILIO_SENDER": SecretStr(value)}
    found = {d.name: d for d in decide_variables(facts, values, plan(), {})}["TWILIO_SENDER"]
    assert (found.action, found.new_value) == (action, SecretStr(value))
