"""Step 1, plan: where from, where to, with which data, in how much time."""

from collections.abc import Sequence

from wizard.engine.session import Session
from wizard.model.frozen import Frozen
from wizard.model.plan import Plan
from wizard.model.question import Gate
from wizard.steps.base import Step, StepState, no_gates


class PlanRead(Frozen):
    """The plan as read, with the hash of its file."""

    plan: Plan
    hash: str
    notes: tuple[str, ...]


async def _run(session: Session) -> PlanRead:
    session.journal.append("read", key="plan", hash=session.plan_hash)
    return PlanRead(plan=session.plan, hash=session.plan_hash, notes=tuple(_notes(session.plan)))


def _notes(plan: Plan) -> Sequence[str]:
    notes = []
    if plan.regulated:
        notes.append("regulated data: a dedicated stack and a signed BAA are needed first")
    if not plan.source.staging:
        notes.append("no staging app: freeze and thaw can only be rehearsed at the table")
    if not plan.dns.rehearsal_name:
        notes.append("no throw-away DNS name: the switch can only be rehearsed at the table")
    if not plan.domains:
        notes.append("no domains: users reach the app by the platform's own name")
    return notes


async def stack_gate(session: Session) -> Sequence[Gate]:
    """Whether the plan's stack may hold the plan's data."""
    stacks = await session.outside.target.stacks()
    stack = next((s for s in stacks if s.name == session.plan.target.stack), None)
    allowed = stack is not None and (stack.dedicated or not session.plan.regulated)
    reason = (
        ""
        if allowed
        else (
            f"the stack {session.plan.target.stack} is not there"
            if stack is None
            else f"{stack.name} is shared; regulated data needs a dedicated stack"
        )
    )
    return (Gate(id="stack", open=allowed, reason=reason, hint="ask Aptible's support for one"),)


def _state(session: Session) -> StepState:
    for entry in reversed(session.journal.entries):
        if entry.kind == "read" and entry.key == "plan":
            if entry.data.get("hash") == session.plan_hash:
                return StepState("done", "moveday.yaml read")
            return StepState("stale", "moveday.yaml changed since it was read")
    return StepState("ready")


PLAN = Step(
    id="plan",
    key="1",
    title="Plan",
    reads=("moveday.yaml",),
    writes=(),
    needs=(),
    check=no_gates,
    run=_run,
    state=_state,
)
