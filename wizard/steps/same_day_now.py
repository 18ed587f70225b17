"""Gathers what is stored about a move and judges: can it be today? Asks nothing of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from wizard.clock import Clock
from wizard.engine.chain import Entry
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import Journal, JournalReader
from wizard.engine.plan_file import plan_bytes, settle
from wizard.engine.plan_yaml import load_yaml
from wizard.engine.store import Store
from wizard.errors import UsageError
from wizard.forecast.ledger import runs_of
from wizard.forecast.model import forecast
from wizard.model.dns_report import NameReport
from wizard.model.inventory import Inventory
from wizard.model.plan import Expected, Plan
from wizard.model.runs import Forecast, Run
from wizard.model.same_day import SameDay
from wizard.rules.plan_state import standing
from wizard.rules.same_day import same_day
from wizard.rules.same_day_facts import SameDayFacts
from wizard.rules.same_day_needs import needs_of
from wizard.rules.survey_reading import same_name
from wizard.runbook.dns.memory import reports
from wizard.steps.agreement import waived_because
from wizard.steps.target_facts import target_facts

_SWITCHES = frozenset({"ttl-lowered", "switch"})


def stored_inventory(store: Store, journal: Journal | JournalReader) -> Inventory | None:
    """The kept inventory; None when there is none, or one of another moveday."""
    content = store.load_facts(journal).content or {}
    try:
        return Inventory.model_validate(content["inventory"])
    except (KeyError, ValidationError):
        return None


def verdict_now(
    document: Mapping[str, object], journal: Journal | JournalReader, store: Store, clock: Clock
) -> SameDay:
    """The verdict for a plan or a draft, from what is stored beside it."""
    return same_day(facts_now(document, journal, store, clock))


def stored_verdict(folder: Path, reader: JournalReader, clock: Clock) -> SameDay | None:
    """The verdict for the plan in `folder`, read-only; None without a plan that can be read."""
    try:
        raw = plan_bytes(folder)
        document = load_yaml(raw)[0] if raw is not None else None
        if raw is None or not isinstance(document, dict):
            return None
        settle(raw)
    except UsageError:
        return None
    return verdict_now(document, reader, Store(folder / STATE_FOLDER, writing=False), clock)


def facts_now(
    document: Mapping[str, object], journal: Journal | JournalReader, store: Store, clock: Clock
) -> SameDayFacts:
    """Everything that bears on the day. `document` may be a draft's."""
    plan = standing(document).plan
    entries, inventory = journal.entries, stored_inventory(store, journal)
    regulated = document.get("regulated", False if plan else None)
    target = document.get("target")
    said = target if isinstance(target, Mapping) else {}
    runs = runs_of(entries)
    return SameDayFacts(
        now=clock.now().astimezone(),
        regulated=regulated if isinstance(regulated, bool) else None,
        agreement=_text(document.get("agreement")),
        agreement_waived=waived_because(entries),
        chosen_plan=_text(said.get("plan")),
        stack=_text(said.get("stack")),
        expected=plan.expected if plan else _expected(document.get("expected")),
        domains=plan.domains if plan else (),
        budget_minutes=plan.downtime.budget_minutes if plan else 30,
        needs=needs_of(plan, inventory) if plan else None,
        inventory=inventory,
        target=target_facts(entries),
        names=_names(entries, plan),
        forecast=_forecast(runs, plan, inventory),
        switch_practised=any(_practised(run) for run in runs),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _expected(value: object) -> Expected:
    try:
        return Expected.model_validate(value or {})
    except ValidationError:
        return Expected()


def _names(entries: Sequence[Entry], plan: Plan | None) -> tuple[NameReport, ...]:
    """The newest survey of each of the plan's names, under the plan's spelling."""
    if plan is None:
        return ()
    seen = [report for survey in reports(entries) for report in survey.names]
    found = []
    for name in plan.domains:
        newest = next((r for r in reversed(seen) if same_name(r.name, name)), None)
        if newest is not None:
            found.append(newest.model_copy(update={"name": name}))
    return tuple(found)


def _forecast(
    runs: Sequence[Run], plan: Plan | None, inventory: Inventory | None
) -> Forecast | None:
    if plan is None or not runs:
        return None
    # The runbook is a large import, and `moveday status` is called often.
    from wizard.runbook.order import runbook

    return forecast(
        runs, tasks=runbook(plan, inventory), budget_minutes=plan.downtime.budget_minutes
    )


def _practised(run: Run) -> bool:
    """Whether somebody changed a record in this run, on a name of their own or a spare one."""
    return any(t.task in _SWITCHES and t.fidelity in ("real", "twin") for t in run.tasks)
