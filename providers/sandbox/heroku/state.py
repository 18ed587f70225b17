"""What this Heroku account holds: apps, add-ons, releases, domains, transfers, in plain records."""

import asyncio
import secrets
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path


def new_id() -> str:
    """A fresh id in the form the platform uses."""
    return str(uuid.uuid4())


@dataclass
class User:
    email: str
    name: str = ""
    id: str = field(default_factory=new_id)


@dataclass
class Token:
    """`scopes` as in the platform's OAuth article: global, identity, read, write, …-protected.

    `expires` is an epoch, None for a token without an end.
    """

    secret: str
    scopes: tuple[str, ...] = ("global",)
    description: str = "sandbox"
    expires: float | None = None
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)


@dataclass
class Slug:
    """A compiled release: the folder it runs from, its commands by process type, its commit."""

    folder: Path
    process_types: dict[str, str]
    commit: str
    commit_description: str = ""
    size: int = 0
    buildpack: str = "Python"
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)


@dataclass
class Release:
    """One version of the app: slug and config together. `status` pending, succeeded or failed."""

    version: int
    description: str
    slug: Slug | None
    config: dict[str, str]
    status: str = "succeeded"
    user: User | None = None
    output: str = ""
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)


@dataclass
class ProcessType:
    """One line of the formation; types at 0 stay listed."""

    type: str
    command: str
    quantity: int
    size: str = "Standard-1X"
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)


@dataclass
class Domain:
    """`cname` is the DNS target of a custom domain, None for the default host."""

    hostname: str
    kind: str
    cname: str | None = None
    acm_status: str | None = None
    acm_status_reason: str | None = None
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)


@dataclass
class Uploaded:
    """A certificate that a person uploaded; its private key is never shown."""

    name: str
    hostnames: list[str]
    id: str = field(default_factory=new_id)


@dataclass
class Monitor:
    """The metrics host's scaling rule for web dynos."""

    minimum: int
    maximum: int
    active: bool
    id: str = field(default_factory=new_id)


@dataclass
class GithubLink:
    """The repository an app is connected to."""

    repository: str
    branch: str
    auto_deploy: bool


@dataclass
class Webhook:
    """Who is told of which events."""

    url: str
    include: list[str]
    id: str = field(default_factory=new_id)


@dataclass
class Attachment:
    """An add-on under a name on an app; `config_vars` are the variables it owns there."""

    name: str
    app: str
    addon: str
    config_vars: tuple[str, ...] = ()
    namespace: str | None = None
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)


@dataclass
class Addon:
    """`app` is the billing app's name; `plan` is `service:plan`; `cents` a month."""

    name: str
    app: str
    service: str
    plan: str
    cents: int = 0
    state: str = "provisioned"
    service_title: str = ""
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)

    @property
    def plan_name(self) -> str:
        """The full plan name, `service:plan`."""
        return f"{self.service}:{self.plan}"


@dataclass
class Database:
    """The Postgres behind an add-on: where it listens and who owns it."""

    addon: str
    name: str
    role: str
    password: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The URL an app is configured with; scheme `postgres`, as the platform writes it."""
        return f"postgres://{self.role}:{self.password}@{self.host}:{self.port}/{self.name}"


@dataclass
class Transfer:
    """One backup. Times are epochs; `succeeded` is None while it runs."""

    num: int
    addon: str
    app: str
    from_url: str
    source_bytes: int
    schedule: str | None = None
    processed_bytes: int = 0
    started: float | None = None
    finished: float | None = None
    canceled: float | None = None
    succeeded: bool | None = None
    warnings: int = 0
    logs: list[tuple[float, str, str]] = field(default_factory=list)
    file: Path | None = None
    uuid: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)

    def log(self, message: str, level: str = "info") -> None:
        """Add a line to the log that `?verbose=true` shows."""
        self.updated = time.time()
        self.logs.append((self.updated, level, message))


@dataclass
class App:
    """One app with everything that belongs to it alone."""

    name: str
    owner: User
    default_host: str
    region: str = "us"
    stack: str = "heroku-24"
    team: str | None = None
    maintenance: bool = False
    acm: bool = True
    pipeline: str | None = None
    stage: str = "production"
    config: dict[str, str] = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)
    buildpacks: list[tuple[str, str]] = field(default_factory=list)
    formation: dict[str, ProcessType] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    domains: list[Domain] = field(default_factory=list)
    collaborators: list[User] = field(default_factory=list)
    features: dict[str, bool] = field(default_factory=dict)
    drains: list[tuple[str, str, str | None]] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    uploaded: list[Uploaded] = field(default_factory=list)
    monitor: Monitor | None = None
    github: GithubLink | None = None
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    release_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def current(self) -> Release | None:
        """The release that runs: the newest one that succeeded."""
        done = [release for release in self.releases if release.status == "succeeded"]
        return done[-1] if done else None

    def add_release(self, description: str, user: User, status: str = "pending") -> Release:
        """Append a release of the present config and the present slug."""
        newest = self.current
        release = Release(
            version=max((release.version for release in self.releases), default=0) + 1,
            description=description,
            slug=newest.slug if newest else None,
            config=dict(self.config),
            status=status,
            user=user,
        )
        self.releases.append(release)
        return release


@dataclass
class Account:
    """Everything one person sees. Lookups take a name or an id, as every slot of the API does."""

    user: User
    tokens: list[Token] = field(default_factory=list)
    apps: list[App] = field(default_factory=list)
    addons: list[Addon] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)
    redis_urls: dict[str, str] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    pipelines: dict[str, str] = field(default_factory=dict)
    team: str | None = None
    link_secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def app(self, key: str) -> App | None:
        """The app with this name or id."""
        return next((app for app in self.apps if key in (app.name, app.id)), None)

    def addon(self, key: str) -> Addon | None:
        """The add-on with this name or id."""
        return next((addon for addon in self.addons if key in (addon.name, addon.id)), None)

    def database(self, key: str) -> Database | None:
        """The database of the add-on with this name or id."""
        addon = self.addon(key)
        if addon is None:
            return None
        return next((db for db in self.databases if db.addon == addon.name), None)

    def attached(self, app: App) -> list[Attachment]:
        """The attachments of one app."""
        return [attachment for attachment in self.attachments if attachment.app == app.name]
