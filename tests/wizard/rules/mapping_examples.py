"""An app with one thing of every kind, and the facts that a mapping is made from."""

from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from tests.wizard.rules.test_variables import inventory, plan
from wizard.model.inventory import (
    Addon,
    Attachment,
    Domain,
    Inventory,
    Process,
    SourceDatabase,
    Variable,
)
from wizard.model.mapping import MappedItem, Mapping
from wizard.model.plan import DatabaseChoice, Plan
from wizard.model.platform_facts import (
    AutoDeploy,
    Autoscaler,
    Buildpack,
    Certificate,
    Collaborator,
    Drain,
    Feature,
    Sibling,
    Webhook,
)
from wizard.model.rates import Rates
from wizard.model.target import DatabaseImage, Stack
from wizard.rules.mapping import build_mapping
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.variables import decide_variables

RATES = Rates(
    memory_gb_hour=Decimal("0.08"),
    disk_gb_month=Decimal("0.20"),
    backup_gb_month=Decimal("0.02"),
    endpoint_hour=Decimal("0.06"),
    stack_month=Decimal(499),
    where="test",
)
IMAGES = tuple(
    DatabaseImage(id=n, engine=engine, version=version, default=default)
    for n, (engine, version, default) in enumerate(
        [
            ("postgresql", "15", False),
            ("postgresql", "17", True),
            ("redis", "8.2", True),
            ("redis", "8.2-aof", False),
        ]
    )
)
STACK = Stack(id=1, name="s", region="us-east-1", dedicated=True, outbound_ips=("203.0.113.20",))
OLD = "postgres://u1:pw-of-the-old-one@old-db.test:5433/d1"
VALUES = {
    "DATABASE_URL": OLD,
    "JDBC_URL": "jdbc:postgresql://old-db.test:5433/d1?user=u1",
    "APP_URL": "https://www.acme.test/x-start-page",
    "CALLBACK": "https://acme-123.herokuapp.com/callback-path",
    "SENDGRID_KEY": "SG.value-of-sendgrid",
    "STRIPE_SECRET_KEY": "sk_live_value-of-stripe",
    "FROB_URL": "https://value-of-frob.test/",
    "QUOTAGUARDSTATIC_URL": "http://value-of-quotaguard.test",
    "PEM": "-----BEGIN X-----\nvalue-of-pem\n-----END X-----\n",
    "EMPTY": "",
    "DYNO": "web.1-value-of-dyno",
}
_OWNERS = {
    "DATABASE_URL": "pg-1",
    "SENDGRID_KEY": "sendgrid-1",
    "FROB_URL": "frob-1",
    "QUOTAGUARDSTATIC_URL": "quota-1",
}


def addon(name: str, service: str, *provides: str, cents: int | None = 100, **more: Any) -> Addon:
    return Addon(
        id=name,
        name=name,
        service=service,
        plan=f"{service}:plan",
        provides=provides,
        monthly_cents=cents,
        where="t",
        **more,
    )


def variables() -> tuple[Variable, ...]:
    known = tuple(
        Variable(
            name=name,
            origin="addon" if name in _OWNERS else "platform" if name == "DYNO" else "user",
            owner=_OWNERS.get(name, ""),
            length=len(value),
            empty=not value,
            where="t",
        )
        for name, value in VALUES.items()
    )
    return (*known, Variable(name="HIDDEN", origin="user", length=0, masked=True, where="t"))


def whole_app() -> Inventory:
    """One of every kind."""
    return inventory(*variables()).model_copy(
        update={
            "processes": (
                Process(
                    name="web",
                    command="run web",
                    quantity=2,
                    size="Standard-2X",
                    memory_mb=1024,
                    monthly_cents=10_000,
                    where="t",
                ),
                Process(name="clock", command="tick", quantity=1, size="Odd", where="t"),
                Process(name="release", command="migrate", quantity=0, size="Basic", where="t"),
            ),
            "addons": (
                addon("pg-1", "heroku-postgresql", "DATABASE_URL", cents=5_000),
                addon("sendgrid-1", "sendgrid", "SENDGRID_KEY", cents=None),
                addon("frob-1", "frobnicator", "FROB_URL"),
                addon("quota-1", "quotaguardstatic", "QUOTAGUARDSTATIC_URL", cents=1_900),
                addon("jobs-1", "scheduler", cents=0, web_url="https://addons.test/jobs"),
                addon("shared-1", "rollbar", cents=700, billed_to="other"),
            ),
            "databases": (
                SourceDatabase(
                    id="pg-1",
                    name="pg-1",
                    engine="postgres",
                    plan="heroku-postgresql:standard-0",
                    memory_mb=4096,
                    version="16.4",
                    size_bytes=30 * 1024**3,
                    variable="DATABASE_URL",
                    extensions=("plpgsql", "pg_trgm", "timescaledb"),
                    where="t",
                ),
            ),
            "domains": (
                Domain(hostname="acme-123.herokuapp.com", kind="default", where="t"),
                Domain(
                    hostname="www.acme.test", kind="custom", target="x.herokudns.com", where="t"
                ),
                Domain(hostname="acme.test", kind="custom", target="y.herokudns.com", where="t"),
            ),
            "certificates": (
                Certificate(name="auto", hostnames=("www.acme.test",), managed=True, where="t"),
                Certificate(name="own", hostnames=("acme.test",), managed=False, where="t"),
            ),
            "attachments": (
                Attachment(
                    alias="DATABASE", addon="pg-1", owner_app="acme", user_app="acme", where="t"
                ),
                Attachment(
                    alias="MAIN", addon="pg-1", owner_app="acme", user_app="other", where="t"
                ),
            ),
            "buildpacks": (Buildpack(ordinal=0, name="heroku/python", where="t"),),
            "drains": (Drain(host="logs.test", scheme="syslog+tls", where="t"),),
            "collaborators": (Collaborator(email="sam@acme.test", role="member", where="t"),),
            "features": (
                Feature(name="preboot", enabled=True, where="t"),
                Feature(name="new-thing", enabled=True, where="t"),
            ),
            "autoscalers": (
                Autoscaler(process="web", minimum=1, maximum=4, active=True, where="t"),
            ),
            "auto_deploys": (
                AutoDeploy(repository="acme/app", branch="main", active=True, where="t"),
            ),
            "webhooks": (Webhook(host="chat.test", events=("api:release",), where="t"),),
            "siblings": (Sibling(app="acme-staging", stage="staging"),),
            "pipeline": "acme",
        }
    )


def whole_plan(**more: Any) -> Plan:
    choice = DatabaseChoice(variable="DATABASE_URL", handle="acme-db", disk_gb=50, memory_mb=4096)
    return plan(**{"databases": (choice,), "domains": ("www.acme.test",), **more})


def facts(found: Inventory, chosen: Plan, **more: Any) -> MappingFacts:
    values = {name: SecretStr(value) for name, value in VALUES.items()}
    urls = {c.variable: SecretStr("postgresql://new") for c in chosen.databases}
    given = {name: SecretStr(v) for name, v in more.pop("given", {}).items()}
    return MappingFacts(
        **{
            "inventory": found,
            "plan": chosen,
            "variables": decide_variables(found, values, chosen, urls, given),
            "rates": RATES,
            "by_hand": lambda action, **words: f"official {action} {words.get('database', '')}",
            "images": IMAGES,
            "stack": STACK,
            **more,
        }
    )


def mapped(found: Inventory | None = None, chosen: Plan | None = None, **more: Any) -> Mapping:
    return build_mapping(facts(found or whole_app(), chosen or whole_plan(), **more))


def item(mapping: Mapping, group: str, name: str) -> MappedItem:
    return next(i for i in mapping.items if (i.group, i.name) == (group, name))
