"""Looks at a Compose project on disk: files, variables, profiles; no account, no engine."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from providers.containers import facts
from providers.containers.files import ProjectFiles, chosen
from providers.containers.inputs import read_inputs
from wizard.clock import Clock
from wizard.errors import UsageError
from wizard.formats.swarm import read_running
from wizard.model.inventory import Inventory
from wizard.ports.source import Fingerprint
from wizard.safety.clean import clean


def look(
    folder: Path,
    files: tuple[Path, ...],
    profiles: tuple[str, ...],
    clock: Clock,
    fingerprint: Fingerprint | None = None,
) -> tuple[Inventory, Mapping[str, Mapping[str, SecretStr]]]:
    """The project's facts, and its apps' values, for memory only.

    Raises UsageError (FormatError with file and line).
    """
    folder = folder.resolve()
    first = chosen(folder, files, ProjectFiles(folder).dotenv.get("COMPOSE_FILE", ""))
    inputs = read_inputs(first, first[0].resolve().parent, profiles)
    project, prints = inputs.written, (*inputs.printed, *inputs.pasted)
    if prints or project is None:
        project = read_running(prints, project, name=inputs.name)
    found, of_apps = facts.inventory(
        project, inputs.disk, clock, fingerprint, inputs.active, "compose"
    )
    _something_runs(found)
    return found, inputs.with_own(of_apps)


def _something_runs(found: Inventory) -> None:
    """Raise UsageError where nothing is left, since every service waits for a profile."""
    waiting = [w for w in found.wishes if w.kind == "profile"]
    if found.apps or found.databases or not waiting:
        return
    of: dict[str, list[str]] = {}
    for wish in waiting:
        for profile in wish.value.split(", "):
            of.setdefault(profile, []).append(wish.process)
    told = "; ".join(f"{profile}: {', '.join(names)}" for profile, names in of.items())
    raise UsageError(
        "no service of this project runs without a profile, and none is chosen",
        clean(told, 600),
        "name those that run: --profile NAME, more than once for several, --profile '*' for all",
    )
