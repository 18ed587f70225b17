"""The whole mapping: every item once, every question once, and the sums of both bills."""

from collections.abc import Callable, Iterator
from typing import Literal

from wizard.model.inventory import Process
from wizard.model.mapping import Becomes, Blocker, CostLine, MappedItem, Mapping, OpenQuestion
from wizard.model.plan import Plan
from wizard.model.question import Question
from wizard.rules import pricing
from wizard.rules.addons import AddonDecision, decide_addons
from wizard.rules.app_parts import in_app
from wizard.rules.cloud_items import cloud_items
from wizard.rules.container_items import container_items
from wizard.rules.container_volumes import STEERS, steers_engine
from wizard.rules.database_mapping import database_items
from wizard.rules.domain_mapping import certificate_items, domain_items
from wizard.rules.jobs import job_items
from wizard.rules.leftovers import leftovers
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.partners import partner_items
from wizard.rules.per_node import counted
from wizard.rules.processes import decide_processes
from wizard.rules.published_prices import PLAN_CENTS
from wizard.rules.variable_mapping import variable_items

_ADDON_BECOMES: dict[str, Becomes] = {
    "database": "database",
    "stay": "stays behind",
    "replace": "replaced",
    "drop": "dropped",
    "jobs": "replaced",
    "open": "open",
}
_BEFORE: dict[str, Literal["deploy", "cutover", "report"]] = {
    "partners": "cutover",
    "domain": "cutover",
    "extensions": "report",
}
"""First (or second to last) part of a question's id → the step that needs it; others: deploy."""


def build_mapping(facts: MappingFacts) -> Mapping:
    """The mapping of these facts. The same facts always give the same mapping."""
    items = (
        *_each(facts, _process_items),
        *job_items(facts),
        *database_items(facts),
        *_each(facts, variable_items),
        *_addon_items(facts),
        *_each(facts, domain_items),
        *certificate_items(facts),
        *container_items(facts),
        *cloud_items(facts),
        *partner_items(facts),
        *leftovers(facts.inventory, facts.plan),
    )
    costs = tuple(_costs(facts))
    monthly = [(item.name, item.monthly_cents) for item in items]
    return Mapping(
        app=facts.inventory.app,
        items=items,
        questions=_questions(items, optional=False),
        offers=_questions(items, optional=True),
        costs=costs,
        shared_costs=tuple(_shared_costs(facts)),
        today=pricing.total((item.name, item.today_cents) for item in items),
        monthly=pricing.total([*monthly, *((line.name, line.cents) for line in costs)]),
        rates=facts.rates,
        notes=tuple(_notes(facts)),
        blockers=tuple(
            Blocker(
                group=item.group,
                name=item.name,
                app=item.app,
                reason=item.reason,
                to_do=item.target,
                because=item.because,
            )
            for item in items
            if item.becomes == "blocked"
        ),
    )


def _each(
    facts: MappingFacts, rule: Callable[[MappingFacts], Iterator[MappedItem]]
) -> Iterator[MappedItem]:
    """What a rule says about the app, or about each of several."""
    if not facts.parts:
        yield from rule(facts)
    for part in facts.parts:
        for item in rule(part):
            yield in_app(item, part.inventory.app)


def _process_items(facts: MappingFacts) -> Iterator[MappedItem]:
    today = {process.name: process for process in facts.inventory.processes}
    targets = {"hook": "before_deploy in .aptible.yml", "leave-out": "nothing"}
    becomes: dict[str, Becomes] = {"service": "service", "hook": "hook", "leave-out": "dropped"}
    for decided in decide_processes(facts.inventory, facts.plan):
        decision, question = counted(facts, decided)
        process = today.get(decision.name)
        service = decision.action == "service"
        steers = service and steers_engine(facts, decision.name)
        single = decision.because in ("P3", "P8", "P11")
        reason = decision.reason
        if single:
            reason += f"; {_overlap(facts, decision.name)}"
        reason += f"; {STEERS}" if steers else ""
        command = facts.command(
            "scale",
            service=decision.name,
            count=str(decision.count),
            memory=str(decision.memory_mb),
        )
        yield MappedItem(
            group="processes",
            name=decision.name,
            today=_process_today(process),
            becomes=becomes[decision.action],
            target=f"{decision.count} × {decision.memory_mb} MB"
            if service
            else targets[decision.action],
            because=decision.because,
            reason=reason,
            today_cents=_process_cents(process),
            monthly_cents=None
            if steers
            else pricing.containers(decision.count, decision.memory_mb, facts.rates),
            by_hand=(command,) if service else (),
            question=question,
        )


def _overlap(facts: MappingFacts, name: str) -> str:
    """How a deploy treats one that must never run twice (Aptible's documentation of releases)."""
    inventory = facts.inventory
    seen = [e for e in inventory.entries if e.protocol == "tcp" and not e.local]
    reached = any(entry.process == name for entry in seen)
    if not reached and not any(d.process == name for d in inventory.domains):
        return "a service without an endpoint is stopped before its next one starts"
    return (
        "it has an endpoint, so at a deploy the next one starts before it ends: put it to zero"
        " before each deploy, or give what must not run twice a service of its own"
    )


def _process_today(process: Process | None) -> str:
    if process is None:
        return "not there"
    return f"{process.quantity} × {process.size}".strip(" ×") if process.size else "no size"


def _process_cents(process: Process | None) -> int | None:
    return 0 if process is None or process.quantity == 0 else process.monthly_cents


def _addon_items(facts: MappingFacts) -> Iterator[MappedItem]:
    databases = {database.name for database in facts.inventory.databases}
    for decision in decide_addons(facts.inventory, facts.plan):
        if decision.addon.name not in databases:
            yield _addon_item(facts, decision)


def _addon_item(facts: MappingFacts, decision: AddonDecision) -> MappedItem:
    addon = decision.addon
    elsewhere = addon.billed_to not in ("", facts.inventory.app)
    today = 0 if elsewhere else addon.monthly_cents
    later: dict[str, int | None] = {"stay": today, "drop": 0, "jobs": 0, "database": 0}
    said = [decision.reason]
    if elsewhere:
        said.append(f"billed to {addon.billed_to}")
    if decision.before_end:
        said.append(f"before it is deleted: {decision.before_end}")
    # What replaces an add-on costs something where a person has to get it; what the target has
    # built in (autoscaling, outbound addresses) costs nothing of its own.
    built_in = decision.action == "replace" and decision.variables != "give"
    return MappedItem(
        group="add-ons",
        name=addon.name,
        today=addon.plan or addon.service,
        becomes=_ADDON_BECOMES[decision.action],
        target=decision.target,
        because=decision.because,
        reason="; ".join(said),
        today_cents=today,
        monthly_cents=0 if built_in else later.get(decision.action),
        question=decision.question,
    )


def _questions(items: tuple[MappedItem, ...], *, optional: bool) -> tuple[OpenQuestion, ...]:
    about: dict[str, list[str]] = {}
    found: dict[str, Question] = {}
    for item in items:
        if item.question is not None and item.question.optional == optional:
            found.setdefault(item.question.id, item.question)
            about.setdefault(item.question.id, []).append(item.name)
    return tuple(
        OpenQuestion(question=question, about=tuple(about[identity]), before=_before(identity))
        for identity, question in found.items()
    )


def _before(identity: str) -> Literal["deploy", "cutover", "report"]:
    first, *rest = identity.split("/")
    kind = "extensions" if len(rest) > 1 and rest[1] == "extensions" else first
    return _BEFORE.get(kind, "deploy")


def _costs(facts: MappingFacts) -> Iterator[CostLine]:
    if facts.plan.databases:
        price = facts.rates.backup_gb_month
        each = "at a price that is not known" if price is None else f"{price} $ a GB and month"
        yield CostLine(
            name="backups of the databases",
            cents=None,
            reason=f"{each}; how much is retained is not known before there are backups",
        )


def _shared_costs(facts: MappingFacts) -> Iterator[CostLine]:
    plan: Plan = facts.plan
    chosen = plan.target.plan
    yield CostLine(
        name=f"Aptible's {chosen} plan" if chosen else "Aptible's plan",
        cents=PLAN_CENTS.get(chosen) if chosen else None,
        reason="published base price" if chosen else "nobody has chosen one yet (target.plan)",
    )
    if facts.stack is None:
        yield CostLine(name=f"stack {plan.target.stack}", cents=None, reason=facts.missing)
    elif facts.stack.dedicated:
        yield CostLine(
            name=f"dedicated stack {facts.stack.name}",
            cents=pricing.stack(facts.rates),
            reason="whether the plan's base price covers one is not known: ask Aptible",
        )


def _notes(facts: MappingFacts) -> Iterator[str]:
    rates = facts.rates
    if rates.published:
        all_of = "all prices" if len(rates.published) > 3 else ", ".join(rates.published)
        yield f"rates could not be read: {rates.trouble}; {all_of}: published, not read"
    if facts.missing:
        yield f"the target could not be asked: {facts.missing}"
    if facts.inventory.gaps:
        subjects = ", ".join(gap.subject for gap in facts.inventory.gaps)
        yield f"not in the inventory, so not mapped: {subjects}"
