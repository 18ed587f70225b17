"""One move in samples: its plan, inventory, runs and journal, with a text of the test's choice."""

from pathlib import Path

from tests.wizard.forecast.samples import NOON, run
from wizard.engine.journal import Entry, Journal
from wizard.model.database import Check, Verdict
from wizard.model.evidence import Evidence
from wizard.model.inventory import Addon, Domain, Gap, Inventory, Process, SourceDatabase, Variable
from wizard.model.mapping import MappedItem, Mapping, OpenQuestion, Total
from wizard.model.plan import (
    DatabaseChoice,
    DnsChoice,
    Downtime,
    Plan,
    ProcessChoice,
    SourceChoice,
    TargetChoice,
)
from wizard.model.platform_facts import Release
from wizard.model.question import Question
from wizard.model.rates import Rates
from wizard.model.runs import Outage, Run
from wizard.safety.redact import Redactor

PLAN = Plan(
    source=SourceChoice(kind="heroku", app="acme-clinic"),
    target=TargetChoice(stack="acme-dedicated", environment="acme-clinic", app="acme-clinic"),
    regulated=True,
    downtime=Downtime(budget_minutes=30, window="Monday noon"),
    databases=(DatabaseChoice(variable="DATABASE_URL", handle="acme-clinic"),),
    processes={"web": ProcessChoice(count=2)},
    domains=("www.acme-clinic.test",),
    dns=DnsChoice(low_ttl=5, restore_ttl=3600),
    hold_back=("SENDGRID_API_KEY",),
    source_backup=True,
)


def inventory(text: str = "acme-clinic") -> Inventory:
    return Inventory(
        source="heroku",
        app=text,
        app_id="1",
        region="us",
        stack="heroku-24",
        maintenance=False,
        release=Release(version=7, commit="c0ffee", description=text, created_at=NOON),
        processes=(
            Process(name="web", command=text, quantity=2, size="standard-1x", where="formation"),
            Process(name=text, command=text, quantity=1, size="standard-1x", where="formation"),
        ),
        variables=(
            Variable(name="SECRET_KEY_BASE", origin="user", length=64, where="config"),
            Variable(name=text, origin="addon", owner="frobnicator", length=3, where="config"),
        ),
        addons=(
            Addon(
                id="a",
                name=text,
                service="frobnicator",
                plan=text,
                monthly_cents=2900,
                shared_with=("other-app",),
                where="addons",
            ),
        ),
        domains=(Domain(hostname="www.acme-clinic.test", kind="custom", where="domains"),),
        databases=(
            SourceDatabase(id="d", name="d", engine="postgres", plan="standard-0", where="addons"),
        ),
        gaps=(Gap(subject="log drains", reason=text),),
        read_at=NOON,
    )


def verdict(table: str = "public.visits", result: str = "same") -> Verdict:
    return Verdict(
        checks=(
            Check(kind="rows", subject=table, result="same", source="400000", target="400000"),
            Check.model_validate(
                {"kind": "checksum", "subject": table, "result": result, "detail": table}
            ),
            Check(kind="sequence", subject="public.visits_id_seq", result="same"),
            Check(kind="extension", subject="pg_stat", result="explained", detail="not on Aptible"),
        ),
        seconds=12,
    )


def live_run(table: str = "public.visits", result: str = "same") -> Run:
    finished = run(3, mode="live", maintenance_on=3, move=110, verify=22, switch=41)
    return finished.model_copy(
        update={
            "verdict": verdict(table, result),
            "outage": Outage(service_ready=141.5, switch_seen=190, visitors=200),
        }
    )


def entries(folder: Path, text: str = "all fine") -> tuple[tuple[Entry, ...], str]:
    with Journal.open(folder, redact=Redactor().redact) as journal:
        journal.append("consent", key="scale acme-clinic", level="USERS_NOTICE", by="Ada")
        journal.append("consent", key="scale acme-clinic", level="USERS_NOTICE", by="Ada")
        journal.append("answer", key="accept", value=text, by="Ada")
        journal.append("override", key="staging", reason=text, by="Grace")
        journal.append("failed", task="move", reason="the tunnel dropped")
        journal.append("undone", key="run-1/task/maintenance-on", effect="hard-down", seconds=4)
        proof = Evidence(what=text, at=NOON, by="moveday", where="heroku")
        journal.append("done", task="verify", evidence=proof)
        journal.append("evidence", what="a letter", at=str(NOON), by="Ada", where="mail", ok=False)
        return journal.entries, journal.head


def mapping(text: str = "acme") -> Mapping:
    question = Question(id="scheduler", text=text, why=text, kind="text")
    return Mapping(
        app=text,
        items=(
            MappedItem(
                group="add-ons",
                name=text,
                today=text,
                becomes="replaced",
                target=text,
                because="A2",
                reason=text,
                monthly_cents=2900,
            ),
        ),
        questions=(OpenQuestion(question=question, about=(text,), before="report"),),
        costs=(),
        shared_costs=(),
        today=Total(cents=5300),
        monthly=Total(cents=8500, unknown=("web",)),
        rates=Rates(where="GET /costs"),
    )
