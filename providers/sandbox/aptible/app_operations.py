"""What happens to a deployed app: configure, restart, scale, deprovision."""

from providers.sandbox.aptible.configuration import merged, save, save_settings
from providers.sandbox.aptible.deploy import Deployments
from providers.sandbox.aptible.endpoints import Endpoints
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import App, Operation
from providers.sandbox.aptible.releases import Release, Releases
from providers.sandbox.aptible.runner import OperationFailed, Runner


class AppOperations:
    """Registers the handlers; `configure` and `restart` run no deploy hook."""

    def __init__(
        self,
        platform: Platform,
        runner: Runner,
        releases: Releases,
        deployments: Deployments,
        endpoints: Endpoints,
    ) -> None:
        self._platform = platform
        self._releases = releases
        self._deployments = deployments
        self._endpoints = endpoints
        runner.handle("apps", "configure", self.configure)
        runner.handle("apps", "restart", self.restart)
        runner.handle("apps", "deprovision", self.deprovision)
        runner.handle("services", "scale", self.scale)

    async def configure(self, operation: Operation) -> None:
        """Merge; restart what runs. If it does not come up again, the old values stay."""
        state = self._platform.state
        app = state.apps[operation.resource_id]
        former = self._releases.current(app)
        env = merged(state.env_of(app), operation.body.get("env"))
        if former is not None:
            release = Release(former.image, env)
            await self._restart(operation, app, release, former)
        save(state, app, env)
        save_settings(state, app, operation.body)
        state.touch(app)
        names = sorted(operation.body.get("env") or {})
        self._platform.note("configure", app=app.handle, names=names)

    async def restart(self, operation: Operation) -> None:
        """Replace all containers by new ones of the same release."""
        app = self._platform.state.apps[operation.resource_id]
        release = self._releases.current(app)
        if release is None:
            raise OperationFailed(f"App {app.handle} was never deployed")
        await self._restart(operation, app, release, release)
        self._platform.note("restart", app=app.handle)

    async def scale(self, operation: Operation) -> None:
        """Count, size, profile; zero stops the service."""
        state, body = self._platform.state, operation.body
        service = state.services[operation.resource_id]
        if service.app_id is None:
            raise OperationFailed("A database is scaled by restarting it")
        app = state.apps[service.app_id]
        release = self._releases.current(app)
        if release is None:
            raise OperationFailed(f"App {app.handle} was never deployed")
        before = (
            service.container_count,
            service.container_memory_limit_mb,
            service.instance_class,
        )
        if body.get("container_count") is not None:
            service.container_count = int(body["container_count"])
        service.container_memory_limit_mb = int(body.get("container_size") or before[1])
        service.instance_class = str(body.get("instance_profile") or before[2])
        try:
            await self._releases.replace(app, service, release)
        except OperationFailed:
            (
                service.container_count,
                service.container_memory_limit_mb,
                service.instance_class,
            ) = before
            await self._releases.replace(app, service, release)
            raise
        state.touch(service)
        self._platform.note(
            "scale", app=app.handle, service=service.process_type, count=service.container_count
        )
        await self._deployments.after(operation, app, release, "success")

    async def deprovision(self, operation: Operation) -> None:
        """Endpoints, containers and the record go."""
        state = self._platform.state
        app = state.apps[operation.resource_id]
        app.status = "deprovisioning"
        services = state.services_of(app.id)
        for vhost in state.vhosts_of({s.id for s in services}):
            self._endpoints.remove(vhost)
        await self._platform.ground.supervisor.stop_all(self._releases.owner(app.id))
        for service in services:
            del state.services[service.id]
        del state.apps[app.id]
        self._platform.note("app-gone", app=app.handle, id=app.id)

    async def _restart(
        self, operation: Operation, app: App, release: Release, former: Release
    ) -> None:
        services = self._platform.state.services_of(app.id)
        await self._releases.replace_all(app, services, release, former)
        await self._deployments.after(operation, app, release, "success")
