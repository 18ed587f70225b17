"""What runs for an app? Starts, replaces and ends the containers of its services."""

import re
from dataclasses import dataclass
from pathlib import Path

from providers.process import OnLine
from providers.sandbox.apps.supervisor import Container, ContainerFailed, free_port
from providers.sandbox.aptible.health import answers, port_problem
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import App, Image, Service, Vhost
from providers.sandbox.aptible.runner import OperationFailed
from providers.sandbox.containers.root import ContainerRoot

# How a container finds databases by names that only the stack's network knows. On loopback there
# is no such network: the address is given, the name stays what certificates are checked against.
_NETWORK = {"PGHOSTADDR": "127.0.0.1", "REDIS_HOSTADDR": "127.0.0.1"}
_LONGEST_RUN = 1800.0
_NOBODY_LISTENS = 1


@dataclass(frozen=True)
class Release:
    """An image with a configuration."""

    image: Image
    env: dict[str, str]


class Releases:
    """Containers of app N belong to the supervisor's owner `aptible-app-N`."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._containers = 0

    @staticmethod
    def owner(app_id: int) -> str:
        """The supervisor's name for an app's containers."""
        return f"aptible-app-{app_id}"

    def containers(self, service: Service) -> list[Container]:
        """What runs for a service now."""
        running = self._platform.ground.supervisor.running(self.owner(service.app_id or 0))
        return [c for c in running if c.process_type == service.process_type]

    def current(self, app: App) -> Release | None:
        """The deployed release; None before the first deploy."""
        state = self._platform.state
        if app.image_id is None:
            return None
        return Release(state.images[app.image_id], state.env_of(app))

    def container_env(
        self, app: App, release: Release, service: Service | None, index: int = 0
    ) -> dict[str, str]:
        """Image ENV < configuration < Aptible's metadata. No PORT and no DATABASE_URL of ours."""
        platform = self._platform
        account = platform.state.accounts[app.account_id]
        organization = f"{platform.auth.url}/organizations/{account.organization_id}"
        metadata = {
            "APTIBLE_GIT_REF": release.image.git_ref,
            "APTIBLE_LAYER": "app",
            "APTIBLE_APP_HREF": f"{platform.api_url}/apps/{app.id}",
            "APTIBLE_ORGANIZATION_HREF": organization,
            "APTIBLE_RELEASE_HREF": f"{platform.api_url}/images/{release.image.id}",
        }
        if service is not None:
            size = service.container_memory_limit_mb
            metadata |= {
                "APTIBLE_PROCESS_TYPE": service.process_type,
                "APTIBLE_PROCESS_INDEX": str(index),
                "APTIBLE_PROCESS_CONTAINER_COUNT": str(service.container_count),
                "APTIBLE_CONTAINER_SIZE": str(size),
                "APTIBLE_CONTAINER_PROFILE": service.instance_class.rstrip("0123456789"),
                "APTIBLE_CONTAINER_CPU_SHARE": str(size / 4096),
                "APTIBLE_SERVICE_HREF": f"{platform.api_url}/services/{service.id}",
            }
        env = {**release.image.env, **_NETWORK, **release.env, **metadata}
        cut = platform.ground.faults.peek("aptible.containers-cut-off")
        if cut is not None and (name := str(cut.get("variable"))) in env:
            # As behind a firewall: what this variable's URL names does not answer from in here.
            env[name] = re.sub(r":\d+/", f":{_NOBODY_LISTENS}/", env[name])
        return env

    async def replace(self, app: App, service: Service, release: Release) -> None:
        """Bring a service to its count on `release`; new containers first if it has an endpoint.

        Raises OperationFailed when a container does not come up; what had been running may then be
        gone, so that the caller replaces it by the former release.
        """
        supervisor = self._platform.ground.supervisor
        old = self.containers(service)
        overlap = bool(self._open_vhosts(service))
        if not overlap:
            for container in old:
                await supervisor.stop(container)
        started: list[Container] = []
        try:
            for index in range(service.container_count):
                started.append(await self._start(app, service, release, index))
            await self._check(app, service, release, started)
        except (OSError, ContainerFailed, OperationFailed) as error:
            for container in started:
                await supervisor.stop(container)
            raise OperationFailed(
                f"The containers of service {service.process_type} did not start: {error}"
            ) from error
        if overlap:
            for container in old:
                await supervisor.stop(container)
        self._platform.note(
            "containers",
            app=app.handle,
            service=service.process_type,
            count=service.container_count,
            git_ref=release.image.git_ref,
        )

    async def replace_all(
        self, app: App, services: list[Service], release: Release, former: Release | None
    ) -> None:
        """Replace several services; if one fails, all go back to `former`."""
        done: list[Service] = []
        try:
            for service in services:
                done.append(service)
                await self.replace(app, service, release)
        except OperationFailed:
            for service in done:
                if former is not None and service.process_type in former.image.processes:
                    await self.replace(app, service, former)
                else:
                    await self.stop(service)
            raise

    async def check(self, app: App, service: Service, release: Release) -> None:
        """Whether running containers pass the endpoints' health check; raises OperationFailed.

        Those that were started without a port of their own are started anew with one.
        """
        running = self.containers(service)
        if any(container.port is None for container in running):
            await self.replace(app, service, release)
        else:
            await self._check(app, service, release, running)

    async def stop(self, service: Service) -> None:
        """End a service's containers."""
        for container in self.containers(service):
            await self._platform.ground.supervisor.stop(container)

    async def run_once(
        self,
        app: App,
        release: Release,
        command: str,
        stdin: bytes = b"",
        on_stderr: OnLine | None = None,
        *,
        person: bool = False,
    ) -> tuple[int, bytes]:
        """Run a command in a throw-away container of the app, for 30 minutes at most.

        A `person` who looks around in there finds the variables as they were set: paths in them are
        not what they are for the app's own programs, which have no file system of their own here.
        """
        env = self.container_env(app, release, None)
        placed = self._placed(release, command, env)
        if person:
            placed = placed[0], env, placed[2]
        return await self._platform.ground.supervisor.run_once(
            *placed,
            stdin,
            _LONGEST_RUN,
            on_stderr,
        )

    async def _start(self, app: App, service: Service, release: Release, index: int) -> Container:
        command = release.image.processes[service.process_type]
        env = self.container_env(app, release, service, index)
        serves = service.process_type in ("web", "cmd") and bool(release.image.exposed_ports)
        # Aptible sets no PORT: one that the app did not set itself must not appear here either.
        listens = "PORT" in env and (serves or bool(self._open_vhosts(service)))
        if "PORT" in env:
            # Which of an image's services listens is not known yet; none may take this machine's.
            env["PORT"] = str(free_port())
        placed = self._placed(release, command, env)
        return await self._platform.ground.supervisor.start(
            self.owner(app.id), service.process_type, index, *placed, web=listens
        )

    def _placed(
        self, release: Release, command: str, env: dict[str, str]
    ) -> tuple[str, dict[str, str], Path]:
        """Command, environment and folder of one container: with a file system of its own when the
        image has one, else in the checkout."""
        image = release.image
        if not image.root:
            return command, env, Path(image.folder)
        self._containers += 1
        folder = self._platform.folder / "containers" / f"{image.id}-{self._containers}"
        root = ContainerRoot.copy_of(Path(image.root), folder)
        root.rewrite_scripts()
        inside = {name: root.rewritten(value) for name, value in env.items()}
        return root.rewritten(command), inside, root.place(image.working_dir)

    async def _check(
        self, app: App, service: Service, release: Release, started: list[Container]
    ) -> None:
        """The release health check of each endpoint; raises OperationFailed."""
        state, longest = self._platform.state, self._platform.switches.health_check_seconds
        for vhost in self._open_vhosts(service) if started else []:
            env = self.container_env(app, release, service)
            problem = port_problem(vhost.container_port, release.image.exposed_ports, env)
            if problem is not None:
                raise OperationFailed(problem)
            setting = {} if vhost.setting_id is None else state.settings[vhost.setting_id].settings
            strict = setting.get("STRICT_HEALTH_CHECKS") == "true"
            seconds = min(longest, float(setting.get("RELEASE_HEALTHCHECK_TIMEOUT", "180")))
            for container in started:
                good = container.port is not None and await answers(
                    container.port, strict=strict, seconds=seconds
                )
                if not good:
                    raise OperationFailed("HTTP health check failed")

    def _open_vhosts(self, service: Service) -> list[Vhost]:
        vhosts = self._platform.state.vhosts_of({service.id})
        return [v for v in vhosts if v.status == "provisioned"]
