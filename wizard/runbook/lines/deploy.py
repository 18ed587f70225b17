"""Building the new side: environment, app, databases, configuration, first deploy, way in."""

from functools import partial

from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice, Plan
from wizard.model.target import Environment, TargetApp
from wizard.runbook.context import RunContext
from wizard.runbook.lines import code, configuration, new_side
from wizard.runbook.lines.accept import look_at, smoke_trouble
from wizard.runbook.lines.followed import followed
from wizard.runbook.lines.fresh_database import make_database
from wizard.runbook.lines.parity import PARITY
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def _make_environment(context: RunContext) -> None:
    plan, target = context.session.plan, context.session.outside.target
    stacks = await target.stacks()
    stack = next((s for s in stacks if s.name == plan.target.stack), None)
    if stack is None:
        names = ", ".join(s.name for s in stacks) or "none"
        raise BlockedError(
            f"the stack {plan.target.stack} is not there",
            f"this account sees: {names}",
            "dedicated stacks are made by Aptible's support on request",
        )
    if plan.regulated and not stack.dedicated:
        raise BlockedError(
            f"{stack.name} is a shared stack",
            "the plan says regulated data; Aptible allows it on dedicated stacks with a BAA only",
            "ask Aptible's support for a dedicated stack and put its name into moveday.yaml",
        )

    async def find() -> Environment | None:
        return await target.find_environment(plan.target.environment)

    async def act() -> Environment:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"environment {plan.target.environment}")
        return await target.create_environment(plan.target.environment, stack, consent)

    await context.once(f"environment/{plan.target.environment}", find, act)


async def _environment_made(context: RunContext) -> Evidence | None:
    handle = context.session.plan.target.environment
    found = await context.session.outside.target.find_environment(handle)
    return None if found is None else context.proof(f"environment {handle}", "environments")


async def _make_app(context: RunContext) -> None:
    target, handle = context.session.outside.target, context.session.plan.target.app
    environment = await new_side.environment(context)

    async def find() -> TargetApp | None:
        return await target.find_app(environment, handle)

    async def act() -> TargetApp:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"app {handle}")
        return await target.create_app(environment, handle, consent)

    await context.once(f"app/{handle}", find, act)


async def _app_made(context: RunContext) -> Evidence | None:
    target, handle = context.session.outside.target, context.session.plan.target.app
    found = await target.find_app(await new_side.environment(context), handle)
    return None if found is None else context.proof(f"app {handle}", "apps of the target")


async def _make_one_database(context: RunContext, choice: DatabaseChoice, handle: str) -> None:
    await make_database(context, choice, handle)


async def _database_made(context: RunContext, handle: str) -> Evidence | None:
    found = await new_side.find_database(context, handle)
    if found is None:
        return None
    return context.proof(f"database {handle} ({found.engine} {found.version})", "databases")


async def _configure(context: RunContext) -> None:
    decided = await configuration.decisions(context, configuration.throwaway_handles(context))
    wanted = configuration.to_send(decided, held_back=False)
    await configuration.refuse_live_data(context)
    await configuration.configure(context, wanted, "first configuration")


async def _configured(context: RunContext) -> Evidence | None:
    decided = await configuration.decisions(context, configuration.throwaway_handles(context))
    wanted = configuration.to_send(decided, held_back=False)
    if await configuration.differing(context, wanted):
        return None
    return context.proof(f"{len(wanted)} variables set", "configuration read back")


async def _scale_first(context: RunContext) -> None:
    target, wanted = context.session.outside.target, new_side.services_after_move(context)
    for service in await target.services(await new_side.app(context)):
        count = 1 if service.name == new_side.serving(context) else 0
        choice = wanted.get(service.name)
        if service.count != count:
            consent = context.consent(Level.CHANGE_NEW_SIDE, f"scale {service.name} to {count}")
            async with followed(context, f"scale {service.name}"):
                await target.scale(service, count, choice.memory_mb if choice else None, consent)


async def _scaled_first(context: RunContext) -> Evidence | None:
    services = await context.session.outside.target.services(await new_side.app(context))
    serving = new_side.serving(context)
    if not services or any(s.count != (1 if s.name == serving else 0) for s in services):
        return None
    words = ", ".join(f"{s.name} {s.count}" for s in services)
    return context.proof(f"services: {words}", "services of the target")


async def _make_way_in(context: RunContext) -> None:
    target, plan = context.session.outside.target, context.session.plan
    web = await new_side.service(context, new_side.serving(context))

    async def act() -> object:
        consent = context.consent(Level.CHANGE_NEW_SIDE, "default endpoint for the operator")
        async with followed(context, "endpoint") as log:
            return await target.create_endpoint(
                web,
                domain=None,
                port=plan.port,
                allowed_ips=plan.operator_ips,
                consent=consent,
                on_log=log,
            )

    async def find() -> object | None:
        return await new_side.default_endpoint(context)

    await context.once("endpoint/default", find, act)


async def _way_in_made(context: RunContext) -> Evidence | None:
    endpoint = await new_side.default_endpoint(context)
    if endpoint is None:
        return None
    only = f", open to {', '.join(endpoint.allowed_ips)} only" if endpoint.allowed_ips else ""
    return context.proof(f"default endpoint {endpoint.domain or endpoint.host}{only}", "endpoints")


async def _look(context: RunContext) -> None:
    """Nothing to change: the check looks until the new side answers."""


async def _answers(context: RunContext) -> Evidence | None:
    endpoint = await new_side.default_endpoint(context)
    if endpoint is None:
        return None
    answer = await look_at(context, endpoint)
    trouble = smoke_trouble(context, answer)
    if trouble:
        context.opened["smoke-trouble"] = trouble
        return None
    return context.proof(f"{answer.url} answers {answer.status}", "pinned HTTPS connection")


def deploy_lines(plan: Plan) -> tuple[Task, ...]:
    """The tasks that build the new side for this plan; databases side by side."""
    new = partial(Task, side="new", level=Level.CHANGE_NEW_SIDE)
    lines = [
        new("environment", "environment", check=_environment_made, do=_make_environment),
        new("app", "app", check=_app_made, do=_make_app, needs=("environment",)),
    ]
    database_ids = []
    for choice in plan.databases:
        moves = choice.engine == "postgres" and choice.move_data
        handle = new_side.throwaway_handle(choice) if moves else choice.handle
        kind = "throw-away database" if moves else "database"
        database_ids.append(f"database-{handle}")
        lines.append(
            new(
                database_ids[-1],
                f"{kind} {handle}",
                check=partial(_database_made, handle=handle),
                do=partial(_make_one_database, choice=choice, handle=handle),
                needs=("environment",),
                expected=60,
            )
        )
    lines += [
        new(
            "configuration",
            "configuration in one operation",
            check=_configured,
            do=_configure,
            needs=("app", *database_ids),
        ),
        new("push", "push the commit to deploy", check=code.pushed, do=code.push, needs=("app",)),
        new(
            "deploy",
            "first deploy, against the throw-away database",
            check=code.deployed,
            do=code.deploy,
            needs=("configuration", "push"),
            expected=120,
        ),
        new(
            "scale",
            "one service up, the rest at zero",
            check=_scaled_first,
            do=_scale_first,
            needs=("deploy",),
            expected=20,
        ),
        new(
            "way-in",
            "default endpoint for the operator",
            check=_way_in_made,
            do=_make_way_in,
            needs=("scale",),
            expected=60,
        ),
        new(
            "answers",
            "smoke test by pinned connection",
            check=_answers,
            do=_look,
            needs=("way-in",),
            within=60,
        ),
        PARITY,
    ]
    return tuple(lines)
