"""A project of containers as an inventory: the same facts that any other source tells."""

from collections.abc import Iterator

from pydantic import SecretStr

from providers.containers import environment
from providers.containers.addresses import completed
from providers.containers.builds import with_build
from providers.containers.cloud import Cloud
from providers.containers.commands import well_after, without_passwords
from providers.containers.contents import contents
from providers.containers.databases import databases
from providers.containers.file_logins import file_logins
from providers.containers.files import ProjectFiles
from providers.containers.groups import groups
from providers.containers.held import Holdings
from providers.containers.host_names import names_in, services_by_name
from providers.containers.jobs import jobs
from providers.containers.logins import logins
from providers.containers.lost_hosts import lost_hosts
from providers.containers.mounted_files import MountedFiles
from providers.containers.mounts import given_files, volumes
from providers.containers.published import own_addresses, through_the_machine
from providers.containers.references import Names, references
from providers.containers.relays import with_relays
from providers.containers.roles import Roles
from providers.containers.server_logins import ServerLogin, managed_login, server_login
from providers.containers.tls_words import without_tls
from providers.containers.untold import untold_gaps
from providers.containers.ways_in import WaysIn
from providers.containers.wishes import wishes
from wizard.clock import Clock
from wizard.formats.compose.project import Project
from wizard.formats.compose.service import Service
from wizard.model.containers import LostHost, MountedFile, Reference
from wizard.model.inventory import (
    Conflict,
    Gap,
    Inventory,
    Process,
    Variable,
)
from wizard.ports.source import Fingerprint

_MB = 1024**2


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
        self.names = names_in(project.services, self.roles.of, {})
        self.ways_in = WaysIn(self.roles, files, self.services, self.names)
        self.jobs = jobs(self.services.values(), project.services.values())
        grouped = groups(self.services, self.ways_in.public, self.jobs)
        self.apps = tuple(with_build(app, project.services, files) for app in grouped)
        self.app_of = {name: app.name for app in self.apps for name in app.processes}
        self.given = {
            name: environment.of_service(service, files) for name, service in self.services.items()
        }
        self.cloud = Cloud(self.apps, self.given, project.services)
        self.names = names_in(project.services, self.roles.of, self.cloud.leads)
        self.holdings = Holdings(files, services_by_name(project.services))

    def _drop_unknown(self) -> None:
        """A service with neither image nor build is a mistake that Compose refuses too.

        What a provider makes is no container: there is nothing to carry over.
        """
        self.provided = [s for s in self.services.values() if s.provider]
        for service in self.provided:
            del self.services[service.name]
        for service in self.services.values():
            if not service.image and not service.image_unset and service.build is None:
                gone = next((path for path, _ in self.project.missing), "")
                raise service.place.wrong(
                    f"the service {service.name} has neither image nor build; "
                    + (
                        f"{gone}, which is named here, is not there"
                        if gone
                        else "when this file belongs on top of another, name that one first"
                    )
                )

    def inventory(
        self, clock: Clock, fingerprint: Fingerprint | None, source: str
    ) -> tuple[Inventory, dict[str, dict[str, SecretStr]]]:
        variables: list[Variable] = []
        values: dict[str, dict[str, SecretStr]] = {}
        for app in self.apps:
            facts, values[app.name] = environment.of_app(
                app, self.given, fingerprint, self.ways_in.public, self.jobs
            )
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
        found_here = databases(self.roles, self.files, self._variable)
        taken = {(r.app, r.variable) for r in found}
        by_file = file_logins(mounted, self.roles.named("database"), self._given_to_servers())
        found += tuple(r for r in by_file if (r.app, r.variable) not in taken)
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
                databases=(*found_here, *self.cloud.databases),
                apps=self.apps,
                entries=tuple(self.ways_in.entries(self.app_of)),
                volumes=volumes(
                    self.services.values(),
                    self.files,
                    self.holdings,
                    tuple(self.roles.named("proxy")),
                ),
                mounted_files=mounted,
                references=found,
                own_addresses=tuple(own_addresses(found, self.given, self._active(), self.app_of)),
                lost_hosts=tuple(self._lost_hosts()),
                wishes=tuple(
                    wishes(
                        self.roles,
                        self.ways_in.by_path,
                        self.ways_in.in_words,
                        self.ways_in.serving,
                    )
                ),
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

    def _active(self) -> dict[str, Service]:
        """The services that run: those of profiles that nobody chose are none."""
        return {n: s for n, s in self.project.services.items() if self.roles.of[n] != "off"}

    def _references(self) -> tuple[Reference, ...]:
        servers = self._servers()
        found = tuple(references(self.apps, self.services, self.given, self.names))
        found += tuple(
            through_the_machine(found, self.given, servers, self.project.services, self.app_of)
        )
        found += tuple(logins(found, self.given, servers, self.app_of, self._after()))
        found += tuple(without_tls(found, self.given, servers, self.app_of))
        found = completed(found, self.given, servers, self.services)
        return tuple(with_relays(found, self.given))

    def _lost_hosts(self) -> Iterator[LostHost]:
        services, roles = self.project.services, self.roles.of
        names = services_by_name(services)
        return lost_hosts(self.given, services, roles, names, self.app_of)

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
            blanks=service.blanks,
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

    def _given_to_servers(self) -> dict[str, dict[str, environment.One]]:
        """What each database's own service is given."""
        found = self.roles.named("database")
        return {s.name: environment.of_service(s, self.files) for s in found}

    def _servers(self) -> dict[str, ServerLogin]:
        """What lets one in at each database."""
        given = self._given_to_servers()
        own = {
            s.name: server_login(s, self.roles.engines[s.name], given[s.name])
            for s in self.roles.named("database")
        }
        return {d.name: managed_login(d.name, d.engine) for d in self.cloud.databases} | own

    def _after(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(service.depends_on) for name, service in self.services.items()}

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
        mounted = MountedFiles(self.project, self.files, self.app_of, self.given, self.holdings)
        # Services of one app share files: what one mounts, another may only name in a variable.
        found: list[MountedFile] = []
        for service in self.services.values():
            there = {f.target for f in found if f.app == self.app_of[service.name]}
            found += mounted.of(service, there)
        top = {*self.project.secrets, *self.project.configs}
        own = self.services.values()
        found += given_files(own, self.files, self.holdings, self.app_of, top)
        return tuple({(f.name, f.kind, f.app, f.target): f for f in found}.values())

    def _gaps(self) -> list[Gap]:
        gaps = [
            Gap(subject=path, reason=f"{place}: the file is not there")
            for path, place in self.project.missing
        ]
        gaps += [Gap(subject="a part of the input", reason=each) for each in self.project.remarks]
        gaps += [
            Gap(
                subject=app.absent,
                reason=f"{app.where}: {app.name} is built from it, and it is not there (a git"
                " submodule that is not checked out?)",
            )
            for app in self.apps
            if app.absent
        ]
        gaps += [
            Gap(subject=s.name, reason=f"{s.place}: a provider makes it ({s.provider}), not read")
            for s in self.provided
        ]
        gaps += self.files.gaps
        gaps += untold_gaps((*self.services.values(), *self.roles.named("database")))
        return gaps
