"""The target-side runner is made before the outage: it runs, has looked at both sides, and waits.

What stands between it and the data is then one row in the target, not the start of a container. A
source that it cannot reach is heard of here, while users notice nothing yet.
"""

from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.model.target import TargetApp
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import by_runner
from wizard.runbook.lines.far_end import FarEnd
from wizard.runbook.lines.followed import followed
from wizard.runbook.lines.fresh_database import made_here
from wizard.runbook.lines.move_names import move_id
from wizard.runbook.lines.runner_app import (
    find_runner,
    kit,
    remove_runner,
    runner_handle,
    runner_service,
    set_up,
)
from wizard.runbook.lines.ways import tell_ways
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def _make(context: RunContext) -> None:
    for choice in by_runner(context):
        handle = context.stage.database_handle(choice)
        context.say(
            f"{handle}: a runner beside it moves the data, because moveday.yaml says route: runner"
        )
        await _make_one(context, choice)


async def _make_one(context: RunContext, choice: DatabaseChoice) -> None:
    target, name = context.session.outside.target, runner_handle(context, choice)
    environment = await new_side.environment(context)

    async def create() -> TargetApp:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"make the runner {name}")
        return await target.create_app(environment, name, consent)

    far = FarEnd(context, choice)
    await far.forbid()
    app = await context.once(f"runner/{name}", lambda: find_runner(context, choice), create)
    await set_up(context, choice, app)
    async with kit(context).repository() as made:
        commit = made.commit

        async def pushed() -> bool | None:
            return True if await target.pushed(app, commit) else None

        async def push() -> bool:
            consent = context.consent(Level.CHANGE_NEW_SIDE, f"push the runner to {name}")
            await target.push(app, commit, consent, made.folder)
            return True

        await context.once(f"{context.label}/push/{name}", pushed, push)

    async def deployed() -> bool | None:
        return True if await target.last_deployed_commit(app) == commit else None

    async def deploy() -> bool:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"deploy the runner {name}")
        async with followed(context, name) as log:
            await target.deploy(app, commit, consent, new_service_count=0, on_log=log)
        return True

    await context.once(f"{context.label}/deploy/{name}", deployed, deploy)
    await far.wait_at_the_start()
    source = await context.session.outside.source.database(choice.variable)
    await tell_ways(context, choice, source, far.try_its_way)


async def _waits(context: RunContext) -> Evidence | None:
    names = []
    for choice in by_runner(context):
        app = await find_runner(context, choice)
        service = await runner_service(context, app) if app is not None else None
        if app is None or service is None or service.count != 1:
            return None
        names.append(app.handle)
    return context.proof(
        f"runs without an endpoint, has reached both databases, and waits: {', '.join(names)}",
        "apps, and the runner's own lines",
    )


async def _undo(context: RunContext) -> None:
    for choice in by_runner(context):
        await remove_runner(context, choice)
        handle = context.stage.database_handle(choice)
        found = await new_side.find_database(context, handle)
        # Where the database goes too, what stands in it goes with it.
        if found is not None and not made_here(context, found):
            # A tunnel of its own: on the way back the run's are closed.
            async with context.session.outside.target.tunnel(found) as target:
                await kit(context).orders.remove(target, move_id(context, choice))


RUNNER_READY = Task(
    id="runner-ready",
    title="runner beside the target, waiting for its go",
    side="new",
    check=_waits,
    do=_make,
    undo=_undo,
    needs=("preflight",),
    level=Level.CHANGE_NEW_SIDE,
    repeat=True,
    expected=120,
)
