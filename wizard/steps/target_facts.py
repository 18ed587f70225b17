"""Reads once per sign-in what the target's account can hold, and keeps it in the journal."""

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from wizard.engine.chain import Entry
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.model.target_facts import TargetFacts

KEY = "target"


async def note_target(session: Session, organization: str) -> TargetFacts:
    """Ask for stacks and plan; what cannot be read is a gap, no stop."""
    target, gaps = session.outside.target, []
    stacks = plan = None
    answered = False
    try:
        stacks = tuple(await target.stacks())
    except MovedayError as error:
        gaps.append(f"stacks: {error.title}")
    try:
        plan = await target.active_plan()
        answered = True
    except MovedayError as error:
        gaps.append(f"plan: {error.title}")
    found = TargetFacts(
        organization=organization,
        stacks=stacks,
        plan=plan,
        no_plan=answered and plan is None,
        gaps=tuple(gaps),
        at=session.clock.now(),
    )
    session.journal.append("read", key=KEY, facts=found.model_dump(mode="json"))
    return found


def target_facts(entries: Iterable[Entry]) -> TargetFacts | None:
    """What the last sign-in saw; None before the first one."""
    found = None
    for entry in entries:
        if entry.kind == "read" and entry.key == KEY and isinstance(entry.data, Mapping):
            try:
                found = TargetFacts.model_validate(entry.data.get("facts"))
            except ValidationError:
                continue
    return found
