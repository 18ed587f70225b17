"""The job beside the source is ended: told so, its way in closed, its secrets taken away.

A person removes its container. Nothing waits for that: it sleeps, and has no way in any more.
"""

import asyncio
import contextlib

from wizard.engine.events import PersonNeeded
from wizard.errors import MovedayError
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import by_job
from wizard.runbook.lines.entrance import close_entrance, find_entrance
from wizard.runbook.lines.job_names import beside, container_name, job_name, jobs, secret_names
from wizard.runbook.task import Task
from wizard.safety.consent import Level

_MARK = "end"
_ENDS_WITHIN = 20.0


async def end_job(context: RunContext, choice: DatabaseChoice) -> str:
    """Tell it to end, take its secrets away, ask a person for the rest; what was seen.

    Once per run. A job that is away is not waited for: without the way in it can do nothing.
    """
    container = container_name(context, choice)
    key = f"ended/{container}"
    before = context.recall(key)
    if before is not None:
        return str(before)
    told = await _told(context, choice)
    left = await _forgotten(context, secret_names(context, choice), warn=False)
    await context.session.front.ask_person(
        PersonNeeded(
            JOB_GONE.id,
            f"remove the container {container}",
            "It does nothing any more. Nothing waits for this.",
            by_hand=beside(context).end_by_hand(container, tuple(left)),
            end=container,
        )
    )
    if left:
        # A platform keeps what a container still uses; whoever was asked may have ended it by now.
        left = await _forgotten(context, tuple(left), warn=True)
    seen = f"{container}: {told}; its secrets "
    seen += f"are still there, to be removed with it: {', '.join(left)}" if left else "are gone"
    context.record(key, seen)
    return seen


async def _told(context: RunContext, choice: DatabaseChoice) -> str:
    """By a tunnel of its own: on the way back the run's are closed."""
    handle, name = context.stage.database_handle(choice), job_name(context, choice)
    found = await new_side.find_database(context, handle)
    if found is None:
        return "its database is gone"
    serving = jobs(context).serving
    try:
        async with context.session.outside.target.tunnel(found) as target:
            heard = await serving.hear(target, name, "end", _MARK)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ENDS_WITHIN):
                    while heard is not None and heard.there and not heard.answer:
                        await asyncio.sleep(0.3)
                        heard = await serving.hear(target, name, "end", _MARK)
            await serving.forget(target, name)
    except MovedayError as error:
        context.say(f"the job {name} could not be told to end: {error.title}", "warn")
        return "it could not be told to end"
    if heard is None:
        return "its place in the database has gone with the marker: it ends by itself"
    if heard.ended or heard.answer:
        return "ended"
    return "not heard any more"


async def _forgotten(context: RunContext, names: tuple[str, ...], *, warn: bool) -> list[str]:
    """The names of those that a person has to take away."""
    left = []
    for name in names:
        key = f"{context.label}/forget/{name}"
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"forget the secret {name}")
        context.session.journal.append("intent", key=key)
        try:
            gone = await beside(context).forget_secret(name, consent)
        except MovedayError as error:
            if warn:
                context.say(f"the secret {name} could not be taken away: {error.title}", "warn")
            gone = False
        if gone:
            context.session.journal.append("effect", key=key)
        else:
            left.append(name)
    return left


async def _end(context: RunContext) -> None:
    seen = []
    for choice in by_job(context):
        seen += [await end_job(context, choice), await close_entrance(context, choice)]
    context.record("job-gone", "; ".join(seen))


async def _gone(context: RunContext) -> Evidence | None:
    seen = context.recall("job-gone")
    if seen is None or any([await find_entrance(context, c) for c in by_job(context)]):
        return None
    return context.proof(str(seen), "the new database, and the source's platform")


def _by_hand(context: RunContext) -> str:
    return "\n".join(
        beside(context).end_by_hand(container_name(context, c), secret_names(context, c))
        for c in by_job(context)
    )


JOB_GONE = Task(
    id="job-gone",
    title="job beside the source ended, its way in closed",
    side="both",
    check=_gone,
    do=_end,
    by_hand=_by_hand,
    # The switch looks at the old side once more, and through the job alone.
    needs=("verify", "switch"),
    level=Level.CHANGE_NEW_SIDE,
    expected=30,
)
