"""The app's code on the new side: which commit, brought there, deployed."""

from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.rules.commit import commit_to_deploy, tells_no_commit
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.followed import followed
from wizard.runbook.lines.registry_login import registry_login
from wizard.safety.consent import Level


async def known_commit(context: RunContext) -> str:
    """The commit to deploy; BlockedError when nobody knows it."""
    session = context.session
    plan, inventory = session.plan, session.inventory()
    head = ""
    if not plan.commit and tells_no_commit(inventory):
        head = await session.outside.repo.head()
    commit = commit_to_deploy(plan, inventory, head)
    if commit:
        return commit
    raise BlockedError(
        "it is not known which commit runs on the source",
        "its release names none",
        "set `commit:` in moveday.yaml to the one to deploy",
    )


async def push(context: RunContext) -> None:
    """Bring it to the new side's repository, once."""
    session, commit = context.session, await known_commit(context)
    if not await session.outside.repo.has_commit(commit):
        raise BlockedError(
            f"the commit that runs on the source is not in this repository: {commit[:12]}",
            "so it cannot be pushed to the new side",
            "git fetch it from where it was deployed, or set `commit:` in moveday.yaml",
        )
    app = await new_side.app(context)

    async def find() -> bool | None:
        return True if await session.outside.target.pushed(app, commit) else None

    async def act() -> bool:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"push {commit[:12]}")
        async with followed(context, "push"):
            await session.outside.target.push(app, commit, consent)
        return True

    await context.once(f"push/{commit}", find, act)


async def pushed(context: RunContext) -> Evidence | None:
    """Whether it is there."""
    commit = await known_commit(context)
    if not await context.session.outside.target.pushed(await new_side.app(context), commit):
        return None
    return context.proof(f"commit {commit[:12]} is in the new side's repository", "git")


async def deploy(context: RunContext) -> None:
    """The first deploy of it, with no container of a new service, once."""
    target, commit = context.session.outside.target, await known_commit(context)
    app = await new_side.app(context)

    async def find() -> bool | None:
        return True if await target.last_deployed_commit(app) == commit else None

    async def act() -> bool:
        consent = context.consent(Level.CHANGE_NEW_SIDE, f"deploy {commit[:12]}")
        async with followed(context, "deploy") as log:
            login = registry_login(context)
            await target.deploy(
                app, commit, consent, new_service_count=0, registry=login, on_log=log
            )
        return True

    await context.once(f"deploy/{commit}", find, act)


async def deployed(context: RunContext) -> Evidence | None:
    """Whether it is what was deployed last."""
    commit = await known_commit(context)
    if (
        await context.session.outside.target.last_deployed_commit(await new_side.app(context))
        != commit
    ):
        return None
    return context.proof(f"commit {commit[:12]} deployed; its hooks ran", "operations")
