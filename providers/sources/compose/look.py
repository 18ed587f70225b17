"""Looks at a Compose project on disk: files, variables, profiles; no account, no engine."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from providers.sources.compose import facts
from providers.sources.compose.files import ProjectFiles, chosen, loaded
from wizard.clock import Clock
from wizard.errors import UsageError
from wizard.formats.compose import read_project
from wizard.formats.json_tree import read_documents
from wizard.formats.swarm import is_json_of_docker, read_running
from wizard.model.inventory import Inventory
from wizard.ports.source import Fingerprint


def look(
    folder: Path,
    files: tuple[Path, ...],
    profiles: tuple[str, ...],
    clock: Clock,
    fingerprint: Fingerprint | None = None,
) -> tuple[Inventory, Mapping[str, Mapping[str, SecretStr]]]:
    """The project's facts, and its apps' values, for memory only.

    Variables come from `.env` beside the first file, never from this shell: what it happens to
    hold is no part of the project. Raises UsageError (FormatError with file and line).
    """
    folder = folder.resolve()
    first = chosen(
        folder, files, (ProjectFiles(folder).variables(".env") or {}).get("COMPOSE_FILE", "")
    )
    root = first[0].resolve().parent
    disk = ProjectFiles(root)
    values = disk.variables(".env") or {}
    active = {p for p in values.get("COMPOSE_PROFILES", "").split(",") if p} | set(profiles)
    name = values.get("COMPOSE_PROJECT_NAME") or _plain(root.name)
    read = [loaded(path.resolve(), root) for path in first]
    running = [each for each in read if is_json_of_docker(each.text)]
    if running and len(running) < len(read):
        raise UsageError(
            "Compose files and what docker prints cannot be read together yet",
            ", ".join(each.path for each in running) + ": printed by docker",
            "read them one after the other",
        )
    if running:
        documents = [one for each in read for one in read_documents(each.text, each.path)]
        project = read_running(documents, [each.path for each in read], name=name)
    else:
        project = read_project(read, {"COMPOSE_PROJECT_NAME": name, **values}, disk.text, name=name)
    found, of_apps = facts.inventory(project, disk, clock, fingerprint, frozenset(active))
    own = {name: SecretStr(value) for name, value in values.items()}
    return found, {**of_apps, "": {**own, **of_apps.get("", {})}}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).strip("-_") or "project"
