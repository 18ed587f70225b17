"""Services that only hold what others share: a person says that they run nothing."""

from collections.abc import Mapping

from wizard.model.containers import PlatformWish
from wizard.model.inventory import Inventory, Process

NONE = "none"


def runs_nothing(process: str, answers: Mapping[str, str]) -> bool:
    """Whether a person answered that no command of this service runs."""
    return answers.get(f"command/{process}", "").strip().lower() == NONE


def left_out(inventory: Inventory, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The services of which a person answered so."""
    return tuple(p.name for p in inventory.processes if runs_nothing(p.name, answers))


def may_run_nothing(inventory: Inventory, process: Process) -> bool:
    """Whether nothing tells that it runs: no command, no way in, and nobody names it."""
    name = process.name
    told = (
        bool(process.command or process.health)
        or any(entry.process == name for entry in inventory.entries)
        or any(domain.process == name for domain in inventory.domains)
        or any(reference.to == name for reference in inventory.references)
        or any(name in other.after for other in inventory.processes)
    )
    others = [p for p in inventory.processes if p.app == process.app and p.name != name]
    return not told and any(other.command for other in others)


def without_left_out(inventory: Inventory, answers: Mapping[str, str]) -> Inventory:
    """The inventory without the services that run nothing, and without what is only theirs."""
    gone = set(left_out(inventory, answers))
    if not gone:
        return inventory
    apps = tuple(
        app.model_copy(update={"processes": tuple(p for p in app.processes if p not in gone)})
        for app in inventory.apps
        if set(app.processes) - gone
    )
    named = {app.name for app in apps}
    wishes = [wish for wish in inventory.wishes if wish.process not in gone]
    wishes += [
        PlatformWish(kind=NONE, process=p.name, value="it only holds what others share", where="")
        for p in inventory.processes
        if p.name in gone
    ]
    return inventory.model_copy(
        update={
            "apps": apps,
            "processes": tuple(p for p in inventory.processes if p.name not in gone),
            "variables": tuple(
                v.model_copy(update={"differs": _still(v.differs, gone)})
                for v in inventory.variables
                if v.app in named
            ),
            "entries": tuple(e for e in inventory.entries if e.process not in gone),
            "domains": tuple(d for d in inventory.domains if d.process not in gone),
            "mounted_files": tuple(f for f in inventory.mounted_files if f.app in named),
            "references": tuple(
                r for r in inventory.references if r.app in named and r.process not in gone
            ),
            "volumes": tuple(
                v.model_copy(update={"processes": tuple(p for p in v.processes if p not in gone)})
                for v in inventory.volumes
                if set(v.processes) - gone
            ),
            "wishes": tuple(wishes),
        }
    )


def _still(differs: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    """The processes that may have different values; none where one alone is left."""
    left = tuple(name for name in differs if name not in gone)
    return left if len(left) > 1 else ()
