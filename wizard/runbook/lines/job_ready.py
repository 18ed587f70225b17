"""The job beside the source is started before the outage: a person does that once, and it waits.

What stands between it and the data is then one row in the target.
"""

from wizard.engine.events import PersonNeeded
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.runbook.context import RunContext
from wizard.runbook.lines.databases_moved import by_job
from wizard.runbook.lines.far_job import FarJob
from wizard.runbook.lines.job_gone import end_job
from wizard.runbook.lines.job_names import (
    container_name,
)
from wizard.runbook.lines.job_start import READY, start_request
from wizard.runbook.person import wait_for_person
from wizard.runbook.task import Check, Task
from wizard.safety.consent import Level

_TITLE = "start the job beside the source"
_POLL = 1.0


async def _ask(context: RunContext) -> PersonNeeded:
    """Everything that moveday can do for it, then what only a person can: for the last of them."""
    *others, last = by_job(context)
    for choice in others:
        request = await _prepared(context, choice)
        await wait_for_person(context, request, _hears((choice,)), _POLL)
    return await _prepared(context, last)


def _hears(choices: tuple[DatabaseChoice, ...]) -> Check:
    async def check(context: RunContext) -> Evidence | None:
        for choice in choices or by_job(context):
            heard = await FarJob(context, choice).heard()
            if heard is None or not heard.there:
                return None
        names = ", ".join(container_name(context, c) for c in choices or by_job(context))
        return context.proof(f"it waits, and says so: {names}", "its beat in the new database")

    return check


async def _prepared(context: RunContext, choice: DatabaseChoice) -> PersonNeeded:
    await FarJob(context, choice).prepare()
    handle = context.stage.database_handle(choice)
    why = (
        f"Nobody but a container beside the source reaches the database of {choice.variable}."
        f" Start one, once: it waits, and moves the data into {handle} when it is told to."
    )
    return await start_request(context, choice, _TITLE, why)


async def _undo(context: RunContext) -> None:
    for choice in by_job(context):
        await end_job(context, choice)


JOB_READY = Task(
    id=READY,
    title=_TITLE,
    side="old",
    who="person",
    check=_hears(()),
    request=_ask,
    undo=_undo,
    needs=("entrance",),
    level=Level.CHANGE_NEW_SIDE,
    expected=300,
    poll=_POLL,
)
