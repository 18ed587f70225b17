"""Looks at a Compose project on disk: files, variables, profiles; no account, no engine."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from providers.sources.compose import facts
from providers.sources.compose.files import ProjectFiles, chosen, loaded
from wizard.clock import Clock
from wizard.formats.compose import read_project
from wizard.formats.swarm import parts_of, read_running
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
    parts = [part for each in read for part in parts_of(each.text, each.path)]
    printed = [part for part in parts if part.kind != "compose"]
    compose = {part.path for part in parts if part.kind == "compose"}
    variables = {"COMPOSE_PROJECT_NAME": name, **values}
    project = None
    if compose:
        files_of = [each for each in read if each.path in compose]
        project = read_project(files_of, variables, disk.text, name=name)
    if printed or project is None:
        project = read_running(printed, project, name=name)
    found, of_apps = facts.inventory(project, disk, clock, fingerprint, frozenset(active))
    own = {name: SecretStr(value) for name, value in values.items()}
    return found, {**of_apps, "": {**own, **of_apps.get("", {})}}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).strip("-_") or "project"
