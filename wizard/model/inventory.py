"""Facts read from the source, neutral of the source; each with where it was seen."""

from datetime import datetime
from typing import Literal

from wizard.model.cloud import CloudTraces
from wizard.model.containers import (
    AppGroup,
    Entry,
    LostHost,
    MountedFile,
    OwnAddress,
    PlatformWish,
    Reference,
    Volume,
)
from wizard.model.frozen import Frozen
from wizard.model.platform_facts import (
    AutoDeploy,
    Autoscaler,
    Buildpack,
    Certificate,
    Collaborator,
    Drain,
    Feature,
    Release,
    Sibling,
    Webhook,
)

Engine = Literal[
    "postgres",
    "redis",
    "mysql",
    "mariadb",
    "mongodb",
    "elasticsearch",
    "opensearch",
    "rabbitmq",
    "influxdb",
    "couchdb",
    "memcached",
    "kafka",
    "clickhouse",
    "cassandra",
    "sqlserver",
    "oracle",
    "zookeeper",
    "nats",
    "neo4j",
    "vector store",
    "object store",
]


class Process(Frozen):
    """One process type. `command` is the deployed one; `memory_mb` per container, if known.

    `app` names its app where the source holds several. `job`: it runs once and ends; `per_node`:
    one on every node, however many there are; `counted` is false when nobody told `quantity` and 1
    stands in its place; `single` says why it must never run twice; `health` how it is asked whether
    it is well; `after` what has to be there first.

    `entrypoint` is the part of `command` in place of the image's own ENTRYPOINT, "" when
    that counts; `waits` names variables without a value that stand in the command, `blanks` such
    ones that the project can do without, so that nothing stands there. `well_after`:
    seconds that it may take until it is well; `answers_within`: seconds for one answer.
    """

    name: str
    command: str
    quantity: int
    size: str
    memory_mb: int | None = None
    monthly_cents: int | None = None
    app: str = ""
    job: bool = False
    per_node: bool = False
    counted: bool = True
    single: str = ""
    health: str = ""
    after: tuple[str, ...] = ()
    entrypoint: str = ""
    waits: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    well_after: float | None = None
    answers_within: float | None = None
    where: str


Lacks = Literal["", "all", "a part", "demanded"]
"""What of a value is not there, in files that could tell it: all, a part, or what has to be there
before anything starts."""


class Variable(Frozen):
    """A config variable without its value. `app` as for a process; `differs` names the processes
    of that app that have it with different values, `apart` those whose value is not the app's, with
    that value: plain words only, nothing where one of the values may be a secret.

    `masked` ones cannot be read from the source: a person has to give the value. Where a value
    `lacks`, everything could be read and it is not there: the source runs without. `fingerprint` is
    a keyed hash (hex) or None when no key is kept; `owner` the add-on's name when `origin` is
    "addon". `scheme` is the URL scheme of a value that is a URL ("postgres"), else "".
    """

    name: str
    origin: Literal["user", "addon", "platform"]
    owner: str = ""
    length: int
    fingerprint: str | None = None
    empty: bool = False
    masked: bool = False
    lacks: Lacks = ""
    scheme: str = ""
    app: str = ""
    differs: tuple[str, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    where: str


class Addon(Frozen):
    """A service attached to the app. `provides` are the names of the variables it owns."""

    id: str
    name: str
    service: str
    plan: str
    provides: tuple[str, ...] = ()
    monthly_cents: int | None = None
    billed_to: str = ""
    shared_with: tuple[str, ...] = ()
    web_url: str = ""
    where: str


class Domain(Frozen):
    """A host name of the app. `target` is what DNS should point at; None for the default host.

    `app`, `process` and `port` (inside the container) say what answers, where the source tells.
    `binds`: the source lets its app be changed only while this name leads to `target`.
    """

    hostname: str
    kind: Literal["default", "custom"]
    target: str | None = None
    certificate: str = ""
    certificate_state: str = ""
    certificate_reason: str = ""
    app: str = ""
    process: str = ""
    port: int | None = None
    binds: bool = False
    where: str


class SourceDatabase(Frozen):
    """A database the source runs. `id` names it in the source's API, `variable` holds its URL.

    `image` is what it runs, when it is a container; `keeps` says where its data lies, "" when it
    is gone with the container.
    `managed` names the cloud that runs it beside the platform ("azure"), "" for all others.
    `product` stands in for the engine and counts its own versions ("Valkey 9"); `sign` says why it
    is taken for a database where its image does not tell; `settings` names settings of its own.
    """

    id: str
    name: str
    engine: Engine
    plan: str
    version: str = ""
    size_bytes: int | None = None
    tables: int | None = None
    connections: str = ""
    variable: str = ""
    extensions: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    memory_mb: int | None = None
    image: str = ""
    keeps: str = ""
    managed: str = ""
    product: str = ""
    sign: str = ""
    settings: tuple[str, ...] = ()
    where: str


class Attachment(Frozen):
    """One app's use of an add-on. `owner_app` pays for it; `user_app` sees it under `alias`."""

    alias: str
    addon: str
    owner_app: str
    user_app: str
    credential: str = ""
    where: str


class Gap(Frozen):
    """Something that could not be read, and why: an unknown is shown as unknown."""

    subject: str
    reason: str


class Conflict(Frozen):
    """Inputs that say different things about one; `said`: each with its place, the last one counts.

    It never holds a value of a variable.
    """

    process: str
    subject: str
    said: tuple[str, ...]


class AnswerShape(Frozen):
    """How the source's answer about `processes` was built, where its shape is not documented.

    `fields` are paths with types ("env[].name: text"), never values.
    """

    processes: tuple[str, ...]
    fields: tuple[str, ...]
    where: str


def users_subject(addon: str) -> str:
    """What a gap is called when it could not be read which apps use the add-on of that name."""
    return f"apps that share {addon}"


class Inventory(Frozen):
    """Everything one app is made of; all apps of a project, where the source holds several."""

    source: str
    app: str
    app_id: str
    region: str
    stack: str
    maintenance: bool
    release: Release | None
    processes: tuple[Process, ...]
    variables: tuple[Variable, ...]
    addons: tuple[Addon, ...]
    domains: tuple[Domain, ...]
    databases: tuple[SourceDatabase, ...]
    siblings: tuple[Sibling, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    automatic_certificates: bool | None = None
    buildpacks: tuple[Buildpack, ...] = ()
    drains: tuple[Drain, ...] = ()
    collaborators: tuple[Collaborator, ...] = ()
    features: tuple[Feature, ...] = ()
    autoscalers: tuple[Autoscaler, ...] = ()
    auto_deploys: tuple[AutoDeploy, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    pipeline: str = ""
    team: str = ""
    space: str = ""
    outbound_ips: tuple[str, ...] = ()
    apps: tuple[AppGroup, ...] = ()
    entries: tuple[Entry, ...] = ()
    volumes: tuple[Volume, ...] = ()
    mounted_files: tuple[MountedFile, ...] = ()
    references: tuple[Reference, ...] = ()
    own_addresses: tuple[OwnAddress, ...] = ()
    lost_hosts: tuple[LostHost, ...] = ()
    wishes: tuple[PlatformWish, ...] = ()
    cloud: CloudTraces = CloudTraces()
    gaps: tuple[Gap, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    answers: tuple[AnswerShape, ...] = ()
    read_at: datetime

    def process(self, name: str) -> Process | None:
        """The process type called `name`, if there is one."""
        return next((p for p in self.processes if p.name == name), None)

    def of_app(self, app: str) -> "Inventory":
        """The part that one app of several is made of."""
        return self.model_copy(
            update={
                "app": app,
                "apps": tuple(a for a in self.apps if a.name == app),
                "processes": tuple(p for p in self.processes if p.app == app),
                "variables": tuple(v for v in self.variables if v.app == app),
                "domains": tuple(d for d in self.domains if d.app == app),
                "own_addresses": tuple(a for a in self.own_addresses if a.app == app),
                "lost_hosts": tuple(h for h in self.lost_hosts if h.app == app),
            }
        )
