"""What is each service for? Told by its image, its Dockerfile's base, its mounts and its labels."""

import re
from collections.abc import Iterator
from posixpath import join, normpath
from typing import Literal

from providers.containers.files import ProjectFiles
from wizard.formats.compose.project import Project
from wizard.formats.compose.service import Service
from wizard.formats.image_name import (
    engine_by_folder,
    engine_of,
    kind_of_image,
    plain_web_server,
)
from wizard.model.inventory import Engine

Role = Literal["app", "database", "proxy", "tls", "tool", "off"]
_FROM = re.compile(r"(?im)^\s*FROM\s+(?:--\S+\s+)*(\S+)")


class Roles:
    """Answers for every service of a project; `active` are the profiles that are chosen."""

    def __init__(self, project: Project, files: ProjectFiles, active: frozenset[str]) -> None:
        self.project = project
        self._files = files
        self._active = active
        self.engines: dict[str, Engine] = {}
        self.images: dict[str, str] = {}
        self.of: dict[str, Role] = {}
        for name, service in project.services.items():
            self.images[name] = service.image or self._base(service)
        for name, service in project.services.items():
            self.of[name] = self._role(name, service)

    def named(self, role: Role) -> Iterator[Service]:
        """The services with this role, in the file's order."""
        for name, found in self.of.items():
            if found == role:
                yield self.project.services[name]

    def _base(self, service: Service) -> str:
        """What a built image starts from; "" when its Dockerfile is not there."""
        text = self.dockerfile(service)
        found = _FROM.findall(text) if text else []
        return str(found[-1]) if found else ""

    def dockerfile(self, service: Service) -> str:
        """The text of the service's Dockerfile, "" when it is not there."""
        build = service.build
        if build is None:
            return ""
        if build.inline:
            return build.inline
        return (
            self._files.text(normpath(join(build.context, build.dockerfile or "Dockerfile"))) or ""
        )

    def _role(self, name: str, service: Service) -> Role:
        if service.profiles and not self._active & {*service.profiles, "*"}:
            return "off"
        image = self.images[name]
        engine = engine_of(image)
        if not engine and service.build is not None:
            engine = engine_of(self._base(service))
        if not engine and (service.build or not service.image or service.image_unset):
            by_folder = (engine_by_folder(mount.target) for mount in service.mounts)
            engine = next((found for found in by_folder if found), "")
        if engine and not self._client_only(service, engine):
            self.engines[name] = engine
            return "database"
        if plain_web_server(image) and not self._in_front(service):
            return "app"
        if plain_web_server(image):
            return "proxy"
        kind = kind_of_image(image) if service.image else "app"
        return kind if kind in ("proxy", "tls", "tool") else "app"

    def _client_only(self, service: Service, engine: str) -> bool:
        """A database's image used for its client programs: it asks another service, and ends."""
        command = f"{service.entrypoint} {service.command}".strip()
        ends = service.restart in ("no", "none", "on-failure") or not service.mounts
        asks = any(
            other != service.name and engine_of(self.images[other]) == engine
            for other in service.depends_on
            if other in self.images
        )
        programs = r"\b(?:psql|pg_dump|pg_restore|createdb|mysql|mysqldump|mongosh?|redis-cli)\b"
        return asks and ends and bool(re.search(programs, command) or service.command)

    def _in_front(self, service: Service) -> bool:
        """Whether a bare web server stands in front of other services."""
        if service.image == "" and "static" in self.dockerfile(service):
            return False
        config = any(
            mount.target.startswith(("/etc/nginx", "/etc/caddy", "/usr/local/etc/haproxy"))
            or mount.target.endswith((".conf", ".conf.template", "Caddyfile"))
            for mount in service.mounts
        )
        config = config or any(
            used.target.endswith((".conf", "Caddyfile")) for used in service.configs
        )
        copies = re.search(r"(?im)^\s*COPY\s.*\.conf\b", self.dockerfile(service))
        others = [other for other in service.depends_on if other in self.project.services]
        served = any(
            mount.target.startswith(("/usr/share/nginx/html", "/usr/local/apache2/htdocs"))
            for mount in service.mounts
        )
        return bool((config or (copies and service.build)) and not served) or (
            bool(others) and bool(service.image) and not served
        )
