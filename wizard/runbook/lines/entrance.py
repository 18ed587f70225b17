"""The way in from outside to the database that a run fills: for the job's addresses, and no longer
than it is needed.
"""

from ipaddress import ip_network

from wizard.acts import do
from wizard.errors import BlockedError, OutsideError
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.model.target import Entrance
from wizard.rules.made import made_things
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import by_job
from wizard.runbook.lines.followed import followed
from wizard.runbook.lines.job_names import beside
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def find_entrance(context: RunContext, choice: DatabaseChoice) -> Entrance | None:
    """What leads to this run's database from outside; None without it, or without the database."""
    handle = context.stage.database_handle(choice)
    database = await new_side.find_database(context, handle)
    if database is None:
        return None
    return await context.session.outside.target.find_entrance(database)


async def close_entrance(context: RunContext, choice: DatabaseChoice) -> str:
    """Remove it and look that it is gone; what was seen. One that moveday did not make is left."""
    handle = context.stage.database_handle(choice)
    key = f"entrance/{handle}"
    things = made_things(context.session.journal.entries).made
    ours = next((made for made in things if made.key == key), None)
    found = await find_entrance(context, choice)
    if found is None:
        if ours is not None:
            context.session.journal.append("effect", key=f"remove {key}", found="gone already")
        return f"no way in to {handle}"
    if ours is None or ours.id not in (None, found.id):
        context.say(f"the way in to {handle} is left: moveday did not make it", "warn")
        return f"the way in to {handle} is left: moveday did not make it"
    context.session.journal.append("intent", key=f"remove {key}", id=found.id)
    consent = context.consent(Level.CHANGE_NEW_SIDE, f"close the way in to {handle}")
    await context.session.outside.target.delete_entrance(found, consent)
    if await find_entrance(context, choice) is not None:
        raise OutsideError(
            f"the way in to {handle} is still open after it was removed", "", do("again")
        )
    context.session.journal.append("effect", key=f"remove {key}", id=found.id)
    return f"the way in to {handle} removed and not found again"


async def _make(context: RunContext) -> None:
    addresses = await beside(context).addresses()
    for choice in by_job(context):
        await _make_one(context, choice, addresses)


async def _make_one(
    context: RunContext, choice: DatabaseChoice, addresses: tuple[str, ...]
) -> None:
    target, handle = context.session.outside.target, context.stage.database_handle(choice)
    database = await new_side.database(context, handle)

    async def find() -> Entrance | None:
        return await target.find_entrance(database)

    async def act() -> Entrance:
        words = f"let {', '.join(addresses)} in to {handle}"
        consent = context.consent(Level.CHANGE_NEW_SIDE, words)
        async with followed(context, handle) as log:
            return await target.create_entrance(database, addresses, consent, log)

    found = await context.once(f"entrance/{handle}", find, act)
    if found.status != "provisioned":
        found = await act()  # begun by a start that was killed: seen through
    if not _same(found.allowed_ips, addresses):
        raise BlockedError(
            f"the way in to {handle} is open to other addresses than the source's",
            f"it lets in {', '.join(found.allowed_ips) or 'everybody'}, wanted:"
            f" {', '.join(addresses)}",
            f"remove it, or {do('roll-back')}, then begin again",
        )


async def _made(context: RunContext) -> Evidence | None:
    words = []
    for choice in by_job(context):
        found = await find_entrance(context, choice)
        if found is None or found.status != "provisioned":
            return None
        words.append(f"{context.stage.database_handle(choice)}: {', '.join(found.allowed_ips)}")
    return context.proof(f"open to these addresses only: {'; '.join(words)}", "the new database")


async def _close(context: RunContext) -> None:
    for choice in by_job(context):
        await close_entrance(context, choice)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """With or without "/32"."""
    return {ip_network(a, strict=False) for a in one} == {
        ip_network(a, strict=False) for a in other
    }


ENTRANCE = Task(
    id="entrance",
    title="a way in to the fresh database, for the job's addresses only",
    side="new",
    check=_made,
    do=_make,
    undo=_close,
    needs=("fresh-database",),
    level=Level.CHANGE_NEW_SIDE,
    expected=60,
)
