"""The files that a person gives about a project of containers: read, and told apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from providers.containers.files import ProjectFiles, loaded
from wizard.formats.compose import Loaded, read_project
from wizard.formats.compose.project import Project
from wizard.formats.swarm import parts_of
from wizard.formats.swarm.sniff import Part

Values = dict[str, dict[str, SecretStr]]
_PASTED = ("env", "secret files", "df", "mount")


@dataclass(frozen=True)
class Inputs:
    """`written` is what Compose files say, None without one; `printed` what docker prints of a
    running stack, `pasted` what containers' shells show. `name` is the project's own.

    `active` are the profiles that are chosen, `dotenv` the variables of `.env`.
    """

    disk: ProjectFiles
    name: str
    active: frozenset[str]
    dotenv: Mapping[str, str] = field(repr=False)
    written: Project | None
    printed: tuple[Part, ...]
    pasted: tuple[Part, ...]

    def with_own(self, of_apps: Values) -> Values:
        """Values by app, and under "" what else the files hold, to be kept from sight."""
        own = {name: SecretStr(value) for name, value in self.dotenv.items()}
        return {**of_apps, "": {**own, **of_apps.get("", {})}}


def read_inputs(files: tuple[Path, ...], root: Path, profiles: tuple[str, ...]) -> Inputs:
    """What `files` hold; they may be none. Paths in them count from `root`.

    Variables come from `.env` in `root`, never from this shell: what it happens to hold is no part
    of the project. Raises UsageError (FormatError with file and line).
    """
    disk = ProjectFiles(root)
    values = disk.dotenv
    active = {p for p in values.get("COMPOSE_PROFILES", "").split(",") if p} | set(profiles)
    name = values.get("COMPOSE_PROJECT_NAME") or plain_name(root.name)
    read = [loaded(path.resolve(), root) for path in files]
    parts = [part for each in read for part in parts_of(each.text, each.path)]
    compose = {part.path for part in parts if part.kind == "compose"}
    return Inputs(
        disk=disk,
        name=name,
        active=frozenset(active),
        dotenv=values,
        written=_written([each for each in read if each.path in compose], values, disk, name),
        printed=tuple(p for p in parts if p.kind != "compose" and p.kind not in _PASTED),
        pasted=tuple(p for p in parts if p.kind in _PASTED),
    )


def _written(
    files: list[Loaded], values: Mapping[str, str], disk: ProjectFiles, name: str
) -> Project | None:
    if not files:
        return None
    variables = {"COMPOSE_PROJECT_NAME": name, **values}
    return read_project(files, variables, disk.text, name=name)


def plain_name(text: str) -> str:
    """A name as Compose makes one of a folder's, and as new sides take it."""
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).strip("-_") or "project"
