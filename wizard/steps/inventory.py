"""Step 3, inventory: everything the app is made of, each fact with where it was seen."""

from wizard.engine.session import Session
from wizard.model.inventory import Inventory
from wizard.runbook.runs import open_run
from wizard.steps.base import Step, StepState, last, no_gates


async def _run(session: Session) -> Inventory:
    inventory = await session.outside.source.read_inventory(session.fingerprint, session.say)
    found = open_run(session.journal)
    if found is not None and found.kind == "live":
        # A frozen app looks as if it had no workers; the open cutover needs to know how it ran.
        session.say(f"cutover {found.number} is open: what was read is shown, not kept", "warn")
    else:
        session.keep_inventory(inventory)
    return inventory


def _state(session: Session) -> StepState:
    read = last(session, "read", "inventory")
    if not read:
        return StepState("ready")
    if session.inventory() is None:
        return StepState("stale", "the stored facts are gone: read again")
    if read < last(session, "read", "plan"):
        return StepState("done", "read before the plan was read last")
    return StepState("done")


INVENTORY = Step(
    id="inventory",
    key="3",
    title="Inventory",
    reads=("source",),
    writes=("facts.json",),
    needs=("sign-in",),
    check=no_gates,
    run=_run,
    state=_state,
)
