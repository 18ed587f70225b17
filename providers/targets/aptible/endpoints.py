"""Ways in: default-domain and custom-domain endpoints, their certificates and DNS records."""

from collections.abc import Sequence
from typing import Any, Literal

from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.live_log import OnLine
from providers.targets.aptible.open_vhost import open_vhost
from providers.targets.aptible.operations import Operations
from providers.targets.aptible.services import Services
from providers.targets.aptible.shapes import AppShape, ServiceShape, VhostShape
from wizard.errors import BlockedError, UnknownOutcome
from wizard.model.target import AcmeRecord, Endpoint, Service, TargetApp
from wizard.safety.consent import Consent

Certificate = Literal["none", "pending", "transitioning", "ready"]
_STATES: dict[str, Certificate] = {
    "pending": "pending",
    "transitioning": "transitioning",
    "ready": "ready",
}


class Endpoints:
    """Found again by service and domain; an app has one default-domain endpoint."""

    def __init__(self, api: AptibleApi, operations: Operations, services: Services) -> None:
        self._api = api
        self._operations = operations
        self._services = services

    async def list(self, app: TargetApp) -> Sequence[Endpoint]:
        """All endpoints of an app."""
        found = await self._api.all(VhostShape, f"/apps/{app.id}/vhosts", "vhosts")
        return tuple(_endpoint(v) for v in found if v.status != "deprovisioned")

    async def create(
        self,
        service: Service,
        *,
        domain: str | None,
        port: int | None,
        allowed_ips: Sequence[str],
        consent: Consent,
        on_log: OnLine | None = None,
    ) -> Endpoint:
        """Make and provision, or adopt. Raises BlockedError when the service has no container."""
        shape = await self._find(service, domain)
        if shape is not None:
            _same_filter(shape, allowed_ips)
        else:
            current = await self._api.get(ServiceShape, f"/services/{service.id}")
            if not current.container_count:
                raise BlockedError(
                    f"an endpoint needs a running container, and {service.name} has none",
                    "Aptible refuses an endpoint on a service at zero",
                    f"scale {service.name} to 1 first",
                )
            shape = await self._make(service, current, domain, port, allowed_ips, consent)
        if shape.status != "provisioned":
            what = f"opening {domain or 'the default domain'} for {service.name}"
            await open_vhost(self._operations, shape.number, what, consent, on_log)
        return await self.read(shape.number, service.id)

    async def _make(
        self,
        service: Service,
        current: ServiceShape,
        domain: str | None,
        port: int | None,
        allowed_ips: Sequence[str],
        consent: Consent,
    ) -> VhostShape:
        body: dict[str, object] = {
            "type": "http",
            "platform": "alb",
            "internal": False,
            "default": domain is None,
            "container_port": port or await self._only_port(current),
            "ip_whitelist": list(allowed_ips),
        }
        if domain is not None:
            body |= {"acme": True, "user_domain": domain}
        try:
            return await self._api.make(VhostShape, f"/services/{service.id}/vhosts", body, consent)
        except UnknownOutcome:
            there = await self._find(service, domain)
            if there is None:
                raise
            return there

    async def renew(self, endpoint: Endpoint, consent: Consent) -> Endpoint:
        """Ask for the managed certificate now."""
        await self._operations.run(
            f"vhosts/{endpoint.id}",
            "renew",
            {},
            consent,
            what=f"the certificate for {endpoint.domain or endpoint.host}",
            # Certificate authorities count orders: one that is under way is enough.
            same=lambda _: True,
        )
        return await self.read(endpoint.id, endpoint.service_id)

    async def read(self, number: int, service_id: int = 0) -> Endpoint:
        """One endpoint as it is now."""
        return _endpoint(await self._api.get(VhostShape, f"/vhosts/{number}"), service_id)

    async def _find(self, service: Service, domain: str | None) -> VhostShape | None:
        found = await self._api.all(VhostShape, f"/services/{service.id}/vhosts", "vhosts")
        for shape in found:
            if shape.status in ("deprovisioned", "deprovisioning"):
                continue
            if domain is None and shape.default:
                return shape
            if domain is not None and domain in (shape.user_domain, shape.virtual_domain):
                return shape
        return None

    async def _only_port(self, service: ServiceShape) -> int:
        # Left out, Aptible takes the port whose text sorts lowest; that is nobody's intention.
        href = service.link("app")
        ports: list[int] = []
        if href is not None:
            shape = await self._api.get(AppShape, href)
            app = TargetApp(
                id=shape.number,
                handle=shape.handle,
                status=shape.status,
                git_repo="",
                deployed=True,
            )
            image = await self._services.image(app)
            ports = [int(str(p).partition("/")[0]) for p in (image and image.exposed_ports) or []]
        if len(ports) == 1:
            return ports[0]
        raise BlockedError(
            "which port does the web process listen on?",
            f"the image exposes {', '.join(map(str, ports)) or 'none that Aptible shows'}",
            "say it in moveday.yaml as `port`",
        )


def _same_filter(shape: VhostShape, allowed_ips: Sequence[str]) -> None:
    if set(shape.ip_whitelist or ()) == set(allowed_ips):
        return
    raise BlockedError(
        f"the endpoint {shape.virtual_domain or shape.external_host or shape.id} exists already, "
        "with another IP filter",
        f"there: {', '.join(shape.ip_whitelist or ()) or 'open to all'}; "
        f"wanted: {', '.join(allowed_ips) or 'open to all'}",
        f"change it with `aptible endpoints:https:modify {shape.external_host or 'HOST'} "
        "--ip-whitelist …`, or remove it",
    )


def _endpoint(shape: VhostShape, service_id: int = 0) -> Endpoint:
    linked = shape.linked_id("service")
    return Endpoint(
        id=shape.number,
        service_id=int(linked) if linked.isdigit() else service_id,
        status=shape.status,
        host=shape.external_host or "",
        domain=shape.virtual_domain or shape.user_domain or "",
        default_domain=bool(shape.default),
        allowed_ips=tuple(shape.ip_whitelist or ()),
        certificate=_STATES.get(shape.acme_status or "", "pending") if shape.acme else "none",
        acme=_acme_records(shape.acme_configuration),
    )


def _acme_records(configuration: dict[str, Any] | None) -> tuple[AcmeRecord, ...]:
    """The dns-01 CNAMEs to make: each name to its first target that is not a legacy one."""
    records = []
    for challenge in (configuration or {}).get("challenges") or ():
        method = str(challenge.get("method", "")).replace("-", "").lower()
        name = (challenge.get("from") or {}).get("name")
        targets = [t for t in challenge.get("to") or () if not t.get("legacy")]
        if method == "dns01" and name and targets:
            records.append(AcmeRecord(name=str(name), target=str(targets[0].get("name", ""))))
    return tuple(records)
