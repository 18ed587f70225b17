"""What does Aptible remember? One dataclass per kind of resource; times are epoch seconds."""

import time
from dataclasses import dataclass, field
from typing import Any

FINAL = ("succeeded", "failed")


@dataclass(kw_only=True)
class Record:
    """What all resources have."""

    id: int
    created_at: float = field(default_factory=time.time)
    updated_at: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class Stack(Record):
    name: str
    region: str
    dedicated: bool
    outbound: tuple[str, ...]


@dataclass(kw_only=True)
class Account(Record):
    """An environment."""

    handle: str
    type: str
    stack_id: int
    organization_id: str
    activated: bool = True
    onboarding_status: str | None = None


@dataclass(kw_only=True)
class App(Record):
    handle: str
    account_id: int
    status: str = "pending"
    deployment_method: str | None = None
    configuration_id: int | None = None
    setting_id: int | None = None
    image_id: int | None = None


@dataclass(kw_only=True)
class Configuration(Record):
    resource_kind: str
    resource_id: int
    env: dict[str, str]


@dataclass(kw_only=True)
class Setting(Record):
    resource_kind: str
    resource_id: int
    settings: dict[str, str]
    sensitive_settings: dict[str, str]


@dataclass(kw_only=True)
class Image(Record):
    """A built release: its checkout, what the Dockerfile says, and the hooks that came with it.

    `root` is the file system of a build that began with an image which the sandbox has, "" for
    others: those run in their checkout. `working_dir` is inside it.
    """

    app_id: int
    git_ref: str
    folder: str
    env: dict[str, str]
    exposed_ports: tuple[int, ...]
    processes: dict[str, str]
    hooks: dict[str, list[str]]
    root: str = ""
    working_dir: str = "/"


@dataclass(kw_only=True)
class Service(Record):
    handle: str
    account_id: int
    process_type: str
    command: str | None = None
    app_id: int | None = None
    database_id: int | None = None
    container_count: int = 1
    container_memory_limit_mb: int = 1024
    instance_class: str = "m5"
    force_zero_downtime: bool = False
    naive_health_check: bool = False
    restart_free_scaling: bool = False
    stop_timeout: int | None = None
    setting_id: int | None = None
    releases: int = 0


@dataclass(kw_only=True)
class DatabaseImage(Record):
    type: str
    version: str
    default: bool = False
    pitr_supported: bool = False


@dataclass(kw_only=True)
class Database(Record):
    handle: str
    type: str
    account_id: int
    image_id: int
    status: str = "pending"
    disk_size: int = 10
    container_size: int = 1024
    profile: str = "m5"
    iops: int = 3000
    enable_backups: bool = True
    service_id: int | None = None
    disk_id: int | None = None
    setting_id: int | None = None
    port: int = 0
    password: str = ""
    deleted_at: float | None = None


@dataclass(kw_only=True)
class Credential(Record):
    database_id: int
    type: str
    default: bool
    connection_url: str


@dataclass(kw_only=True)
class Backup(Record):
    account_id: int
    database_id: int
    database_handle: str
    size: int
    manual: bool


@dataclass(kw_only=True)
class Certificate(Record):
    account_id: int
    body: str
    private_key: str
    common_name: str
    names: tuple[str, ...]
    not_before: str
    not_after: str
    sha256: str
    self_signed: bool = False
    acme: bool = False


@dataclass(kw_only=True)
class Vhost(Record):
    """An endpoint."""

    service_id: int
    type: str
    platform: str
    default: bool = False
    internal: bool = False
    acme: bool = False
    user_domain: str | None = None
    ip_whitelist: tuple[str, ...] = ()
    container_port: int | None = None
    container_ports: tuple[int, ...] = ()
    shared: bool = False
    load_balancing_algorithm_type: str | None = None
    token_header: str | None = None
    certificate_id: int | None = None
    setting_id: int | None = None
    status: str = "pending"
    external_host: str | None = None
    virtual_domain: str | None = None
    acme_status: str | None = None


@dataclass(kw_only=True)
class Permission(Record):
    account_id: int
    role: str
    scope: str


@dataclass(kw_only=True)
class Operation(Record):
    """`body` is what the client sent; `env` and the sensitive settings in it are secret."""

    type: str
    resource_kind: str
    resource_id: int
    account_id: int
    user_email: str
    status: str = "queued"
    cancelled: bool = False
    body: dict[str, Any] = field(default_factory=dict, repr=False)
    log: list[str] = field(default_factory=list, repr=False)

    @property
    def final(self) -> bool:
        return self.status in FINAL


@dataclass(kw_only=True)
class SshConnection:
    """A sign-in to the portal for one operation. `socket` is the remote end to forward to.

    The operation is kept here: one that vanishes with its resource can still be followed.
    """

    id: str
    operation: Operation
    user: str
    certificate: str
    socket: str
