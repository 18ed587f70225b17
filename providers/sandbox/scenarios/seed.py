"""What does a scenario put into the Heroku sandbox before anybody calls it?

Plain facts in the scenario's own words; how the Platform API shows them is the Heroku part's
business.
"""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class PostgresSeed:
    """The database behind a Postgres add-on; it exists in the ground's `source_postgres`."""

    database: str
    role: str
    password: str
    url: str
    version: str = "18"


@dataclass
class AddOnSeed:
    """One add-on and what it put into the app's config.

    `config` holds the variables it owns; the app's own `config` does not repeat them. `lent_to`
    are names of other apps that have it attached under the same alias.
    """

    name: str
    service: str
    plan: str
    attachment: str
    config: dict[str, str] = field(default_factory=dict)
    postgres: PostgresSeed | None = None
    price_cents: int = 0
    lent_to: list[str] = field(default_factory=list)


@dataclass
class ReleaseSeed:
    """One release, oldest first. `status` is "succeeded" or "failed"."""

    version: int
    description: str
    commit: str = ""
    status: str = "succeeded"


@dataclass
class DomainSeed:
    """A custom domain. `dns_target` is `<label>.herokudns.com`."""

    hostname: str
    dns_target: str


@dataclass
class DrainSeed:
    """A log drain; a URL with a secret in it. `add_on` is the name of the one that made it."""

    url: str
    token: str
    add_on: str = ""


@dataclass
class CertificateSeed:
    """A certificate that somebody uploaded, for names that need not be among the domains."""

    name: str
    hostnames: list[str]


@dataclass
class AutoscalerSeed:
    """Heroku's own rule for web dynos."""

    minimum: int
    maximum: int
    active: bool


@dataclass
class GithubSeed:
    """The repository the app is connected to; `auto_deploy`: a push to `branch` is released."""

    repository: str
    branch: str
    auto_deploy: bool


@dataclass
class WebhookSeed:
    """Somebody who is told of events; the URL may hold a secret."""

    url: str
    include: list[str]


@dataclass
class CollaboratorSeed:
    """A person with access. `role`: "owner" or "collaborator"."""

    email: str
    role: str = "collaborator"


@dataclass
class AppSeed:
    """One app. `release_phase` is the command of the `release` process type, "" for none.

    `process_types` maps type to command (Procfile of the running commit), `formation` type to
    (quantity, size). `commit` is the running release's commit; `checkouts` maps every commit to a
    folder with that tree. `config` holds what people set.
    """

    name: str
    default_host: str
    stage: str
    config: dict[str, str]
    formation: dict[str, tuple[int, str]]
    process_types: dict[str, str]
    commit: str
    checkouts: dict[str, Path]
    releases: list[ReleaseSeed]
    add_ons: list[AddOnSeed] = field(default_factory=list)
    domains: list[DomainSeed] = field(default_factory=list)
    buildpacks: list[str] = field(default_factory=lambda: ["heroku/python"])
    collaborators: list[CollaboratorSeed] = field(default_factory=list)
    drains: list[DrainSeed] = field(default_factory=list)
    features: dict[str, bool] = field(default_factory=dict)
    release_phase: str = ""
    certificates: list[CertificateSeed] = field(default_factory=list)
    webhooks: list[WebhookSeed] = field(default_factory=list)
    autoscaler: AutoscalerSeed | None = None
    github: GithubSeed | None = None
    in_pipeline: bool = True
    stack: str = "heroku-24"
    region: str = "us"


@dataclass
class HerokuSeed:
    """The whole account. `pipeline` joins the apps by their `stage`, except those outside it."""

    email: str
    pipeline: str
    apps: list[AppSeed]
