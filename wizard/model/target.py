"""What exists on the target: records as its API gives them, without secrets."""

from typing import Literal

from wizard.model.frozen import Frozen

Status = Literal[
    "pending",
    "provisioning",
    "provisioned",
    "deprovisioning",
    "deprovisioned",
    "provision_failed",
    "deprovision_failed",
]


class Stack(Frozen):
    """Where environments live. `dedicated` means regulated data may be there."""

    id: int
    name: str
    region: str
    dedicated: bool
    outbound_ips: tuple[str, ...] = ()


class ActivePlan(Frozen):
    """The price plan in force. None: no limit is told. Memory in MB over all containers, disk in
    GB over all databases."""

    name: str
    memory_mb: int | None = None
    disk_gb: int | None = None
    endpoints: int | None = None
    environments: int | None = None


class Environment(Frozen):
    """Aptible calls it account. `regulated` is true for type production on a dedicated stack."""

    id: int
    handle: str
    kind: str
    stack_id: int
    activated: bool = True


class TargetApp(Frozen):
    """An app. `git_repo` is where a commit is pushed; `deployed` whether a deploy succeeded."""

    id: int
    handle: str
    status: str
    git_repo: str
    deployed: bool


class TargetDatabase(Frozen):
    """A managed database. Sizes in GB (disk) and MB (memory)."""

    id: int
    handle: str
    engine: str
    version: str
    status: str
    disk_gb: int | None = None
    memory_mb: int | None = None


class DatabaseImage(Frozen):
    """A database version that can be provisioned."""

    id: int
    engine: str
    version: str
    default: bool = False


class Service(Frozen):
    """One process type of a deployed app on the target."""

    id: int
    name: str
    command: str
    count: int
    memory_mb: int


class AcmeRecord(Frozen):
    """A DNS record that proves a domain for a managed certificate (dns-01)."""

    name: str
    target: str


class Endpoint(Frozen):
    """A way in. `host` is what a CNAME points at, `domain` the name users see."""

    id: int
    service_id: int
    status: str
    host: str
    domain: str
    default_domain: bool
    allowed_ips: tuple[str, ...] = ()
    certificate: Literal["none", "pending", "transitioning", "ready"] = "none"
    acme: tuple[AcmeRecord, ...] = ()


class Entrance(Frozen):
    """A database's own way in from outside, for named addresses only: nobody else gets through."""

    id: int
    database_id: int
    status: str
    host: str
    port: int
    allowed_ips: tuple[str, ...]


class Operation(Frozen):
    """One queued change on the target. `status`: queued, running, succeeded or failed."""

    id: int
    kind: str
    status: str
    resource: str


class RetainedBackup(Frozen):
    """A backup that outlives its database and holds its data. `database` is the handle, if told."""

    id: int
    database: str = ""
    manual: bool = False
