"""What does a deploy do? Build from the pushed commit, run the hooks, then replace containers."""

import re
from pathlib import Path

from providers.sandbox.aptible.build_root import assembled
from providers.sandbox.aptible.buildfiles import Build, BuildFailed, instructions, read_build
from providers.sandbox.aptible.configuration import merged, save, save_settings
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import App, Image, Operation, Service
from providers.sandbox.aptible.releases import Release, Releases
from providers.sandbox.aptible.repositories import Repositories
from providers.sandbox.aptible.runner import OperationFailed, Runner
from providers.sandbox.to_its_end import to_its_end

_DETACH = re.compile("^0{40}$")


class Deployments:
    """The app operations `deploy` and `rebuild`."""

    def __init__(
        self, platform: Platform, runner: Runner, releases: Releases, repositories: Repositories
    ) -> None:
        self._platform = platform
        self._runner = runner
        self._releases = releases
        self._repositories = repositories
        runner.handle("apps", "deploy", self.deploy)
        runner.handle("apps", "rebuild", self.deploy)
        runner.handle("apps", "scan_code", self.scan)

    async def scan(self, operation: Operation) -> None:
        """Only look whether the commit could be deployed."""
        app = self._platform.state.apps[operation.resource_id]
        await self._build(operation, app, self._commit(app, operation))

    async def deploy(self, operation: Operation) -> None:
        """All of it or nothing: configuration, services and containers change only at the end."""
        platform, state = self._platform, self._platform.state
        app = state.apps[operation.resource_id]
        settings = operation.body.get("settings") or {}
        if settings.get("APTIBLE_DOCKER_IMAGE"):
            raise OperationFailed("This Aptible runs no Docker images; deploy from git")
        former = self._releases.current(app)
        if app.status != "provisioned":
            app.status = "provisioning"
        try:
            image = await self._build(operation, app, self._commit(app, operation))
            self._refuse_lost_endpoints(app, image)
            env = merged(state.env_of(app), operation.body.get("env"))
            release = Release(image, env)
            await self._before(operation, app, release)
            services, made = self._services(operation, app, image)
            try:
                await self._releases.replace_all(app, services, release, former)
            except OperationFailed:
                for service in made:
                    del state.services[service.id]
                raise
        except OperationFailed:
            if former is None:
                app.status = "pending"
            else:
                await self.after(operation, app, former, "failure")
            raise
        await self._retire(app, image)
        state.images[image.id] = image
        app.image_id, app.status, app.deployment_method = image.id, "provisioned", "git"
        if operation.body.get("env"):
            save(state, app, env)
        save_settings(state, app, operation.body)
        state.touch(app)
        platform.note("deploy", app=app.handle, git_ref=image.git_ref)
        await self.after(operation, app, release, "success")

    async def after(self, operation: Operation, app: App, release: Release, outcome: str) -> None:
        """Run the `after_…` hooks of a release; their failure is only logged."""
        for command in release.image.hooks.get(f"after_{operation.type}_{outcome}", []):
            await self._runner.say(operation, f"INFO -- : RUNNING: {command}")
            code, _ = await self._releases.run_once(app, release, command)
            if code:
                await self._runner.say(operation, f"WARN -- : exited with {code}: ignored")

    def _commit(self, app: App, operation: Operation) -> str:
        state = self._platform.state
        ref = str(operation.body.get("git_ref") or "")
        if _DETACH.match(ref):
            raise OperationFailed("This Aptible deploys from git only")
        if not ref:
            if app.image_id is None:
                raise OperationFailed("Nothing to deploy: no git ref and no image was given")
            ref = state.images[app.image_id].git_ref
        commit = self._repositories.resolve(app.id, ref)
        if commit is None:
            raise OperationFailed(f"Could not find git ref {ref}: was it pushed?")
        return commit

    async def _build(self, operation: Operation, app: App, commit: str) -> Image:
        platform = self._platform
        folder = platform.folder / "images" / f"{app.id}-{operation.id}"
        await self._repositories.checkout(app.id, commit, folder)
        try:
            build: Build = read_build(folder, platform.ground.images)
            root = await to_its_end(assembled, folder, build)
        except BuildFailed as error:
            raise OperationFailed(str(error)) from error
        await self._runner.say(operation, f"INFO -- : Deploying {commit[:12]}")
        await self._say_steps(operation, folder)
        return Image(
            id=platform.state.next_id(),
            app_id=app.id,
            git_ref=commit,
            folder=str(folder),
            env=build.env,
            exposed_ports=build.ports,
            processes=build.processes,
            hooks=build.hooks,
            root=root,
            working_dir=build.working_dir,
        )

    async def _say_steps(self, operation: Operation, folder: Path) -> None:
        """The build's log as Docker's classic builder writes it; no step really runs here.

        The fault `aptible.build-step-fails` ends it at the first RUN, with what `says` prints.
        """
        steps = instructions((folder / "Dockerfile").read_text())
        fault = self._platform.ground.faults.take("aptible.build-step-fails")
        for number, text in enumerate(steps, 1):
            await self._runner.say(operation, f"Step {number}/{len(steps)} : {text}")
            if fault is not None and text.upper().startswith("RUN "):
                await self._runner.say(operation, *str(fault.get("says", "")).splitlines())
                code = fault.get("code", 1)
                raise OperationFailed(f"The command '{text[4:]}' returned a non-zero code: {code}")

    async def _before(self, operation: Operation, app: App, release: Release) -> None:
        for command in release.image.hooks.get("before_deploy", []):
            await self._runner.say(operation, f"INFO -- : RUNNING: {command}")
            # One log for both streams, in the order they were written.
            code, output = await self._releases.run_once(app, release, f"exec 2>&1\n{command}")
            await self._runner.say(operation, *output.decode(errors="replace").splitlines())
            self._platform.note("hook", app=app.handle, command=command, exit_code=code)
            if code:
                raise OperationFailed(f"before_deploy exited with {code}: {command}")

    def _services(
        self, operation: Operation, app: App, image: Image
    ) -> tuple[list[Service], list[Service]]:
        """Services in Procfile order, and those of them that are new."""
        state, body = self._platform.state, operation.body
        known = {s.process_type: s for s in state.services_of(app.id)}
        made: list[Service] = []
        for name, command in image.processes.items():
            if name not in known:
                service = Service(
                    id=state.next_id(),
                    handle=f"{app.handle}-{name}",
                    account_id=app.account_id,
                    app_id=app.id,
                    process_type=name,
                    container_count=int(body.get("container_count", 1)),
                    container_memory_limit_mb=int(body.get("container_size") or 1024),
                    instance_class=str(body.get("instance_profile") or "m5"),
                )
                known[name] = service
                state.services[service.id] = service
                made.append(service)
            known[name].command = None if name == "cmd" else command
        return [known[name] for name in image.processes], made

    def _refuse_lost_endpoints(self, app: App, image: Image) -> None:
        state = self._platform.state
        for service in state.services_of(app.id):
            if service.process_type not in image.processes and state.vhosts_of({service.id}):
                raise OperationFailed(
                    f"Service {service.process_type} has endpoints but is not in the Procfile"
                )

    async def _retire(self, app: App, image: Image) -> None:
        """Services that the new Procfile does not name any more are stopped and removed."""
        state = self._platform.state
        for service in state.services_of(app.id):
            if service.process_type not in image.processes:
                await self._releases.stop(service)
                del state.services[service.id]
