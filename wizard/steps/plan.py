"""Step 1, plan: where from, where to, with which data, in how much time."""

from collections.abc import Sequence

from wizard.engine.plan_text import plan_document
from wizard.engine.session import Session
from wizard.model.frozen import Frozen
from wizard.model.plan import Plan
from wizard.model.question import Gate
from wizard.model.same_day import SameDay
from wizard.rules.same_day_account import account_reasons
from wizard.steps.base import Step, StepState, no_gates
from wizard.steps.same_day_now import facts_now, verdict_now


class PlanRead(Frozen):
    """The plan as read, with the hash of its file, and what it means for today."""

    plan: Plan
    hash: str
    notes: tuple[str, ...]
    verdict: SameDay


async def _run(session: Session) -> PlanRead:
    session.journal.append("read", key="plan", hash=session.plan_hash)
    document = plan_document(session.plan)
    return PlanRead(
        plan=session.plan,
        hash=session.plan_hash,
        notes=tuple(_notes(session.plan)),
        verdict=verdict_now(document, session.journal, session.store, session.clock),
    )


def _notes(plan: Plan) -> Sequence[str]:
    notes = []
    if plan.regulated and not plan.agreement:
        notes.append("regulated data: a dedicated stack and a signed BAA are needed first")
    if not plan.target.stack:
        notes.append("no stack is named yet: the deploy waits for it")
    if not plan.source.staging:
        notes.append("no staging app: freeze and thaw can only be rehearsed at the table")
    if not plan.dns.rehearsal_name:
        notes.append("no throw-away DNS name: the switch can only be rehearsed at the table")
    if not plan.domains:
        notes.append("no domains: users reach the app by the platform's own name")
    return notes


async def stack_gate(session: Session) -> Sequence[Gate]:
    """Whether the plan's stack may hold the plan's data."""
    plan, stacks = session.plan, await session.outside.target.stacks()
    wanted = plan.target.stack
    found = next((s for s in stacks if s.name == wanted), None)
    fitting = [s.name for s in stacks if s.dedicated or not plan.regulated]
    if found is not None and found.name in fitting:
        return (Gate(id="stack", open=True, reason=""),)
    if found is not None:
        reason = f"{found.name} is shared; regulated data needs a dedicated stack"
    elif wanted:
        reason = f"the stack {wanted} is not there"
    else:
        reason = "moveday.yaml names no stack yet"
    hint = (
        f"put one of these into target.stack: {', '.join(fitting)}"
        if fitting
        else "ask Aptible's support for a dedicated stack: nobody else can make one"
    )
    return (Gate(id="stack", open=False, reason=reason, hint=hint),)


def _state(session: Session) -> StepState:
    for entry in reversed(session.journal.entries):
        if entry.kind == "read" and entry.key == "plan":
            if entry.data.get("hash") == session.plan_hash:
                return _against_target(session)
            return StepState("stale", "moveday.yaml changed since it was read")
    return StepState("ready")


def _against_target(session: Session) -> StepState:
    """The plan was read; does what the last sign-in saw leave room for it?"""
    facts = facts_now(plan_document(session.plan), session.journal, session.store, session.clock)
    blocking = [
        r for r in account_reasons(facts) if r.state == "in the way" and r.id in ("stack", "plan")
    ]
    if facts.target is not None and blocking:
        return StepState("you", blocking[0].words)
    return StepState("done", "moveday.yaml read")


PLAN = Step(
    id="plan",
    key="1",
    title="Plan",
    reads=("moveday.yaml",),
    writes=("moveday.yaml",),
    needs=(),
    check=no_gates,
    run=_run,
    state=_state,
)
