"""The target-side runner as an app: found, configured, scaled, and removed when all is proven.

A small app of its own without an endpoint, one for each database that goes by it. Its natural key
is its handle, which follows from the fresh database's: killed anywhere, the next start finds it.
"""

import hashlib

from pydantic import SecretStr

from wizard.acts import do
from wizard.errors import BlockedError, CheckFailedError, OutsideError
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.model.runner import RunnerJob
from wizard.model.target import Service, TargetApp
from wizard.ports.runner import RunnerKit
from wizard.rules.made import made_things
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import by_runner
from wizard.runbook.lines.move_names import move_id
from wizard.runbook.runner_line import RunnerLine
from wizard.runbook.task import Task
from wizard.safety.consent import Level

_LONGEST_HANDLE = 64
_END = "-runner"


def runner_handle(context: RunContext, choice: DatabaseChoice) -> str:
    """The app that moves this database in this run."""
    return handle_of_runner(context.stage.database_handle(choice))


def handle_of_runner(database: str) -> str:
    """The database's handle and what it is for; a long one is cut, and told apart by its hash."""
    room = _LONGEST_HANDLE - len(_END)
    if len(database) <= room:
        return database + _END
    digest = hashlib.sha256(database.encode()).hexdigest()[:8]
    return f"{database[: room - len(digest) - 1].rstrip('-')}-{digest}{_END}"


def line_key(choice: DatabaseChoice) -> str:
    """Where a run keeps its open ear for this database's runner."""
    return f"runner-line/{choice.variable}"


async def find_runner(context: RunContext, choice: DatabaseChoice) -> TargetApp | None:
    """The runner's app; None when there is none."""
    target = context.session.outside.target
    environment = await new_side.environment(context)
    return await target.find_app(environment, runner_handle(context, choice))


async def runner_service(context: RunContext, app: TargetApp) -> Service | None:
    """Its only process; None before its deploy."""
    services = await context.session.outside.target.services(app)
    return next((s for s in services if s.name == kit(context).service), None)


def kit(context: RunContext) -> RunnerKit:
    """What runners are made of; BlockedError where this moveday can make none."""
    found = context.session.outside.runner
    if found is None:
        raise BlockedError(
            "this moveday can make no runner",
            "moveday.yaml says route: runner",
            "say route: laptop for the databases in moveday.yaml",
        )
    return found


def job_of(context: RunContext, choice: DatabaseChoice) -> RunnerJob:
    """What the runner is told to do now: the same until it has failed and was stopped."""
    stopped = f"{context.label}/scale-0/{runner_handle(context, choice)}"
    entries = context.session.journal.entries
    return RunnerJob(
        move_id=move_id(context, choice),
        attempt=1 + sum(entry.key == stopped and entry.kind == "effect" for entry in entries),
        frozen=context.stage.source_frozen,
        limit=choice.bytes_a_second,
    )


async def set_up(context: RunContext, choice: DatabaseChoice, app: TargetApp) -> None:
    """Give the runner its settings, as far as it does not have them: credentials change."""
    outside = context.session.outside
    database = await new_side.database(context, context.stage.database_handle(choice))
    wanted = kit(context).settings(
        job_of(context, choice),
        await outside.source.database(choice.variable),
        await outside.target.database_url(database),
    )

    async def differing() -> dict[str, SecretStr]:
        there = await outside.target.configuration(app)
        return {
            name: value
            for name, value in wanted.items()
            if name not in there or there[name].get_secret_value() != value.get_secret_value()
        }

    async def find() -> bool | None:
        return None if await differing() else True

    async def act() -> bool:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"configure {app.handle}")
        await outside.target.configure(app, await differing(), consent)
        return True

    await context.once(f"{context.label}/configure/{app.handle}", find, act)


async def scale(context: RunContext, app: TargetApp, count: int) -> None:
    """Bring the runner to `count` containers; one that is there already is left alone."""

    async def find() -> Service | None:
        service = await runner_service(context, app)
        return service if service is not None and service.count == count else None

    async def act() -> Service:
        service = await runner_service(context, app)
        if service is None:
            raise BlockedError(
                f"the runner {app.handle} is not deployed",
                "somebody has changed it since",
                f"{do('roll-back')}, and begin again",
            )
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"scale {app.handle} to {count}")
        await context.session.outside.target.scale(service, count, None, consent)
        return service

    await context.once(f"{context.label}/scale-{count}/{app.handle}", find, act)


async def remove_runner(context: RunContext, choice: DatabaseChoice) -> str:
    """Stop it, take its settings away, remove it, and look that it is gone; what was seen.

    An app of that name that moveday did not make is left and named. What Aptible keeps of a removed
    app's earlier configurations is not documented: hence they are emptied first.
    """
    target, name = context.session.outside.target, runner_handle(context, choice)
    app = await find_runner(context, choice)
    things = made_things(context.session.journal.entries).made
    ours = next((made for made in things if made.key == f"runner/{name}"), None)
    if app is None:
        if ours is not None:
            key = f"remove runner/{name}"
            context.session.journal.append("effect", key=key, found="gone already")
        return f"{name} is not there"
    if ours is None or ours.id not in (None, app.id):
        context.say(f"app {name} is left: moveday did not make it", "warn")
        return f"{name} is left: moveday did not make it"
    listening = context.opened.pop(line_key(choice), None)
    if isinstance(listening, RunnerLine):
        await listening.close()
    if await runner_service(context, app) is not None:
        await scale(context, app, 0)
    context.session.journal.append("intent", key=f"remove runner/{name}", id=app.id)
    consent = context.consent(Level.CHANGE_NEW_SIDE, f"remove the runner {name}")
    there = await target.configuration(app)
    if there:
        await target.configure(app, dict.fromkeys(there, SecretStr("")), consent)
        there = await target.configuration(app)
    if there:
        raise CheckFailedError(
            f"the settings of {name} could not be taken away",
            f"still there: {', '.join(sorted(there))}",
            f"take them away by hand (`aptible config:unset`), then {do('again')}",
        )
    await target.delete_app(app, consent)
    if await find_runner(context, choice) is not None:
        raise OutsideError(f"{name} is still there after it was removed", "", do("again"))
    context.session.journal.append("effect", key=f"remove runner/{name}", id=app.id)
    return f"{name}: settings emptied and read back, app removed and not found again"


async def _remove(context: RunContext) -> None:
    seen = [await remove_runner(context, choice) for choice in by_runner(context)]
    context.record("runner-gone", "; ".join(seen))


async def _gone(context: RunContext) -> Evidence | None:
    seen = context.recall("runner-gone")
    if seen is None or any([await find_runner(context, c) for c in by_runner(context)]):
        return None
    return context.proof(str(seen), "apps and configuration of the target")


def _by_hand(context: RunContext) -> str:
    return "\n".join(
        new_side.by_hand(context, "delete-app", app=runner_handle(context, choice))
        for choice in by_runner(context)
    )


RUNNER_GONE = Task(
    id="runner-gone",
    title="runner removed, and its settings with it",
    side="new",
    check=_gone,
    do=_remove,
    by_hand=_by_hand,
    needs=("verify",),
    level=Level.CHANGE_NEW_SIDE,
    expected=30,
)
