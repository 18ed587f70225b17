"""Facts read from the source, neutral of the source; each with where it was seen."""

from datetime import datetime
from typing import Literal

from wizard.model.frozen import Frozen


class Process(Frozen):
    """One process type. `command` is the deployed one; `memory_mb` per container, if known."""

    name: str
    command: str
    quantity: int
    size: str
    memory_mb: int | None = None
    where: str


class Variable(Frozen):
    """A config variable without its value.

    `fingerprint` is a keyed hash (hex) or None when no key is kept; `owner` the add-on's name when
    `origin` is "addon". `scheme` is the URL scheme of a value that is a URL ("postgres"), else "".
    """

    name: str
    origin: Literal["user", "addon", "platform"]
    owner: str = ""
    length: int
    fingerprint: str | None = None
    empty: bool = False
    masked: bool = False
    scheme: str = ""
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
    where: str


class Domain(Frozen):
    """A host name of the app. `target` is what DNS should point at; None for the default host."""

    hostname: str
    kind: Literal["default", "custom"]
    target: str | None = None
    certificate: str = ""
    where: str


class SourceDatabase(Frozen):
    """A database the source runs. `id` names it in the source's API, `variable` holds its URL."""

    id: str
    name: str
    engine: Literal["postgres", "redis"]
    plan: str
    version: str = ""
    size_bytes: int | None = None
    tables: int | None = None
    connections: str = ""
    variable: str = ""
    where: str


class Release(Frozen):
    """What runs now. `commit` is the full hash of the deployed code, "" when unknown."""

    version: int
    commit: str
    description: str
    created_at: datetime


class Sibling(Frozen):
    """Another app in the same pipeline, for instance staging."""

    app: str
    stage: str


class Gap(Frozen):
    """Something that could not be read, and why: an unknown is shown as unknown."""

    subject: str
    reason: str


class Inventory(Frozen):
    """Everything one app is made of."""

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
    gaps: tuple[Gap, ...] = ()
    read_at: datetime

    def process(self, name: str) -> Process | None:
        """The process type called `name`, if there is one."""
        return next((p for p in self.processes if p.name == name), None)
