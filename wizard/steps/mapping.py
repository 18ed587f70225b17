"""Step 4, mapping: what each thing becomes, and because of which rule."""

from collections.abc import Sequence

from pydantic import SecretStr

from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.frozen import Frozen
from wizard.rules.processes import ProcessDecision, decide_processes
from wizard.rules.variables import VariableDecision, decide_variables
from wizard.steps.base import Step, StepState, last, no_gates


class MappedVariable(Frozen):
    """One variable's fate, without its value."""

    name: str
    action: str
    because: str
    reason: str


class Mapping(Frozen):
    """The thin mapping: variables and processes by rule, add-ons that stay behind."""

    variables: tuple[MappedVariable, ...]
    processes: tuple[ProcessDecision, ...]
    stays_behind: tuple[str, ...]


async def map_variables(session: Session) -> Sequence[VariableDecision]:
    """Decide every variable; databases that are not made yet stand as a placeholder."""
    inventory = session.inventory()
    if inventory is None:
        raise BlockedError("there is no inventory yet", "", "run moveday inventory")
    placeholder = SecretStr("postgresql://not-made-yet")
    urls = {choice.variable: placeholder for choice in session.plan.databases}
    return decide_variables(inventory, await session.config(), session.plan, urls)


async def _run(session: Session) -> Mapping:
    decided = await map_variables(session)
    inventory = session.inventory()
    assert inventory is not None
    session.journal.append("decided", key="mapping", variables={d.name: d.action for d in decided})
    moved = {choice.variable for choice in session.plan.databases}
    return Mapping(
        variables=tuple(
            MappedVariable(name=d.name, action=d.action, because=d.because, reason=d.reason)
            for d in decided
        ),
        processes=decide_processes(inventory, session.plan),
        stays_behind=tuple(
            f"{addon.name} ({addon.plan})"
            for addon in inventory.addons
            if not moved & set(addon.provides)
        ),
    )


def _state(session: Session) -> StepState:
    done = last(session, "decided", "mapping")
    read = last(session, "read", "inventory")
    if not read:
        return StepState("not yet", "needs the inventory")
    if not done:
        return StepState("ready")
    return StepState("stale", "the inventory was read again") if done < read else StepState("done")


MAPPING = Step(
    id="mapping",
    key="4",
    title="Mapping",
    reads=("inventory", "plan"),
    writes=(),
    needs=("inventory",),
    check=no_gates,
    run=_run,
    state=_state,
)
