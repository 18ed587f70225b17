"""The decisions of one move: `moveday.yaml`, readable, reviewable, without secrets."""

from pydantic import Field

from wizard.model.frozen import Frozen


class SourceChoice(Frozen):
    """Where the app runs today. `staging` is its pipeline sibling used for freeze rehearsals."""

    kind: str
    app: str
    staging: str = ""


class TargetChoice(Frozen):
    """Where it goes. `organization` is needed only when the token sees several."""

    kind: str = "aptible"
    organization: str = ""
    stack: str
    environment: str
    app: str


class DatabaseChoice(Frozen):
    """One database to move. `variable` is the config variable that holds its URL on the source.

    `version` "" means: the source's major, or the next one the target offers.
    """

    variable: str
    handle: str
    engine: str = "postgres"
    version: str = ""
    disk_gb: int = 10
    memory_mb: int = 1024
    move_data: bool = True


class ProcessChoice(Frozen):
    """How one process type runs on the target after the move. `memory_mb` per container."""

    count: int
    memory_mb: int = 1024


class Queue(Frozen):
    """Work that must be drained before the freeze; `waiting` is a read-only SQL count."""

    name: str
    variable: str = "DATABASE_URL"
    waiting: str


class Smoke(Frozen):
    """The smoke test: a JSON page; `expect` must match; `same` must not fall below the source's."""

    path: str = "/"
    status: int = 200
    expect: dict[str, str] = {}


class DnsChoice(Frozen):
    """TTLs in seconds. `rehearsal_name` is a throw-away name for rehearsing the switch."""

    low_ttl: int = 60
    rehearsal_name: str = ""
    restore_ttl: int | None = None


class Downtime(Frozen):
    """The outage that was announced."""

    budget_minutes: float = 30
    window: str = ""


class Plan(Frozen):
    """Everything decided about one move."""

    format: int = 1
    source: SourceChoice
    target: TargetChoice
    regulated: bool = False
    downtime: Downtime = Downtime()
    databases: tuple[DatabaseChoice, ...] = ()
    processes: dict[str, ProcessChoice] = {}
    domains: tuple[str, ...] = ()
    dns: DnsChoice = DnsChoice()
    smoke: Smoke = Smoke()
    queues: tuple[Queue, ...] = ()
    port: int = Field(default=3000, ge=1, le=65535)
    operator_ips: tuple[str, ...] = ()
    hold_back: tuple[str, ...] = ()
    source_backup: bool = False
    commit: str = ""
