"""Step 3, inventory: everything the app is made of, each fact with where it was seen."""

from collections.abc import Sequence

from wizard.engine.session import Session
from wizard.model.inventory_change import Change, InventoryRead
from wizard.rules.inventory_changes import changes
from wizard.runbook.runs import open_run
from wizard.steps.base import Step, StepState, last, no_gates

CHANGES = "inventory-changes"
_SHOWN = 3


async def _run(session: Session) -> InventoryRead:
    inventory = await session.outside.source.read_inventory(session.fingerprint, session.say)
    before = session.inventory()
    found = None if before is None else changes(before, inventory)
    run = open_run(session.journal)
    if run is not None and run.kind == "live":
        # A frozen app looks as if it had no workers; the open cutover needs to know how it ran.
        session.say(f"cutover {run.number} is open: what was read is shown, not kept", "warn")
    else:
        compared = found
        if before is None and last(session, "read", "inventory"):
            compared = (Change(kind="the facts of the look before", subject="", what="unknown"),)
        session.keep_inventory(inventory)
        if compared:
            listed = [change.model_dump(mode="json") for change in compared]
            session.journal.append("read", key=CHANGES, changes=listed)
    return InventoryRead(**dict(inventory), changes=found)


def changed_since(session: Session, seq: int) -> tuple[Change, ...]:
    """What the looks after journal line `seq` found changed, oldest first."""
    found: list[Change] = []
    for entry in session.journal.entries:
        if entry.kind == "read" and entry.key == CHANGES and entry.seq > seq:
            listed = entry.data.get("changes")
            found += [
                Change.model_validate(each)
                for each in (listed if isinstance(listed, list | tuple) else ())
            ]
    return tuple(found)


def change_words(found: Sequence[Change]) -> str:
    """A few changes in one sentence, for why a later step is stale."""
    words = "; ".join(change.words for change in found[:_SHOWN])
    more = len(found) - _SHOWN
    return f"{words}; and {more} more changes" if more > 0 else words


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
