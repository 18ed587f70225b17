"""What is each service for? Told by its image, its Dockerfile's base, its mounts and its labels."""

import re
from collections.abc import Iterator
from typing import Literal

from providers.containers import environment, signs
from providers.containers.dockerfiles import Dockerfiles
from providers.containers.files import ProjectFiles
from providers.containers.proxy_files import led_by
from providers.containers.set_up import set_up_by
from wizard.formats.compose.project import Project
from wizard.formats.compose.service import Service
from wizard.formats.database_image import engine_of
from wizard.formats.image_kind import client_program, kind_of_image, plain_web_server
from wizard.model.inventory import Engine

Role = Literal["app", "database", "proxy", "tls", "tool", "mail", "off", "none"]
_HTML = re.compile(r"/(?:html|htdocs|www|public|dist|srv)(?:/|$)")
_PROGRAMS = re.compile(
    r"\b(?:psql|pg_dump|pg_dumpall|pg_restore|pg_isready|createdb|mysql|mysqldump|mongosh?"
    r"|mongodump|redis-cli)\b"
)


class Roles:
    """Answers for every service of a project; `active` are the profiles that are chosen.

    `images` holds what tells a service's role: its image, or what that is built from. `signs` says
    in words why one is taken for something that its image's name does not tell.
    """

    def __init__(self, project: Project, files: ProjectFiles, active: frozenset[str]) -> None:
        self.project = project
        self.dockerfiles = Dockerfiles(files)
        self._files = files
        self._active = active
        self.engines: dict[str, Engine] = {}
        self.images: dict[str, str] = {}
        self.signs: dict[str, str] = {}
        self.of: dict[str, Role] = {}
        self._built: dict[str, Service] = {}
        for name, service in project.services.items():
            self.images[name] = self._image(name, service)
        for name, service in project.services.items():
            self.of[name] = self._role(name, service)

    def named(self, role: Role) -> Iterator[Service]:
        """The services with this role, in the file's order."""
        for name, found in self.of.items():
            if found == role:
                yield self.project.services[name]

    def dockerfile(self, service: Service) -> str:
        """The text of the service's Dockerfile, "" when it is not there."""
        return self.dockerfiles.text(service)

    def _image(self, name: str, service: Service) -> str:
        own = self.dockerfiles.base(service) or service.image
        beside = None if _tells(own) else self.dockerfiles.beside(service)
        base = self.dockerfiles.base(beside) if beside is not None else ""
        if beside is None or beside.build is None or not _tells(base):
            return own
        self._built[name] = beside
        self.signs[name] = f"told by ./{beside.build.context}/Dockerfile"
        return base

    def set_up_by(self, service: Service) -> Iterator[str]:
        """The text of every file that may set this proxy up."""
        return (text for _, text in self.files_setting_up(service))

    def files_setting_up(self, service: Service) -> Iterator[tuple[str, str]]:
        """Path and text of each of them."""
        built = self.built(service)
        return set_up_by(self.project, self._files, self.dockerfiles, service, built)

    def built(self, service: Service) -> Service:
        """The service with the build that its image comes from, as far as the project has it."""
        return self._built.get(service.name, service)

    def _role(self, name: str, service: Service) -> Role:
        if service.profiles and not self._active & {*service.profiles, "*"}:
            return "off"
        said = signs.said_role(service)
        own: dict[str, Role] = {"app": "app", "proxy": "proxy", "tool": "tool", "none": "none"}
        if said in own:
            return own[said]
        engine = engine_of(said) or self._engine(name, service)
        if engine and (said or not self._client_only(service, engine)):
            self.engines[name] = engine
            return "database"
        image = self.images[name]
        if plain_web_server(image):
            return "proxy" if self._in_front(self.built(service)) else "app"
        kind = kind_of_image(image) if image else "app"
        if kind in ("proxy", "tls", "tool", "mail"):
            return kind
        if image and client_program(image) and not (service.command or service.entrypoint):
            self.signs[name] = "a program that is started by hand"
            return "tool"
        if service.build is None and signs.called_proxy(service):
            self.signs[name] = "taken for one by its name and its ports"
            return "proxy"
        return "app"

    def _engine(self, name: str, service: Service) -> Engine | None:
        found = engine_of(self.images[name]) or None
        if found is not None or kind_of_image(self.images[name]) != "app":
            return found
        found = signs.by_folder(service)
        if found is not None and not self._shares_data(service):
            self.signs[name] = "taken for one by the folder of data that is mounted into it"
            return found
        found = None
        told = signs.by_variables(service, environment.of_service(service, self._files))
        if told is not None and service.build is None:
            found, self.signs[name] = told
        return found

    def _shares_data(self, service: Service) -> bool:
        """Whether the data mounted into it is another's, whose image is a database's: a tool."""
        own = {m.source for m in service.mounts if m.kind in ("volume", "bind") and m.source}
        return any(
            engine_of(self.images[other.name]) and own & {m.source for m in other.mounts}
            for other in self.project.services.values()
            if other.name != service.name and other.name in self.images
        )

    def _client_only(self, service: Service, engine: str) -> bool:
        """A database's image used for its client programs: it asks another service, and ends."""
        command = f"{service.entrypoint} {service.command}".strip()
        ends = service.restart in ("no", "none", "on-failure") or not service.mounts
        asks = any(
            other != service.name and engine_of(self.images[other]) == engine
            for other in service.depends_on
            if other in self.images
        )
        return asks and ends and bool(_PROGRAMS.search(command) or service.command)

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
        copied = self.dockerfiles.copies(service)
        copies = any(source.endswith((".conf", "Caddyfile")) for source, _ in copied)
        others = [other for other in service.depends_on if other in self.project.services]
        served = any(
            mount.target.startswith(("/usr/share/nginx/html", "/usr/local/apache2/htdocs"))
            for mount in service.mounts
        )
        # A folder for certificates' challenges is mounted there too.
        served = served and not self._passes_all_on(service)
        # What is copied out of another stage of the build is a site, built there.
        served = served or any(not source and _HTML.search(target) for source, target in copied)
        return bool((config or (copies and service.build)) and not served) or (
            bool(others) and bool(service.image) and not served
        )

    def _passes_all_on(self, service: Service) -> bool:
        """Whether its configuration leads the whole site to another service."""
        given = environment.of_service(service, self._files)
        values = {n: o.value.get_secret_value() for n, o in given.items() if o.value is not None}
        others = {alias for s in self.project.services.values() for alias in (s.name, *s.aliases)}
        ways = (led for text in self.set_up_by(service) for led in led_by(text, values))
        return any(led.path == "/" and led.to in others - {service.name} for led in ways)


def _tells(image: str) -> bool:
    """Whether an image's name tells what it is for."""
    return plain_web_server(image) or kind_of_image(image) != "app"
