"""Process types of a deployed app, their scale, and deploys."""

import re
from collections.abc import Sequence

from providers.http import HttpRefused
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.live_log import OnLine
from providers.targets.aptible.operations import MINUTES, Operations
from providers.targets.aptible.shapes import AppShape, ImageShape, OperationShape, ServiceShape
from wizard.model.remote_image import RegistryLogin
from wizard.model.target import Service, TargetApp
from wizard.safety.consent import Consent

_COMMIT = re.compile(r"[0-9a-f]{40}")
_USER, _PASSWORD = "APTIBLE_PRIVATE_REGISTRY_USERNAME", "APTIBLE_PRIVATE_REGISTRY_PASSWORD"


class Services:
    """Services exist only after the first deploy; nobody can make one otherwise."""

    def __init__(self, api: AptibleApi, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    async def list(self, app: TargetApp) -> Sequence[Service]:
        """All services of an app, from their own address (embedded ones may be left out)."""
        found = await self._api.all(ServiceShape, f"/apps/{app.id}/services", "services")
        return tuple(_service(s) for s in found)

    async def scale(
        self, service: Service, count: int, memory_mb: int | None, consent: Consent
    ) -> OperationShape:
        """Set the containers of one service; 0 stops it."""
        body: dict[str, object] = {"container_count": count}
        if memory_mb is not None:
            body["container_size"] = memory_mb
        return await self._operations.run(
            f"services/{service.id}",
            "scale",
            body,
            consent,
            what=f"scaling {service.name} to {count}",
            same=lambda running: running.container_count == count,
        )

    async def deploy(
        self,
        app: TargetApp,
        commit: str,
        consent: Consent,
        new_service_count: int | None = None,
        registry: RegistryLogin | None = None,
        *,
        on_log: OnLine | None = None,
    ) -> OperationShape:
        """Build, run hooks, release a commit that was pushed before.

        `new_service_count` holds only for services this deploy makes (official CLI: `deploy
        --container-count`); that it may be zero is inferred from `scale`, not documented.
        `registry` goes into the operation's sensitive settings (official CLI: `deploy
        --private-registry-username`); that they serve the FROM line of a git deploy too is
        Aptible's documentation of both ways to deploy, not tried.
        """
        count = {} if new_service_count is None else {"container_count": new_service_count}
        return await self._operations.run(
            f"apps/{app.id}",
            "deploy",
            {"git_ref": commit, **count, **_login(registry)},
            consent,
            what=f"deploying {commit[:12]} to {app.handle}",
            # Thirty minutes for the build and thirty for hooks are Aptible's own limits.
            deadline=75 * MINUTES,
            # A second deploy would run the hooks, and with them the migrations, once more.
            same=lambda running: running.git_ref == commit,
            on_log=on_log,
        )

    async def last_deployed_commit(self, app: TargetApp) -> str | None:
        """The full hash of the last successful deploy; None when there is none or it is a branch.

        A branch name is no answer: it may have moved since; then the running image is asked.
        """
        operations = await self._operations.list(f"apps/{app.id}")
        done = [o for o in operations if o.type == "deploy" and o.status == "succeeded"]
        if not done:
            return None
        ref = max(done, key=lambda o: o.number).git_ref or ""
        if _COMMIT.fullmatch(ref):
            return ref
        image = await self.image(app)
        ref = (image.git_ref or "") if image else ""
        return ref if _COMMIT.fullmatch(ref) else None

    async def image(self, app: TargetApp) -> ImageShape | None:
        """The image the app runs, if Aptible shows it."""
        shape = await self._api.get(AppShape, f"/apps/{app.id}")
        href = shape.link("current_image")
        if href is None:
            return None
        try:
            return await self._api.get(ImageShape, href)
        except HttpRefused as error:
            if error.status == 404:
                return None
            raise


def _service(shape: ServiceShape) -> Service:
    return Service(
        id=shape.number,
        name=shape.process_type or shape.handle or "",
        command=shape.command or "",
        count=shape.container_count or 0,
        memory_mb=shape.container_memory_limit_mb or 1024,
    )


def _login(registry: RegistryLogin | None) -> dict[str, object]:
    if registry is None:
        return {}
    password = registry.password.get_secret_value()
    return {"sensitive_settings": {_USER: registry.user, _PASSWORD: password}}
