"""What does an endpoint do? It answers for its host names, with the certificate it has."""

import datetime
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.sandbox.aptible.certificates import read_certificate
from providers.sandbox.aptible.configuration import merged
from providers.sandbox.aptible.entrances import Entrances, allowed
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.present_endpoints import challenge_host
from providers.sandbox.aptible.records import Operation, Service, Vhost
from providers.sandbox.aptible.releases import Releases
from providers.sandbox.aptible.runner import OperationFailed, Runner
from providers.sandbox.authority import Leaf
from providers.sandbox.router import Reply, Upstream

_TTL = 60
_DOWN = Reply(
    502,
    {"server": "brickwall", "content-type": "text/html"},
    b"<!doctype html><title>This application is unavailable</title>\n",
)
_REFUSED = Reply(403, {"content-type": "text/plain"}, b"Forbidden\n")


class EndpointSite:
    """Decides about each request for an endpoint's names."""

    def __init__(self, platform: Platform, releases: Releases, vhost: Vhost, leaf: Leaf) -> None:
        self.leaf = leaf
        self._platform = platform
        self._releases = releases
        self._vhost = vhost
        self._turn = 0

    async def upstream(self, client_ip: str, method: str, path: str) -> Upstream | Reply:
        """The next container in turn; 403 for an address that is not listed, 502 without any."""
        if not allowed(self._vhost.ip_whitelist, client_ip):
            return _REFUSED
        service = self._platform.state.services.get(self._vhost.service_id)
        ports = [c.port for c in self._releases.containers(service)] if service else []
        open_ports = [port for port in ports if port is not None]
        if not open_ports:
            return _DOWN
        self._turn += 1
        forwarded = {
            "x-forwarded-for": client_ip,
            "x-forwarded-proto": "https",
            "x-forwarded-port": "443",
        }
        port = open_ports[self._turn % len(open_ports)]
        return Upstream(port, forwarded, self._added(), failure=_DOWN)

    def _added(self) -> dict[str, str]:
        """FORCE_SSL works with the word `true` only."""
        setting = self._platform.state.settings.get(self._vhost.setting_id or 0)
        forced = setting is not None and setting.settings.get("FORCE_SSL") == "true"
        return {"strict-transport-security": "max-age=31536000"} if forced else {}


class Endpoints:
    """The vhost operations `provision`, `renew` and `deprovision`."""

    def __init__(
        self, platform: Platform, runner: Runner, releases: Releases, entrances: Entrances
    ) -> None:
        self._platform = platform
        self._entrances = entrances
        self._releases = releases
        self._proofs: dict[int, str] = {}
        runner.handle("vhosts", "provision", self.provision)
        runner.handle("vhosts", "renew", self.renew)
        runner.handle("vhosts", "deprovision", self.deprovision)

    async def provision(self, operation: Operation) -> None:
        """Open the endpoint, or apply its changed fields."""
        platform, state = self._platform, self._platform.state
        vhost = state.vhosts[operation.resource_id]
        service = state.services[vhost.service_id]
        if service.container_count == 0:
            vhost.status = "provision_failed"
            raise OperationFailed(
                f"Service {service.process_type} is scaled to zero containers; scale it up first"
            )
        if operation.body.get("settings"):
            setting = state.setting_for("vhosts", vhost.id, vhost.setting_id)
            setting.settings = merged(setting.settings, operation.body["settings"])
            vhost.setting_id = setting.id
        stack = state.stack_of(service.account_id)
        domains = platform.switches
        host = f"elb-{stack.name}-{vhost.id}.{domains.internal_domain}"
        if service.database_id is not None:
            vhost.external_host = vhost.virtual_domain = host
            await self._entrances.open(vhost, state.databases[service.database_id])
            platform.ground.dns.put(host, "A", _TTL, [domains.endpoint_address])
            state.touch(vhost)
            platform.note("endpoint", host=host, domain=host)
            return
        await self._connect(vhost, service)
        vhost.external_host = host
        if vhost.default:
            vhost.virtual_domain = f"app-{service.app_id}.{domains.default_domain}"
        else:
            vhost.virtual_domain = vhost.user_domain or vhost.external_host
        if vhost.acme and vhost.acme_status is None:
            vhost.acme_status = "transitioning" if vhost.certificate_id else "pending"
        self._open(vhost)
        state.touch(vhost)
        platform.note("endpoint", host=vhost.external_host, domain=vhost.virtual_domain)

    async def renew(self, operation: Operation) -> None:
        """Issue the managed certificate if DNS proves the name."""
        platform, state = self._platform, self._platform.state
        vhost = state.vhosts[operation.resource_id]
        if not vhost.acme or not vhost.user_domain or vhost.status != "provisioned":
            raise OperationFailed("This endpoint has no managed certificate to renew")
        method = await self._proof(vhost)
        if method is None:
            name = vhost.user_domain.removeprefix("*.")
            raise OperationFailed(
                f"Neither _acme-challenge.{name} points to {challenge_host(vhost)} "
                f"nor {vhost.user_domain} to {vhost.external_host}"
            )
        vhost.acme_status = "ready"
        service = state.services[vhost.service_id]
        leaf = platform.ground.authority.certificate(vhost.user_domain)
        made = read_certificate(
            state.next_id(), service.account_id, leaf.cert_pem.decode(), leaf.key_pem.decode()
        )
        made.acme = True
        state.certificates[made.id] = made
        vhost.certificate_id = made.id
        self._open(vhost)
        state.touch(vhost)
        platform.note("certificate", domain=vhost.user_domain, method=method)

    async def deprovision(self, operation: Operation) -> None:
        """Take the endpoint away."""
        vhost = self._platform.state.vhosts[operation.resource_id]
        await self._entrances.close(vhost)
        self.remove(vhost)

    def remove(self, vhost: Vhost) -> None:
        """Stop answering for its names, and forget it."""
        ground = self._platform.ground
        for host in self._hosts(vhost):
            ground.aptible_router.set_site(host, None)
        for name in self._own_names(vhost):
            ground.dns.remove(name, "A")
        if vhost.id in self._proofs:
            del self._proofs[vhost.id]
            ground.dns.remove(f"{challenge_host(vhost)}", "TXT")
        del self._platform.state.vhosts[vhost.id]
        self._platform.note("endpoint-gone", host=vhost.external_host)

    async def _connect(self, vhost: Vhost, service: Service) -> None:
        """Have the service's containers answer for the endpoint, or fail."""
        app = self._platform.state.apps.get(service.app_id or 0)
        release = self._releases.current(app) if app else None
        if app is None or release is None:
            vhost.status = "provision_failed"
            raise OperationFailed("Only endpoints of apps are served here")
        former, vhost.status = vhost.status, "provisioned"
        try:
            await self._releases.check(app, service, release)
        except OperationFailed:
            vhost.status = former if former == "provisioned" else "provision_failed"
            raise

    async def _proof(self, vhost: Vhost) -> str | None:
        """How the name is proved; like a certificate authority, nobody's cache is asked."""
        look, domain = self._platform.ground.dns.look_at_authority, vhost.user_domain or ""
        challenge = f"_acme-challenge.{domain.removeprefix('*.')}"
        if self._proofs.get(vhost.id) in await look(challenge, "TXT"):
            return "dns01"
        if vhost.internal or vhost.ip_whitelist or domain.startswith("*."):
            return None
        ours = self._platform.switches.endpoint_address
        return "http01" if ours in await look(domain, "A") else None

    def _open(self, vhost: Vhost) -> None:
        ground, address = self._platform.ground, self._platform.switches.endpoint_address
        for name in self._own_names(vhost):
            ground.dns.put(name, "A", _TTL, [address])
        if vhost.acme:
            proof = self._proofs.setdefault(vhost.id, secrets.token_urlsafe(32))
            ground.dns.put(f"{challenge_host(vhost)}", "TXT", _TTL, [proof])
        if vhost.internal:
            return
        site = EndpointSite(self._platform, self._releases, vhost, self._leaf(vhost))
        for host in self._hosts(vhost):
            ground.aptible_router.set_site(host, site)

    @staticmethod
    def _hosts(vhost: Vhost) -> list[str]:
        names = (vhost.external_host, vhost.virtual_domain, vhost.user_domain)
        return sorted({name for name in names if name})

    @staticmethod
    def _own_names(vhost: Vhost) -> list[str]:
        names = [vhost.external_host, vhost.virtual_domain if vhost.default else None]
        return [name for name in names if name]

    def _leaf(self, vhost: Vhost) -> Leaf:
        if vhost.certificate_id is not None:
            kept = self._platform.state.certificates[vhost.certificate_id]
            return Leaf(kept.body.encode(), kept.private_key.encode(), kept.sha256)
        if vhost.acme:
            return _foreign_leaf(vhost.external_host or "endpoint")
        if vhost.default:
            return self._platform.ground.authority.certificate(
                f"*.{self._platform.switches.default_domain}"
            )
        return self._platform.ground.authority.certificate(f"{vhost.external_host}")


def _foreign_leaf(name: str) -> Leaf:
    """What an endpoint shows before its managed certificate is there: signed by nobody known."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Leaf(
        certificate.public_bytes(serialization.Encoding.PEM),
        key_pem,
        certificate.fingerprint(hashes.SHA256()).hex(),
    )
