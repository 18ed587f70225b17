"""The Target port for Aptible: one object in front of the parts that do the work."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from providers.ssh.tunnel import Tunnel
from providers.targets.aptible import commands
from providers.targets.aptible.active_plan import read_active_plan
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.configuration import Configuration
from providers.targets.aptible.databases import Databases
from providers.targets.aptible.endpoints import Endpoints
from providers.targets.aptible.entrances import Entrances
from providers.targets.aptible.operations import Operations, told_operation
from providers.targets.aptible.portal import Portal
from providers.targets.aptible.push import Push
from providers.targets.aptible.rates import read_rates
from providers.targets.aptible.resources import Resources
from providers.targets.aptible.services import Services
from wizard.model.database import Connection
from wizard.model.rates import Rates
from wizard.model.remote_image import RegistryLogin
from wizard.model.routes import ONE_TUNNEL, Route
from wizard.model.target import (
    ActivePlan,
    DatabaseImage,
    Endpoint,
    Entrance,
    Environment,
    Operation,
    RetainedBackup,
    Service,
    Stack,
    TargetApp,
    TargetDatabase,
)
from wizard.ports.target import OnLogLine
from wizard.safety.consent import Consent


class AptibleTarget:
    """Implements wizard.ports.target.Target; see there for the meaning of each method."""

    name = "aptible"

    def __init__(
        self,
        api: AptibleApi,
        operations: Operations,
        resources: Resources,
        databases: Databases,
        configuration: Configuration,
        services: Services,
        endpoints: Endpoints,
        entrances: Entrances,
        portal: Portal,
        push: Push,
    ) -> None:
        self._api = api
        self._operations = operations
        self._resources = resources
        self._databases = databases
        self._configuration = configuration
        self._services = services
        self._endpoints = endpoints
        self._entrances = entrances
        self._portal = portal
        self._push = push

    async def organization(self) -> str:
        """Id of the organisation."""
        return await self._resources.organization()

    async def stacks(self) -> Sequence[Stack]:
        """All stacks one may use."""
        return await self._resources.stacks()

    async def rates(self) -> Rates:
        """Unit prices, as Aptible tells them."""
        return await read_rates(self._api, await self._resources.organization())

    async def active_plan(self) -> ActivePlan | None:
        """The plan of the organisation."""
        return await read_active_plan(self._api, await self._resources.organization())

    async def find_environment(self, handle: str) -> Environment | None:
        """By handle."""
        return await self._resources.find_environment(handle)

    async def create_environment(self, handle: str, stack: Stack, consent: Consent) -> Environment:
        """Make or adopt."""
        return await self._resources.create_environment(handle, stack, consent)

    async def find_app(self, environment: Environment, handle: str) -> TargetApp | None:
        """By handle."""
        return await self._resources.find_app(environment, handle)

    async def create_app(
        self, environment: Environment, handle: str, consent: Consent
    ) -> TargetApp:
        """Make or adopt."""
        return await self._resources.create_app(environment, handle, consent)

    async def database_images(self) -> Sequence[DatabaseImage]:
        """What can be provisioned now."""
        return await self._databases.images()

    async def find_database(self, environment: Environment, handle: str) -> TargetDatabase | None:
        """By handle."""
        return await self._databases.find(environment, handle)

    async def create_database(
        self,
        environment: Environment,
        handle: str,
        image: DatabaseImage,
        disk_gb: int,
        memory_mb: int,
        consent: Consent,
        on_log: OnLogLine | None = None,
    ) -> TargetDatabase:
        """Make or adopt, and provision."""
        return await self._databases.create(
            environment, handle, image, disk_gb, memory_mb, consent, on_log
        )

    async def delete_database(self, database: TargetDatabase, consent: Consent) -> None:
        """Deprovision."""
        await self._databases.delete(database, consent)

    async def delete_endpoint(self, endpoint: Endpoint, consent: Consent) -> None:
        """Deprovision."""
        what = f"removing the endpoint {endpoint.domain or endpoint.host}"
        await self._operations.deprovision(f"vhosts/{endpoint.id}", what, consent)

    async def delete_app(self, app: TargetApp, consent: Consent) -> None:
        """Deprovision."""
        await self._operations.deprovision(f"apps/{app.id}", f"removing {app.handle}", consent)

    async def delete_environment(self, environment: Environment, consent: Consent) -> None:
        """Remove."""
        await self._resources.delete_environment(environment, consent)

    async def backups(self, environment: Environment) -> Sequence[RetainedBackup]:
        """All of an environment."""
        return await self._resources.backups(environment)

    async def database_url(self, database: TargetDatabase) -> SecretStr:
        """For apps inside the stack."""
        return await self._databases.url(database)

    async def find_entrance(self, database: TargetDatabase) -> Entrance | None:
        """Its public endpoint, if there is one."""
        return await self._entrances.find(database)

    async def create_entrance(
        self,
        database: TargetDatabase,
        allowed_ips: Sequence[str],
        consent: Consent,
        on_log: OnLogLine | None = None,
    ) -> Entrance:
        """Make or adopt, and provision."""
        return await self._entrances.create(database, allowed_ips, consent, on_log)

    async def delete_entrance(self, entrance: Entrance, consent: Consent) -> None:
        """Deprovision."""
        await self._entrances.delete(entrance, consent)

    async def entrance_url(self, database: TargetDatabase, entrance: Entrance) -> SecretStr:
        """For somebody at an address that is let in."""
        return await self._entrances.url(database, entrance)

    async def database_certificates(self, database: TargetDatabase) -> str:
        """The environment's own authority."""
        return await self._entrances.certificates(database)

    def tunnel(
        self,
        database: TargetDatabase,
        on_broken: Callable[[str], None] | None = None,
        *,
        route: Route = ONE_TUNNEL,
    ) -> AbstractAsyncContextManager[Connection]:
        """A connection through a tunnel, or several; raises when one breaks inside."""
        return self._portal.connection(database, on_broken, route)

    @asynccontextmanager
    async def watched_tunnel(
        self, database: TargetDatabase
    ) -> AsyncIterator[tuple[Tunnel, Connection]]:
        """Like `tunnel`, with the tunnel itself, which can be asked `broken()` at any time."""
        async with self._portal.open(database) as pair:
            yield pair

    async def configuration(self, app: TargetApp) -> Mapping[str, SecretStr]:
        """All variables."""
        return await self._configuration.read(app)

    async def configure(
        self, app: TargetApp, changes: Mapping[str, SecretStr], consent: Consent
    ) -> Operation:
        """Merge; an empty value removes a variable that is there, and is refused otherwise."""
        done = await self._configuration.merge(app, changes, consent)
        return told_operation(done, app.handle)

    async def pushed(self, app: TargetApp, commit: str) -> bool:
        """Whether a branch over there is at this commit."""
        return await self._push.pushed(app, commit)

    async def push(
        self, app: TargetApp, commit: str, consent: Consent, repository: Path | None = None
    ) -> None:
        """To a branch that does not deploy."""
        await self._push.push(app, commit, consent, repository)

    async def last_deployed_commit(self, app: TargetApp) -> str | None:
        """Full hash, if known."""
        return await self._services.last_deployed_commit(app)

    async def deploy(
        self,
        app: TargetApp,
        commit: str,
        consent: Consent,
        *,
        new_service_count: int | None = None,
        registry: RegistryLogin | None = None,
        on_log: OnLogLine | None = None,
    ) -> Operation:
        """Build, hooks, release."""
        done = await self._services.deploy(
            app, commit, consent, new_service_count, registry, on_log=on_log
        )
        return told_operation(done, app.handle)

    async def follow(self, app: TargetApp, on_line: OnLogLine) -> None:
        """Its containers' lines, until the connection ends."""
        await self._portal.follow(app, on_line)

    async def services(self, app: TargetApp) -> Sequence[Service]:
        """None before the first deploy."""
        return await self._services.list(app)

    async def scale(
        self, service: Service, count: int, memory_mb: int | None, consent: Consent
    ) -> Operation:
        """Containers of one service."""
        done = await self._services.scale(service, count, memory_mb, consent)
        return told_operation(done, service.name)

    async def endpoints(self, app: TargetApp) -> Sequence[Endpoint]:
        """All of an app."""
        return await self._endpoints.list(app)

    async def create_endpoint(
        self,
        service: Service,
        *,
        domain: str | None,
        port: int | None,
        allowed_ips: Sequence[str],
        consent: Consent,
        on_log: OnLogLine | None = None,
    ) -> Endpoint:
        """Make or adopt, and provision."""
        return await self._endpoints.create(
            service,
            domain=domain,
            port=port,
            allowed_ips=allowed_ips,
            consent=consent,
            on_log=on_log,
        )

    async def renew_certificate(self, endpoint: Endpoint, consent: Consent) -> Endpoint:
        """Ask for the managed certificate now."""
        return await self._endpoints.renew(endpoint, consent)

    async def run_inside(
        self,
        app: TargetApp,
        script: str,
        arguments: Sequence[str],
        stdin: SecretStr,
        consent: Consent,
    ) -> str:
        """A script in a throw-away container; its stdout."""
        return await self._portal.run_inside(app, script, arguments, stdin, consent)

    def by_hand(self, action: str, **words: str) -> str:
        """The official command."""
        return commands.by_hand(action, words)

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()
