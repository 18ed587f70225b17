"""What is wound down where the old side was a cluster of containers, run by a vendor.

Order and content: the common teardown list (data deletion certificate, tokens, DNS, registry,
contract end) and MedStack's public documents: snapshots of volumes whose list can be exported as
evidence, storage that ends with the account, notification addresses, registry credentials per user.
"""

from collections.abc import Iterator

from wizard.model.decommission import Aftermath, Farewell
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan

_UNTIL_CONTRACT = "after the decision, and well before the contract ends"
_PRODUCTS = {"azure": "Azure"}


def of_containers(plan: Plan, inventory: Inventory | None) -> bool:
    """Whether the old side is a cluster; without an inventory the plan tells."""
    return bool(inventory.apps) if inventory is not None else bool(plan.source.cluster)


def cluster_farewells(plan: Plan, inventory: Inventory | None, kept: str) -> list[Farewell]:
    """Everything behind the decision; `kept` says in words what data lie there."""
    vendor = plan.source.kind
    found = [
        Farewell(
            id="last-backup",
            side="old side",
            what=f"Take a last backup of every database of {plan.source.app} from inside the"
            " cluster (a dump in a container, or the platform's support), restore it once somewhere"
            " to see that it is whole, and keep it outside both platforms.",
            earliest="after the decision; nothing writes there any more",
            why=f"It is the only copy of how things stood, and it holds {kept}: encrypted, where"
            " your retention rule wants it and, with regulated data, under an agreement (BAA)."
            " The platform's own backups end with the contract.",
            after=("decide",),
            action="capture",
            words={"database": next((d.variable for d in plan.databases), "DATABASE_URL")},
        ),
        Farewell(
            id="snapshots",
            side="old side",
            what="Export the list of the cluster's snapshots and backups, and keep it with the"
            " report.",
            earliest=_UNTIL_CONTRACT,
            why="It is the evidence that backups were taken; an auditor asks for it when nobody can"
            " look it up any more.",
            after=("decide",),
        ),
        *_volumes(plan, inventory, kept),
        *_storage(inventory),
        *_databases(inventory, kept),
        _secrets(plan, inventory),
        Farewell(
            id="registry",
            side="old side",
            what="Revoke the registry credentials that the cluster pulled images with, each user's"
            " own among them, after the new side has its own.",
            earliest="after the decision",
            why="They stay stored with the old platform and open your images to whoever has them.",
            after=("decide",),
        ),
    ]
    services = ", ".join(_services(plan, inventory))
    found += [
        Farewell(
            id="old-app",
            side="old side",
            what=f"Delete the services of {plan.source.app}: {services}, and any container or"
            " secret that was made for the move.",
            earliest="when everything above is done",
            why="Their configuration, logs and what is left in their containers go with them. The"
            " cluster is billed until it ends itself.",
            after=tuple(each.id for each in found),
            action="delete-app",
            final=True,
        ),
        Farewell(
            id="notifications",
            side="people",
            what="Tell whoever is on the cluster's list of notification addresses, and take them"
            " off it.",
            earliest="now",
            why="They are told of every domain that no longer leads to the cluster: after the"
            " switch those mails are no trouble.",
        ),
        Farewell(
            id="contract",
            side="people",
            what=f"Look up when the contract with {vendor} ends and which notice it wants, and give"
            " it in writing."
            + (
                " Its customer agreement of February 2023 gives 12 months' notice when it stops a"
                " service: a date that was announced may be your last one."
                if vendor == "medstack"
                else ""
            ),
            earliest="now",
            why="Everything above has to be done before that day; clusters are billed until it.",
        ),
        Farewell(
            id="deletion-certificate",
            side="people",
            what=f"Ask {vendor} for a written confirmation that volumes, databases, storage and"
            f" their backups were deleted ({kept}), and keep it with the report.",
            earliest="when the contract has ended",
            why="Nobody else can prove it afterwards; an agreement (BAA) usually obliges to it.",
            after=("old-app", "contract"),
        ),
    ]
    return found


def job_farewells(aftermath: Aftermath) -> list[Farewell]:
    """The containers that a person started for the move, and what was kept for them."""
    return [
        Farewell(
            id=f"job {left.container}",
            side="old side",
            what=f"See that the container {left.container} is removed"
            + (f", then its secrets {' and '.join(left.secrets)}." if left.secrets else "."),
            earliest="now",
            why="It was started for the move and does nothing any more"
            + (
                "; the secrets hold the addresses and passwords of both databases."
                if left.secrets
                else "; moveday took its secrets away, and cannot see whether it is gone."
            ),
            final=True,
        )
        for left in aftermath.beside
    ]


def _volumes(plan: Plan, inventory: Inventory | None, kept: str) -> Iterator[Farewell]:
    if inventory is None:
        yield _volume("the volumes of the app", "see moveday map", kept)
    for volume in inventory.volumes if inventory else ():
        if volume.holds or plan.answers.get(f"volume/{volume.name}") == "cache":
            continue
        yield _volume(f"the volume {volume.name}", volume.target, kept)


def _volume(what: str, where: str, kept: str) -> Farewell:
    return Farewell(
        id=what.removeprefix("the "),
        side="old side",
        what=f"See that every file in {what} ({where}) is where the new side has it, and keep a"
        " last copy.",
        earliest=_UNTIL_CONTRACT,
        why=f"Uploads are no part of a database's copy, and hold {kept}; the volume goes with the"
        " cluster.",
        after=("decide",),
        final=True,
    )


def _storage(inventory: Inventory | None) -> Iterator[Farewell]:
    for account in inventory.cloud.accounts if inventory else ():
        yield Farewell(
            id=f"storage {account.account}",
            side="old side",
            what=f"Copy the storage account {account.account} to one of your own, and point the new"
            " side at it.",
            earliest="now: it may take days",
            why="It belongs to the platform's vendor and ends with the contract; its keys are never"
            " handed out, and signed addresses (SAS) run out.",
        )


def _databases(inventory: Inventory | None, kept: str) -> Iterator[Farewell]:
    for database in inventory.databases if inventory else ():
        where = _PRODUCTS.get(database.managed, database.managed) or "a container of the cluster"
        yield Farewell(
            id=f"database {database.name}",
            side="old side",
            what=f"Have the database {database.name} ({database.engine}, {where}) deleted.",
            earliest="after the last backup",
            why=f"It holds {kept}, and is billed until it is gone; so do its backups."
            + (" Only the platform's support can." if database.managed else ""),
            after=("last-backup",),
            final=True,
        )


def _secrets(plan: Plan, inventory: Inventory | None) -> Farewell:
    names = [f.name for f in inventory.mounted_files if f.kind != "variables"] if inventory else []
    shown = f" ({', '.join(dict.fromkeys(names))})" if names else ""
    return Farewell(
        id="secrets",
        side="old side",
        what=f"Remove the secrets and configs of {plan.source.app}{shown} from the cluster.",
        earliest="after the decision, once no service uses them",
        why="Snapshots keep them as well: what they hold has to be renewed, not only removed.",
        after=("decide",),
        final=True,
    )


def _services(plan: Plan, inventory: Inventory | None) -> list[str]:
    return [process.name for process in inventory.processes] if inventory else [plan.source.app]
