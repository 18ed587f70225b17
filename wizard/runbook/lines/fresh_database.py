"""A fresh database for the data, made before the outage and touched by nothing else."""

import asyncio

from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.model.target import TargetDatabase
from wizard.rules.databases import choose_image
from wizard.rules.made import made_things
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import databases_to_move
from wizard.runbook.lines.followed import followed
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def make_database(context: RunContext, choice: DatabaseChoice, handle: str) -> TargetDatabase:
    """Make (or adopt) a database called `handle`, sized as the plan says."""
    session, target = context.session, context.session.outside.target
    environment = await new_side.environment(context)
    inventory = session.inventory()
    source = next(
        (d for d in (inventory.databases if inventory else ()) if d.variable == choice.variable),
        None,
    )
    image = choose_image(
        list(await target.database_images()), choice, source.version if source else ""
    )

    async def act() -> TargetDatabase:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"make database {handle}")
        async with followed(context, handle) as log:
            return await target.create_database(
                environment, handle, image, choice.disk_gb, choice.memory_mb, consent, log
            )

    return await context.once(
        f"database/{handle}", lambda: new_side.find_database(context, handle), act
    )


def made_here(context: RunContext, database: TargetDatabase) -> bool:
    """Whether this move made it, so that a way back removes it."""
    things = made_things(context.session.journal.entries).made
    ours = next((made for made in things if made.key == f"database/{database.handle}"), None)
    return ours is not None and ours.id in (None, database.id)


async def remove_database(context: RunContext, handle: str) -> None:
    """Deprovision a database that this move made; nothing happens when it is gone.

    One that was there before, or was made by somebody else since, is left and named.
    """
    target = context.session.outside.target
    found = await target.find_database(await new_side.environment(context), handle)
    if found is None:
        return
    if not made_here(context, found):
        context.say(f"database {handle} is left: moveday did not make it", "warn")
        return
    context.session.journal.append("intent", key=f"remove database/{handle}")
    consent = context.consent(Level.CHANGE_NEW_SIDE, f"remove scratch database {handle}")
    await target.delete_database(found, consent)
    context.session.journal.append("effect", key=f"remove database/{handle}")


async def _make(context: RunContext) -> None:
    choices = databases_to_move(context)
    handles = [context.stage.database_handle(choice) for choice in choices]
    made = await asyncio.gather(
        *(make_database(context, c, h) for c, h in zip(choices, handles, strict=True))
    )
    context.record("target-version", " ".join(database.version for database in made))


async def _made(context: RunContext) -> Evidence | None:
    handles = [context.stage.database_handle(c) for c in databases_to_move(context)]
    found = [await new_side.find_database(context, handle) for handle in handles]
    if not all(found):
        return None
    versions = ", ".join(f"{d.handle} ({d.engine} {d.version})" for d in found if d)
    return context.proof(f"fresh database there: {versions}", "databases of the target")


async def _remove(context: RunContext) -> None:
    for choice in databases_to_move(context):
        await remove_database(context, context.stage.database_handle(choice))


def _by_hand(context: RunContext) -> str:
    return "\n".join(
        new_side.by_hand(
            context,
            "create-database",
            database=context.stage.database_handle(choice),
            engine="postgresql",
            version=choice.version,
            disk=str(choice.disk_gb),
            memory=str(choice.memory_mb),
        )
        for choice in databases_to_move(context)
    )


FRESH_DATABASE = Task(
    id="fresh-database",
    title="fresh database on the new side",
    side="new",
    check=_made,
    do=_make,
    undo=_remove,
    by_hand=_by_hand,
    needs=("facts-compared",),
    level=Level.CHANGE_NEW_SIDE,
    expected=60,
)
