"""What should the app's files be? The repository looked at, with or without a plan or a network."""

from collections.abc import Mapping
from datetime import date

from wizard.generate.known import Known
from wizard.model.files import Proposal
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.model.remote_image import RemoteImage
from wizard.ports.repo import Repo
from wizard.safety.redact import REDACTOR


def known_facts(plan: Plan | None, inventory: Inventory | None) -> Known:
    """What plan and live app add to the repository: names and commands, never a value."""
    known = Known()
    if plan is not None:
        known = known.model_copy(update={"jobs": plan.jobs, "port": plan.port})
    if inventory is None:
        return known
    packs = sorted(inventory.buildpacks, key=lambda pack: pack.ordinal)
    return known.model_copy(
        update={
            "processes": {p.name: p.command for p in inventory.processes},
            "buildpacks": tuple(pack.name or pack.url for pack in packs),
            "variables": frozenset(v.name for v in inventory.variables),
            "stack": inventory.stack,
        }
    )


async def propose_files(
    repo: Repo,
    plan: Plan | None,
    inventory: Inventory | None,
    today: date,
    answers: Mapping[str, str] | None = None,
    told: RemoteImage | None = None,
) -> Proposal:
    """The proposal for the working tree: that is where files would be written.

    An app that is images already gets a Dockerfile that begins with its own; `told` is that image
    as its registry told it.
    """
    view = await repo.working_tree()
    if plan is not None and inventory is not None and inventory.apps:
        from wizard.generate.images import RootProject, propose_in_root

        project = RootProject(inventory, told, _holds_a_secret)
        return propose_in_root(view, project, today, {**plan.answers, **(answers or {})})
    # All languages' modules: most commands propose nothing, and start a fifth sooner without.
    from wizard.generate.propose import propose

    return propose(view, known_facts(plan, inventory), today, answers)


def _holds_a_secret(text: str) -> bool:
    return REDACTOR.redact(text) != text
