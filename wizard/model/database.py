"""Where a database is and what is known of it: connection, facts, findings, move and verdict."""

from typing import Literal

from pydantic import SecretStr

from wizard.model.frozen import Frozen


class Connection(Frozen):
    """How to reach one database. Built by keyword, never rendered into a URL for a child.

    `tls`: libpq's sslmode. `host` may be a folder for a unix socket. `more_ports` of the same host
    lead to the same database, each by a line of its own: copying processes take them in turn.
    `address` is connected to in the place of `host`, which certificates are still checked against.
    """

    host: str
    port: int
    database: str
    user: str
    password: SecretStr
    tls: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "require"
    ca_file: str = ""
    more_ports: tuple[int, ...] = ()
    address: str = ""


class TableFacts(Frozen):
    """One ordinary table: bytes on disk with TOAST, rows as estimated by statistics."""

    name: str
    bytes: int
    rows_estimate: int
    has_key: bool


class DatabaseFacts(Frozen):
    """What a probe read. `version` is server_version_num // 10000 (the major)."""

    version: int
    version_text: str
    bytes: int
    encoding: str
    tables: tuple[TableFacts, ...]
    extensions: dict[str, str]
    schema_hash: str


class Finding(Frozen):
    """A result of preflight. `rule` is stable; "block" stops the move until remedied."""

    rule: str
    severity: Literal["info", "warn", "block"]
    subject: str
    detail: str
    remedy: str = ""
    otherwise: str = ""


class WriteCounters(Frozen):
    """A look at whether anything still writes. Compared twice: equal and quiet means frozen.

    `writers` counts client sessions that hold a transaction id, `prepared` prepared transactions.
    `changes` is the sum of all inserted, updated and deleted rows ever counted; `sequences` a hash
    over every sequence's position; `tables` a hash over every table's file (TRUNCATE changes it).
    `epoch` names the life of `changes`: another one means that counting began anew.
    `horizon` is the transaction id below which everything has ended, over the whole server: what
    commits a write moves it. 0 when it was not read.
    """

    writers: int
    writer_names: tuple[str, ...]
    prepared: int
    changes: int
    sequences: str
    tables: str
    epoch: str = ""
    horizon: int = 0

    def counts_as(self, other: "WriteCounters") -> bool:
        """Whether both tell the same of this database; the horizon is the whole server's."""
        return self == other.model_copy(update={"horizon": self.horizon})


class TableProgress(Frozen):
    """One table's copy under way: bytes of COPY data, `total_bytes` an estimate until `copied`."""

    name: str
    done_bytes: int
    total_bytes: int
    copied: bool = False


class MoveProgress(Frozen):
    """How far the copy is. Bytes of COPY data; `total_bytes` is an estimate from table sizes.

    `largest` are the tables that take longest, largest first; empty where nothing is copied.
    `choice` says how many workers there are, and why. `stalled` names the session that holds it up.
    `paused`: a person's pause holds it; nothing is lost, and the source's view stays open.
    `rate` is bytes a second of late, `left` the seconds the rest of the rows takes by the late and
    by the mean rate, the shorter first; None while that cannot be told.
    """

    phase: str
    done_bytes: int
    total_bytes: int
    tables_done: int
    tables_total: int
    detail: str = ""
    largest: tuple[TableProgress, ...] = ()
    choice: str = ""
    stalled: str = ""
    paused: bool = False
    rate: float = 0.0
    left: tuple[float, float] | None = None


class PhaseTime(Frozen):
    """One timed phase, in seconds from the start of the move; phases may overlap."""

    name: str
    started: float
    seconds: float


class TableTime(Frozen):
    """One table's copy: bytes of COPY data, rows, seconds of its chunks added up."""

    name: str
    bytes: int
    rows: int
    copy_seconds: float
    index_seconds: float = 0.0


class MoveResult(Frozen):
    """What a finished copy measured. Not a proof: that is the verdict's job.

    `choice`: how many workers, and why. `resumed` is not empty when rows of an earlier try were
    kept: it says why that is sound, and `seconds` are then no measurement of a whole copy. `note`
    is what there is to say about an earlier try, also when nothing of it was kept.
    """

    seconds: float
    bytes: int
    phases: tuple[PhaseTime, ...]
    tables: tuple[TableTime, ...]
    skipped: tuple[str, ...] = ()
    choice: str = ""
    resumed: str = ""
    note: str = ""


Tier = Literal["full", "sample", "counts"]
"""How much a verification looks at: every row; a seeded sample and all counts; counts alone."""


class Check(Frozen):
    """One compared thing. `result` "unfinished" is never counted as passed."""

    kind: Literal[
        "rows",
        "checksum",
        "sequence",
        "schema",
        "index",
        "constraint",
        "extension",
        "large-objects",
        "materialized-view",
        "statistics",
        "grant",
        "rows-as-role",
        "sample",
    ]
    subject: str
    result: Literal["same", "different", "explained", "unfinished"]
    source: str = ""
    target: str = ""
    detail: str = ""


class Verdict(Frozen):
    """The verdict over a copy, item by item. Only the tier "full" can be a proof.

    `seed` is what the sample of a tier "sample" was drawn with: the same seed, the same rows.
    """

    checks: tuple[Check, ...]
    seconds: float
    tier: Tier = "full"
    seed: int | None = None

    @property
    def passed(self) -> bool:
        """True only when all was looked at, there is something, and every item is well."""
        return self.tier == "full" and bool(self.checks) and not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """The items that differ or were not finished."""
        return tuple(c for c in self.checks if c.result in ("different", "unfinished"))

    @property
    def broken_off(self) -> bool:
        """Whether nothing was found different, but something could not be looked at."""
        failures = self.failures
        return bool(failures) and all(check.result == "unfinished" for check in failures)


RepairKind = Literal["sequence", "index", "constraint", "statistics"]


class Repair(Frozen):
    """One thing that can be put right in a target without copying again.

    `statements` are SQL for the target, in order: what is run, and what a person could run.
    """

    kind: RepairKind
    subject: str
    detail: str
    statements: tuple[str, ...]


class Leftover(Frozen):
    """A database that carries a move's marker: all that is in it was put there by that move.

    `state` is the marker's ("copying", "finished"), `sessions` are the move's own that are still
    open, `others` names programs that are connected too: whoever they are, they use it.
    """

    database: str
    move_id: str
    state: str
    started: str
    bytes: int
    sessions: int
    others: tuple[str, ...] = ()
