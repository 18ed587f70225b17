"""A project of containers as an inventory: the same facts that any other source tells."""

from collections.abc import Mapping

from pydantic import SecretStr

from providers.containers import environment
from providers.containers.addresses import completed
from providers.containers.cloud import Cloud
from providers.containers.commands import ends, well_after, without_passwords
from providers.containers.contents import contents
from providers.containers.files import ProjectFiles
from providers.containers.groups import groups
from providers.containers.logins import logins
from providers.containers.mounted_files import MountedFiles
from providers.containers.mounts import volumes
from providers.containers.published import own_addresses, through_the_machine
from providers.containers.references import Names, references
from providers.containers.roles import Roles
from providers.containers.server_logins import ServerLogin, managed_login, server_login
from providers.containers.untold import untold_gaps
from providers.containers.ways_in import WaysIn
from providers.containers.wishes import wishes
from wizard.clock import Clock
from wizard.formats.compose.project import Project
from wizard.formats.compose.service import Service
from wizard.formats.image_name import extensions_in, version_in
from wizard.model.containers import LedTo, MountedFile, Reference
from wizard.model.inventory import (
    Conflict,
    Gap,
    Inventory,
    Process,
    SourceDatabase,
    Variable,
)
from wizard.ports.source import Fingerprint

_MB = 1024**2
_NO_RESTART = ("no", "none", "false")


def inventory(
    project: Project,
    files: ProjectFiles,
    clock: Clock,
    fingerprint: Fingerprint | None,
    active: frozenset[str],
    source: str,
) -> tuple[Inventory, dict[str, dict[str, SecretStr]]]:
    """The facts, and the values of every app's variables, for memory only."""
    return _Facts(project, files, active).inventory(clock, fingerprint, source)


class _Facts:
    def __init__(self, project: Project, files: ProjectFiles, active: frozenset[str]) -> None:
        self.project = project
        self.files = files
        self.roles = Roles(project, files, active)
        self.services = {s.name: s for s in self.roles.named("app")}
        self._drop_unknown()
        self.names = self._names({})
        self.ways_in = WaysIn(self.roles, files, self.services, self.names)
        self.apps = groups(self.services, self.ways_in.public)
        self.app_of = {name: app.name for app in self.apps for name in app.processes}
        self.given = {
            name: environment.of_service(service, files) for name, service in self.services.items()
        }
        self.cloud = Cloud(self.apps, self.given, project.services)
        self.names = self._names(self.cloud.leads)
        self.jobs = self._jobs()

    def _drop_unknown(self) -> None:
        """A service with neither image nor build is a mistake that Compose refuses too."""
        for service in self.services.values():
            if not service.image and not service.image_unset and service.build is None:
                raise service.place.wrong(
                    f"the service {service.name} has neither image nor build; when this file"
                    " belongs on top of another, name that one first"
                )

    def inventory(
        self, clock: Clock, fingerprint: Fingerprint | None, source: str
    ) -> tuple[Inventory, dict[str, dict[str, SecretStr]]]:
        variables: list[Variable] = []
        values: dict[str, dict[str, SecretStr]] = {}
        for app in self.apps:
            facts, values[app.name] = environment.of_app(app, self.given, fingerprint)
            variables += facts
        values[""] = {
            f"{service.name}.{each.name}": each.value
            for service in self.project.services.values()
            for each in service.environment
            if each.value is not None
        }
        mounted = self._mounted()
        values[""] |= contents(mounted, self.project, self.files)
        found = self._references()
        name = self.project.name
        return (
            Inventory(
                source=source,
                app=name,
                app_id=name,
                region="",
                stack="",
                maintenance=False,
                release=None,
                processes=tuple(self._process(s) for s in self.services.values()),
                variables=tuple(variables),
                addons=(),
                domains=tuple(self.ways_in.domains(self.app_of)),
                databases=(*self._databases(), *self.cloud.databases),
                apps=self.apps,
                entries=tuple(self.ways_in.entries(self.app_of)),
                volumes=volumes(self.services.values(), self.files),
                mounted_files=mounted,
                references=found,
                own_addresses=tuple(own_addresses(self.given, self.project.services, self.app_of)),
                wishes=tuple(wishes(self.roles)),
                cloud=self.cloud.traces,
                gaps=tuple(self._gaps()),
                conflicts=tuple(
                    Conflict(process=each.process, subject=each.subject, said=each.said)
                    for each in self.project.differs
                ),
                read_at=clock.now(),
            ),
            values,
        )

    def _references(self) -> tuple[Reference, ...]:
        servers = self._servers()
        found = tuple(references(self.apps, self.services, self.given, self.names))
        found += tuple(
            through_the_machine(found, self.given, servers, self.project.services, self.app_of)
        )
        found += tuple(logins(found, self.given, servers, self.app_of, self._after()))
        return completed(found, self.given, servers, self.services)

    def _process(self, service: Service) -> Process:
        memory = service.memory or service.reserved
        quantity = 1 if service.replicas is None else service.replicas
        job = service.name in self.jobs
        return Process(
            name=service.name,
            command=without_passwords(f"{service.entrypoint} {service.command}".strip()),
            quantity=quantity,
            counted="replicas" not in service.untold,
            size=f"{memory // _MB} MB" if memory else "",
            memory_mb=memory // _MB if memory else None,
            app=self.app_of[service.name],
            job=job,
            per_node=service.mode == "global",
            single=self._single(service, quantity) if not job else "",
            health=without_passwords(service.health.test) if service.health else "",
            after=tuple(name for name in service.depends_on if name in self.project.services),
            entrypoint=without_passwords(service.entrypoint),
            waits=service.waits,
            well_after=well_after(service.health),
            answers_within=service.health.timeout_seconds if service.health else None,
            where=", ".join(str(p) for p in dict.fromkeys((service.place, *service.seen.values()))),
        )

    def _single(self, service: Service, quantity: int) -> str:
        if quantity != 1:
            return ""
        if service.update_order == "stop-first":
            return "it is updated by stopping first, and there is one"
        if service.replicas == 1 and any(m.kind == "volume" and m.source for m in service.mounts):
            return "there is to be one, and it has a volume"
        return ""

    def _jobs(self) -> frozenset[str]:
        waited = {
            name
            for service in self.project.services.values()
            for name, condition in service.depends_on.items()
            if condition == "service_completed_successfully"
        }
        return frozenset(
            s.name
            for s in self.services.values()
            if s.name in waited
            or s.mode.endswith("-job")
            or (s.restart in _NO_RESTART and s.restart != "" and not s.ports and ends(s))
        )

    def _servers(self) -> dict[str, ServerLogin]:
        """What lets one in at each database."""
        own = {
            s.name: server_login(
                s, self.roles.engines[s.name], environment.of_service(s, self.files)
            )
            for s in self.roles.named("database")
        }
        return {d.name: managed_login(d.name, d.engine) for d in self.cloud.databases} | own

    def _after(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(service.depends_on) for name, service in self.services.items()}

    def _names(self, elsewhere: Mapping[str, tuple[str, LedTo]]) -> Names:
        leads: dict[str, tuple[str, LedTo]] = dict(elsewhere)
        kinds: dict[str, LedTo] = {"app": "app", "database": "database", "proxy": "proxy"}
        for name, service in self.project.services.items():
            kind = kinds.get(self.roles.of[name])
            if kind is not None:
                for each in (name, *service.aliases):
                    leads.setdefault(each, (name, kind))
        for service in self.project.services.values():
            for link in service.links:
                name, _, alias = link.partition(":")
                if alias and name in leads:
                    leads.setdefault(alias, leads[name])
        return Names(leads)

    def _databases(self) -> list[SourceDatabase]:
        result = []
        for service in self.roles.named("database"):
            engine = self.roles.engines[service.name]
            image = self.roles.images[service.name]
            memory = service.memory or service.reserved
            keeps = [m.source or m.target for m in service.mounts if _keeps(m.target, m.source)]
            result.append(
                SourceDatabase(
                    id=service.name,
                    name=service.name,
                    engine=engine,
                    plan=image or "an image that is not known",
                    version=version_in(image, engine),
                    variable=self._variable(service.name),
                    extensions=extensions_in(image),
                    memory_mb=memory // _MB if memory else None,
                    image=image or service.name,
                    keeps=keeps[0] if keeps else "",
                    where=str(service.place),
                )
            )
        return result

    def _variable(self, database: str) -> str:
        """The variable that holds the database's address as a URL; "" when none does."""
        names = Names({database: (database, "database")})
        for given in self.given.values():
            for variable, one in given.items():
                text = one.value.get_secret_value() if one.value else ""
                if "://" in text and any(names.inside(variable, text)):
                    return variable
        return ""

    def _mounted(self) -> tuple[MountedFile, ...]:
        mounted = MountedFiles(self.project, self.files, self.app_of, self.given)
        # Services of one app share files: what one mounts, another may only name in a variable.
        found: list[MountedFile] = []
        for service in self.services.values():
            there = {f.target for f in found if f.app == self.app_of[service.name]}
            found += mounted.of(service, there)
        return tuple({(f.name, f.kind, f.app, f.target): f for f in found}.values())

    def _gaps(self) -> list[Gap]:
        gaps = [
            Gap(subject=path, reason=f"{place}: the file is not there")
            for path, place in self.project.missing
        ]
        gaps += [Gap(subject="a part of the input", reason=each) for each in self.project.remarks]
        gaps += untold_gaps((*self.services.values(), *self.roles.named("database")))
        return gaps


def _keeps(target: str, source: str) -> bool:
    scripts = ("/docker-entrypoint-initdb.d", "/etc/", "/usr/local/etc", "/run/")
    return (
        bool(target)
        and not target.startswith(scripts)
        and not target.endswith((".conf", ".sh", ".sql", ".cnf", ".js", ".xml", ".yml", ".yaml"))
    )
