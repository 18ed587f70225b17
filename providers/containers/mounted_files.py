"""Secrets and configs that a project's services see as files, and the variables that name them."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from providers.containers import environment
from providers.containers.contents import text_of
from providers.containers.files import ProjectFiles
from providers.containers.held import Holdings
from wizard.formats.compose.parts import Used
from wizard.formats.compose.project import Project, TopFile
from wizard.formats.compose.service import Service
from wizard.model.containers import MountedFile

_SECRET_PATH = re.compile(r"/run/secrets/[\w.-]+")


class MountedFiles:
    """`app_of` tells the app of each service, `given` each service's variables."""

    def __init__(
        self,
        project: Project,
        files: ProjectFiles,
        app_of: Mapping[str, str],
        given: Mapping[str, Mapping[str, environment.One]],
        holdings: Holdings,
    ) -> None:
        self._project, self._files = project, files
        self._app_of, self._given, self._holdings = app_of, given, holdings

    def of(self, service: Service, there: set[str]) -> Iterator[MountedFile]:
        """Everything that one service is given; a mistake in the project is raised with its place.

        What only a variable names is told as a secret too, unless its path is in `there`: what
        mounts it stands elsewhere.
        """
        found = list(environment.missing_files(service, self._app_of[service.name], self._files))
        found += [self._one("secret", self._project.secrets, service, u) for u in service.secrets]
        found += [self._one("config", self._project.configs, service, u) for u in service.configs]
        yield from found
        yield from self._named_only(service, there | {file.target for file in found})

    def _named_only(self, service: Service, there: set[str]) -> Iterator[MountedFile]:
        for name, one in self._given[service.name].items():
            path = one.value.get_secret_value().strip() if one.value is not None else ""
            if _SECRET_PATH.fullmatch(path) and path not in there:
                yield MountedFile(
                    name=path.rpartition("/")[2],
                    kind="secret",
                    app=self._app_of[service.name],
                    target=path,
                    variable=name,
                    where=one.where,
                )

    def _one(
        self,
        kind: Literal["secret", "config"],
        top: Mapping[str, TopFile],
        service: Service,
        used: Used,
    ) -> MountedFile:
        one = top.get(used.name)
        if one is None:
            raise used.place.wrong(f"there is no {kind} {used.name} at the top level")
        text = text_of(one, self._files)
        names = self._holdings.named(text or "")
        others = tuple(name for name in names if name != service.name)
        return MountedFile(
            name=used.name,
            kind=kind,
            app=self._app_of[service.name],
            names=others,
            target=used.target,
            variable=self._path_variable(service.name, used.target),
            known=(text is not None or self._there(one)) and not others,
            mode=0o444 if used.mode is None else used.mode,
            uid="" if used.uid == "0" else used.uid,
            gid="" if used.gid == "0" else used.gid,
            where=str(used.place),
        )

    def _there(self, one: TopFile) -> bool:
        return bool(one.file) and self._files.is_file(one.file)

    def _path_variable(self, service: str, target: str) -> str:
        for name, one in self._given[service].items():
            if one.value is not None and one.value.get_secret_value().strip() == target:
                return name
        return ""
