"""The shapes of Heroku's answers that moveday reads (Platform API schema, version 3; data API).

Lenient on purpose: unknown fields are ignored, null counts as missing, and whatever may be missing
has a default. Required is only what a fact cannot do without.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Shape(BaseModel):
    """Base of all shapes. Inputs stay out of validation errors: they can hold secrets."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
        defer_build=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: each for name, each in value.items() if each is not None}
        return value


class Named(Shape):
    """A reference to something by id, name, or both."""

    id: str = ""
    name: str = ""


class Space(Named):
    """A Private Space; `shield` for the regulated kind."""

    shield: bool | None = False


class App(Shape):
    """GET /apps/{app}."""

    id: str
    name: str
    maintenance: bool | None = None
    archived_at: datetime | None = None
    stack: Named | None = None
    build_stack: Named | None = None
    region: Named | None = None
    generation: Named | None = None
    space: Space | None = None
    team: Named | None = None
    organization: Named | None = None
    acm: bool | None = None
    released_at: datetime | None = None

    @property
    def team_name(self) -> str:
        """The team the app belongs to; "" for a person's own app."""
        owner = self.team or self.organization
        return owner.name if owner else ""


class Formation(Shape):
    """One entry of GET /apps/{app}/formation."""

    type: str
    command: str | None = ""
    quantity: int
    size: str | None = ""
    dyno_size: Named | None = None

    @property
    def size_name(self) -> str:
        """The size, from whichever of the two fields holds it."""
        return (self.dyno_size.name if self.dyno_size else "") or self.size or ""


class Dyno(Shape):
    """One entry of GET /apps/{app}/dynos."""

    name: str = ""
    type: str
    state: str = ""


class Price(Shape):
    """What an add-on or a dyno costs; `contract` prices are not public."""

    cents: int | None = None
    contract: bool | None = None
    unit: str | None = None

    @property
    def monthly_cents(self) -> int | None:
        """Cents a month; None for a contract or another unit."""
        return None if self.contract or self.unit not in (None, "month") else self.cents


class DynoSize(Shape):
    """One entry of GET /dyno-sizes. `memory` in GB."""

    name: str
    memory: float | None = Field(default=None, ge=0, le=1_000_000)
    cost: Price | None = None


class Addon(Shape):
    """One entry of GET /apps/{app}/addons. `app` is the one that pays."""

    id: str
    name: str
    state: str | None = ""
    addon_service: Named | None = None
    plan: Named | None = None
    app: Named | None = None
    billed_price: Price | None = None
    config_vars: list[str] | None = None
    web_url: str | None = ""

    @property
    def service(self) -> str:
        """The service's slug, for instance heroku-postgresql."""
        name = self.addon_service.name if self.addon_service else ""
        return name or self.plan_name.partition(":")[0]

    @property
    def plan_name(self) -> str:
        """Service and plan, for instance heroku-postgresql:standard-0."""
        return self.plan.name if self.plan else ""


class AttachedAddon(Named):
    """The add-on inside an attachment; `plan` only with Accept-Inclusion."""

    app: Named | None = None
    plan: Named | None = None


class Attachment(Shape):
    """One entry of GET /apps/{app}/addon-attachments. `name` is the alias, e.g. DATABASE."""

    id: str = ""
    name: str
    namespace: str | None = None
    addon: AttachedAddon
    app: Named | None = None
    config_vars: list[str] | None = None
    web_url: str | None = ""


class Domain(Shape):
    """One entry of GET /apps/{app}/domains. `cname` is null for the default host."""

    hostname: str
    kind: str = "custom"
    cname: str | None = None
    acm_status: str | None = None
    acm_status_reason: str | None = None
    sni_endpoint: Named | None = None


class Artifact(Shape):
    """What a release runs, by type and id."""

    type: str = ""
    id: str = ""


class Release(Shape):
    """One entry of GET /apps/{app}/releases."""

    version: int
    description: str | None = ""
    status: str | None = ""
    current: bool | None = False
    created_at: datetime
    slug: Named | None = None
    oci_image: Named | None = None
    artifacts: list[Artifact] | None = None


class Build(Shape):
    """A slug or an OCI image: what is deployed."""

    process_types: dict[str, str] | None = None
    commit: str | None = ""


class ConfigSetting(Shape):
    """One entry of GET /apps/{app}/config-vars-settings (schema version 3.sdk)."""

    key: str
    masked: bool | None = False


class Coupling(Shape):
    """An app's place in a pipeline."""

    app: Named | None = None
    pipeline: Named | None = None
    stage: str = ""


class InfoLine(Shape):
    """One line of the data API's info list, made for display: values are text or numbers."""

    name: str
    values: list[Any] = Field(default_factory=list)

    resolve_db_name: bool | None = False

    @property
    def text(self) -> str:
        """The first value as text; what is neither text nor number says nothing."""
        first = self.values[0] if self.values else ""
        return str(first) if isinstance(first, str | int | float) else ""


class DataService(Shape):
    """GET /client/v11/databases/{id} and GET /redis/v0/databases/{id}.

    `plan` is a text on small plans and an object on others, so it is not read here.
    """

    name: str = ""
    num_bytes: int | None = Field(default=None, ge=0)
    num_tables: int | None = Field(default=None, ge=0)
    postgres_version: str | None = None
    version: str | None = None
    following: Any = None
    resource_url: SecretStr | None = None
    info: list[InfoLine] = Field(default_factory=list)

    def line(self, name: str) -> str:
        """The first value of the info line called `name`, "" when there is none."""
        found = self.info_line(name)
        return found.text if found else ""

    def info_line(self, name: str) -> InfoLine | None:
        """The info line called `name`, upper and lower case alike."""
        return next((line for line in self.info if line.name.lower() == name.lower()), None)


class TransferLog(Shape):
    """One line of a transfer's log."""

    message: str | None = ""


class Transfer(Shape):
    """A backup, restore or copy. Its URLs hold passwords and are not read.

    Times are text like "2020-12-13 16:22:40 +0000"; only whether they are set matters.
    """

    uuid: str = ""
    num: int | None = None
    from_type: str | None = ""
    to_type: str | None = ""
    from_name: str | None = ""
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    canceled_at: str | None = None
    succeeded: bool | None = None
    warnings: int | None = 0
    processed_bytes: int | None = None
    schedule: Any = None
    logs: list[TransferLog] | None = None
