"""The decisions of one move: `moveday.yaml`, readable, reviewable, without secrets."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from wizard.model.frozen import Frozen
from wizard.model.rate import parse_rate


class Maintenance(Frozen):
    """How users are kept out where the source has no maintenance page of its own.

    "variable": the app's own flag, set to `on` for the outage (`off` "" means: without it again);
    "image": one that shows a page, in place of the app's; "zero": no container at all. "" while
    nobody has chosen.
    """

    by: Literal["", "variable", "image", "zero"] = ""
    variable: str = ""
    on: str = "1"
    off: str = ""
    image: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.by == "variable" and not self.variable:
            raise ValueError("maintenance by a variable needs its name")
        if self.by == "image" and not self.image:
            raise ValueError("maintenance by an image needs the image")
        return self


class SourceChoice(Frozen):
    """Where the app runs today. `staging` is its pipeline sibling used for freeze rehearsals.

    `cluster` names the one of an account that holds several; `files` (from the app's folder) and
    their `profiles` say what the account does not tell.
    """

    kind: str
    app: str
    staging: str = ""
    cluster: str = ""
    files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    maintenance: Maintenance = Maintenance()

    @model_validator(mode="after")
    def _staging_is_another_app(self) -> Self:
        # A rehearsal freezes the staging app: were it the app itself, production would go down.
        if self.staging.strip().lower() == self.app.strip().lower():
            raise ValueError("staging must be another app than the one that moves")
        return self


class TargetChoice(Frozen):
    """Where it goes. `organization` is needed only when the token sees several.

    `plan` is Aptible's price plan that was chosen, "" while nobody has.
    """

    kind: str = "aptible"
    organization: str = ""
    plan: Literal["", "trial", "development", "production", "enterprise"] = ""
    stack: str
    environment: str
    app: str


class DatabaseChoice(Frozen):
    """One database to move. `variable` is the config variable that holds its URL on the source.

    `version` "" means: the source's major, or the next one the target offers. `route` is how the
    data goes: through this machine, by a runner, a small app made for it beside the target, or by a
    job, a container that a person starts beside a source which nobody else reaches.
    `limit` ("20MB/s", "" for none) is how fast its rows may be read from the source, in all.
    """

    variable: str
    handle: str
    engine: str = "postgres"
    version: str = ""
    disk_gb: int = 10
    memory_mb: int = 1024
    move_data: bool = True
    limit: str = ""
    route: Literal["laptop", "runner", "job"] = "laptop"

    @field_validator("limit")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        if value:
            parse_rate(value)
        return value

    @property
    def bytes_a_second(self) -> int | None:
        """The limit as a number; None for none."""
        return parse_rate(self.limit) if self.limit else None

    @model_validator(mode="after")
    def _only_postgres_moves_its_data(self) -> Self:
        # Left to the default, an empty new database would stand in the report as moved.
        if self.move_data and self.engine != "postgres":
            raise ValueError(
                f"the data of {self.engine} cannot be moved: say move_data: false to start empty"
            )
        return self


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
    """The smoke test: a page with this status, whose JSON holds what `expect` says."""

    path: str = "/"
    status: int = 200
    expect: dict[str, str] = {}


class DnsChoice(Frozen):
    """TTLs in seconds. `rehearsal_name` is a throw-away name for rehearsing the switch.

    The low one, which the switch and a way back have to wait for, is five minutes at most.
    """

    low_ttl: int = Field(default=60, ge=1, le=300)
    rehearsal_name: str = ""
    restore_ttl: int | None = Field(default=None, ge=1)


class Downtime(Frozen):
    """The outage that was announced."""

    budget_minutes: float = Field(default=30, gt=0, allow_inf_nan=False)
    window: str = ""


class VariableChoice(Frozen):
    """A person's decision about one variable; it goes before any rule. Never a value.

    "give" means that a person gives the value (a masked one): it goes to its owner, not in here.
    `when` it reaches the new side; "" by rule: at accept where it could reach people or partners.
    """

    action: Literal["keep", "drop", "hold-back", "give"]
    reason: str = ""
    when: Literal["", "deploy", "accept"] = ""


class AddonChoice(Frozen):
    """A person's decision about one add-on. `by` says what takes its place, in words."""

    action: Literal["replace", "stay", "drop"]
    by: str = ""
    reason: str = ""


class Job(Frozen):
    """A scheduled job, since no API of the source lists them. `schedule` as in cron, UTC."""

    command: str
    schedule: str


class Expected(Frozen):
    """Days that others promised; None while nobody has. Nobody but them can know."""

    account: date | None = None
    stack: date | None = None
    agreement: date | None = None


class Plan(Frozen):
    """Everything decided about one move.

    `agreement` says where the signed business associate agreement (BAA) is and from when;
    `partners` are hosts of others that let in known addresses only. `answers`: question → answer,
    for what a project of containers leaves open in its mapping and its files.
    """

    format: int = 1
    source: SourceChoice
    target: TargetChoice
    regulated: bool = False
    agreement: str = ""
    expected: Expected = Expected()
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
    variables: dict[str, VariableChoice] = {}
    addons: dict[str, AddonChoice] = {}
    jobs: tuple[Job, ...] = ()
    partners: tuple[str, ...] = ()
    answers: dict[str, str] = {}

    @model_validator(mode="after")
    def _practice_stays_apart(self) -> Self:
        # A rehearsal switches this name for real, and takes its record away afterwards.
        if _plain(self.dns.rehearsal_name) in {_plain(name) for name in self.domains}:
            raise ValueError("dns.rehearsal_name must be none of the app's own domains")
        return self

    @model_validator(mode="after")
    def _nothing_is_named_twice(self) -> Self:
        for what, names in (
            ("databases.variable", [choice.variable for choice in self.databases]),
            ("databases.handle", [choice.handle for choice in self.databases]),
            ("domains", [_plain(name) for name in self.domains]),
        ):
            twice = _named_twice(names)
            if twice:
                raise ValueError(f"{what} names {twice} twice")
        return self


def _plain(name: str) -> str:
    return name.strip().rstrip(".").lower()


def _named_twice(names: Sequence[str]) -> str:
    return next((name for name in names if names.count(name) > 1), "")
