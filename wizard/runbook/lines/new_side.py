"""Finding the new side's resources by their handles: the natural keys of everything made there."""

from typing import TypeVar

from wizard.acts import do
from wizard.errors import BlockedError
from wizard.model.plan import DatabaseChoice
from wizard.model.target import Endpoint, Environment, Service, TargetApp, TargetDatabase
from wizard.rules.processes import ProcessDecision, decide_processes
from wizard.rules.serving import serving_process
from wizard.runbook.context import RunContext

T = TypeVar("T")


async def environment(context: RunContext) -> Environment:
    """The plan's environment; BlockedError when `moveday deploy` has not made it."""
    handle = context.session.plan.target.environment
    found = await context.session.outside.target.find_environment(handle)
    return _there(found, f"environment {handle}")


async def app(context: RunContext) -> TargetApp:
    """The plan's app on the target."""
    handle = context.session.plan.target.app
    found = await context.session.outside.target.find_app(await environment(context), handle)
    return _there(found, f"app {handle}")


async def database(context: RunContext, handle: str) -> TargetDatabase:
    """A database by handle, provisioned."""
    found = await find_database(context, handle)
    return _there(found, f"database {handle}")


async def find_database(context: RunContext, handle: str) -> TargetDatabase | None:
    """A provisioned database by handle, None when there is none."""
    target = context.session.outside.target
    found = await target.find_database(await environment(context), handle)
    return found if found is not None and found.status == "provisioned" else None


def serving(context: RunContext) -> str:
    """The name of the process, and of the service, that users reach."""
    return serving_process(context.session.inventory())


async def service(context: RunContext, name: str) -> Service:
    """One service of the deployed app."""
    services = await context.session.outside.target.services(await app(context))
    return _there(next((s for s in services if s.name == name), None), f"service {name}")


async def default_endpoint(context: RunContext) -> Endpoint | None:
    """The operator's way in, by the platform's own name."""
    endpoints = await context.session.outside.target.endpoints(await app(context))
    return next((e for e in endpoints if e.default_domain and e.status == "provisioned"), None)


async def custom_endpoint(context: RunContext, domain: str) -> Endpoint | None:
    """The endpoint for one of the app's own names."""
    endpoints = await context.session.outside.target.endpoints(await app(context))
    return next((e for e in endpoints if e.domain == domain and e.status == "provisioned"), None)


def services_after_move(context: RunContext) -> dict[str, ProcessDecision]:
    """How each service runs once the move is accepted: by rule from the source, or by the plan."""
    inventory = context.session.inventory()
    if inventory is None:
        raise BlockedError("there is no inventory yet", "", do("inventory"))
    decided = decide_processes(inventory, context.session.plan)
    return {decision.name: decision for decision in decided if decision.action == "service"}


def by_hand(context: RunContext, action: str, **words: str) -> str:
    """The official command for an action on this plan's app."""
    target = context.session.plan.target
    named = {"app": target.app, "environment": target.environment, **words}
    return context.session.outside.target.by_hand(action, **named)


def throwaway_handle(choice: DatabaseChoice) -> str:
    """The database the first deploy migrates; no data is ever moved into it."""
    return f"{choice.handle}-throwaway"


def _there(found: T | None, what: str) -> T:
    if found is None:
        raise BlockedError(
            f"the new side has no {what} yet",
            "a deploy makes it",
            do("deploy"),
        )
    return found
