"""Shapes of what surrounds an app: certificates, drains, people, features, scaling, deploys.

Platform API schema, version 3 and 3.sdk; the metrics and GitHub hosts are not documented, their
fields are those the official client reads and writes.
"""

from datetime import datetime
from typing import Any

from pydantic import Field

from providers.sources.heroku.shapes import Named, Shape


class SslCert(Shape):
    """The certificate behind an SNI endpoint. `acm` is what the official client looks at."""

    acm: bool | None = None
    cert_domains: list[str] = Field(default_factory=list)
    issuer: str = ""
    expires_at: datetime | None = None


class SniEndpoint(Shape):
    """One entry of GET /apps/{app}/sni-endpoints; its chain and key are not read."""

    id: str = ""
    name: str
    ssl_cert: SslCert = SslCert()


class BuildpackRef(Shape):
    """What a buildpack is called, and where it is from: the address may hold a token."""

    name: str = ""
    url: str = ""


class BuildpackInstallation(Shape):
    """One entry of GET /apps/{app}/buildpack-installations; order matters."""

    ordinal: int = 0
    buildpack: BuildpackRef


class Drain(Shape):
    """A log drain. Its address and token are secrets: only scheme and host may be kept."""

    url: str
    token: str = ""
    addon: Named | None = None


class Exporter(Shape):
    """Where a telemetry drain sends to; its headers are secrets and not read."""

    endpoint: str = ""


class TelemetryDrain(Shape):
    """A drain of an app on the Fir generation."""

    exporter: Exporter


class User(Shape):
    """A person by address."""

    email: str


class Collaborator(Shape):
    """One entry of GET /apps/{app}/collaborators, or of the team's own list."""

    user: User
    role: str = ""


class Feature(Shape):
    """One entry of GET /apps/{app}/features."""

    name: str
    enabled: bool


class Webhook(Shape):
    """One entry of GET /apps/{app}/webhooks (version 3.webhooks)."""

    url: str
    include: list[str] = Field(default_factory=list)


class Pipeline(Shape):
    """GET /pipelines/{id}."""

    name: str = ""


class Nat(Shape):
    """GET /spaces/{space}/nat: the addresses that partners may have let in."""

    sources: list[str] = Field(default_factory=list)
    state: str = ""


class Monitor(Shape):
    """One monitor of the metrics host. One that does not say it is off counts as on."""

    action_type: str = ""
    is_active: bool = True
    min_quantity: int = 0
    max_quantity: int = 0


class GithubLink(Shape):
    """What the GitHub host says of an app. `auto_deploy` None: not told."""

    repo: Any = ""
    branch: str = ""
    auto_deploy: bool | None = None

    @property
    def repository(self) -> str:
        """owner/name; the host was seen to send it as text, an object is read by its name."""
        said = self.repo.get("name", "") if isinstance(self.repo, dict) else self.repo
        return said if isinstance(said, str) else ""


class Quota(Shape):
    """A quota of an Advanced database."""

    type: str = ""
    current_gb: float | None = Field(default=None, ge=0, le=1e9)


class PlanLimit(Shape):
    """A limit of an Advanced database's plan and how much of it is used."""

    name: str = ""
    current: float | None = Field(default=None, ge=0, le=1e15)


class Pool(Shape):
    """A compute pool of an Advanced database."""

    expected_connection_limit: int | None = None
    connections_used: int | None = None


class AdvancedDatabase(Shape):
    """GET /data/postgres/v1/{id}/info: Heroku Postgres Advanced."""

    version: str = ""
    quotas: list[Quota] = Field(default_factory=list)
    plan_limits: list[PlanLimit] = Field(default_factory=list)
    pools: list[Pool] = Field(default_factory=list)
