"""Step 6, deploy: a plan of every operation first, then exactly that plan."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from wizard.acts import do
from wizard.engine.given_values import forget_values
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.frozen import Frozen
from wizard.model.question import Gate
from wizard.rules.container_registries import SETTINGS as LOGIN
from wizard.rules.service_parity import ServiceParity, service_parity
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.code import known_commit
from wizard.runbook.lines.deploy import deploy_lines
from wizard.runbook.runner import in_order, run_tasks
from wizard.runbook.stage import Stage, rehearsal_stage
from wizard.steps.base import Step, StepState, last
from wizard.steps.drifted import DriftFound, look_for_drift, record_new_side
from wizard.steps.files import FILES
from wizard.steps.mapping import map_variables, questions_gate
from wizard.steps.plan import stack_gate
from wizard.steps.standing import UNDONE, built, no_cutover_gate

DECIDED = "deploy-plan"


class PlannedOperation(Frozen):
    """One thing that will be made or changed, in words, and what it waits for."""

    id: str
    title: str
    needs: tuple[str, ...]
    there: bool


class DeployPlan(Frozen):
    """Every operation of a deploy. `hash` covers what is wanted, not what is there already."""

    operations: tuple[PlannedOperation, ...]
    commit: str
    variables: dict[str, str]
    hash: str
    notes: tuple[str, ...] = ()
    drift: DriftFound = DriftFound()


class Deployed(Frozen):
    """A finished deploy: what it was planned as, the evidence per operation, and what the new side
    has of every variable and every process."""

    plan: str
    evidence: dict[str, str]
    parity: tuple[dict[str, object], ...]
    services: tuple[ServiceParity, ...] = ()


def deploy_stage(session: Session) -> Stage:
    """A deploy acts like a rehearsal: on the new side only, and by its default endpoint."""
    return rehearsal_stage(session.outside, session.plan, 0)


async def plan_deploy(session: Session) -> DeployPlan:
    """What a deploy would do now. Looks at both sides, changes nothing."""
    number = sum(e.kind == "decided" and e.key == "deploy" for e in session.journal.entries)
    context = RunContext(session, deploy_stage(session), f"deploy-{number}-plan")
    commit = await known_commit(context)
    variables: dict[str, str] = {d.name: d.action for d in await map_variables(session)}
    wanted = in_order(deploy_lines(session.plan))
    operations: list[PlannedOperation] = []
    for task in wanted:
        there = False
        if all(o.there for o in operations if o.id in task.needs) and not task.repeat:
            there = await task.check(context) is not None
        operations.append(
            PlannedOperation(id=task.id, title=task.title, needs=task.needs, there=there)
        )
    outline = {
        "operations": [(o.id, o.title, sorted(o.needs)) for o in operations],
        "commit": commit,
        "variables": variables,
        "target": session.plan.target.model_dump(),
        "databases": [d.model_dump() for d in session.plan.databases],
        "port": session.plan.port,
        "operator_ips": session.plan.operator_ips,
    }
    digest = hashlib.sha256(json.dumps(outline, sort_keys=True).encode()).hexdigest()
    return DeployPlan(operations=tuple(operations), commit=commit, variables=variables, hash=digest)


async def show_plan(session: Session) -> DeployPlan:
    """Plan a deploy and remember it as shown; also what is not as it was left."""
    plan = await plan_deploy(session)
    plan = plan.model_copy(update={"drift": await look_for_drift(session)})
    session.journal.append("decided", key=DECIDED, hash=plan.hash)
    return plan


def shown_hash(session: Session) -> str:
    """The hash of the plan that was shown since the last deploy; "" when none was."""
    for entry in reversed(session.journal.entries):
        if entry.kind == "decided" and entry.key == "deploy":
            return ""
        if entry.kind == "decided" and entry.key == DECIDED:
            return str(entry.data.get("hash", ""))
    return ""


async def _run(session: Session) -> Deployed:
    gates = [gate for gate in await _check(session) if not gate.open]
    if gates:
        raise BlockedError("deploy cannot start", gates[0].reason, gates[0].remedy)
    plan = await plan_deploy(session)
    shown = shown_hash(session)
    if shown and shown != plan.hash:
        raise BlockedError(
            "the deploy plan changed since it was shown",
            f"shown {shown[:12]}, now {plan.hash[:12]}",
            do("deploy-plan"),
        )
    number = 1 + sum(e.kind == "decided" and e.key == "deploy" for e in session.journal.entries)
    session.journal.append("decided", key="deploy", hash=plan.hash, number=number)
    context = RunContext(session, deploy_stage(session), f"deploy-{number}")
    try:
        await run_tasks(context, deploy_lines(session.plan))
    finally:
        await context.resources.aclose()
    session.journal.append("evidence", key="deployed", hash=plan.hash, commit=plan.commit)
    # What is held back has no other owner yet: its value is kept until accept.
    sent = [d.name for d in await map_variables(session) if d.action != "hold-back"]
    forget_values(session, (*sent, *LOGIN))
    await record_new_side(session)
    evidence = {
        entry.task: str(_what(entry.data.get("evidence")))
        for entry in session.journal.entries
        if entry.kind == "done" and entry.key.startswith(f"{context.label}/task/")
    }
    rows = context.recall("parity")
    parity = tuple(dict(row) for row in rows) if isinstance(rows, list | tuple) else ()
    services = await _services(context, parity, evidence.get("answers", ""))
    return Deployed(plan=plan.hash, evidence=evidence, parity=parity, services=services)


async def _services(
    context: RunContext, rows: Sequence[Mapping[str, object]], smoke: str
) -> tuple[ServiceParity, ...]:
    """Every process of the old side and its service, journalled for the report."""
    session = context.session
    inventory = session.inventory()
    assert inventory is not None
    services = await session.outside.target.services(await new_side.app(context))
    found = service_parity(inventory, session.plan, services, rows, smoke)
    context.record("services", [row.model_dump(mode="json") for row in found])
    return found


def _what(evidence: object) -> object:
    return evidence.get("what") if isinstance(evidence, dict) else ""


async def _check(session: Session) -> Sequence[Gate]:
    if session.inventory() is None:
        reason = "there is no inventory yet"
        return (Gate(id="inventory", open=False, reason=reason, hint=do("inventory")),)
    return (
        no_cutover_gate(session),
        *await stack_gate(session),
        await questions_gate(session, "deploy"),
        *await FILES.check(session),
    )


def _state(session: Session) -> StepState:
    done = built(session)
    if not last(session, "read", "inventory"):
        return StepState("not yet", "needs the inventory")
    if not done:
        begun = last(session, "decided", "deploy") > last(session, "undone", UNDONE)
        return StepState("failed", "broken off: run it again") if begun else StepState("ready")
    if done < last(session, "read", "inventory"):
        return StepState("stale", "the inventory was read again since")
    return StepState("done")


DEPLOY = Step(
    id="deploy",
    key="6",
    title="Deploy",
    reads=("inventory", "mapping", "repository"),
    writes=("target",),
    needs=("files",),
    check=_check,
    run=_run,
    state=_state,
)
