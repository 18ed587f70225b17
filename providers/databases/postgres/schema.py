"""The source's schema as SQL that the target understands: one dump, split by section and entry."""

import contextlib
import re
import signal
import tempfile
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path

from providers import bundled_postgres, process
from providers.databases.postgres.catalog import AZURE_ONLY, NOT_MOVED
from providers.databases.postgres.connection import application_name, program_settings
from providers.databases.postgres.errors import DatabaseTrouble, Kind
from wizard.errors import MachineError
from wizard.model.database import Connection
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_DEADLINE = 600.0
_FIRST_WITH_TRANSACTION_TIMEOUT = 17
_FIRST_WITH_TABLE_ACCESS_METHODS = 12
# A line of `pg_restore --list`: dump id; catalog OID, object OID, then words.
_ENTRY = re.compile(r"(?P<id>\d+); (?P<catalog>\d+) (?P<oid>\d+) (?P<words>.+)")
_RESTRICT = re.compile(r"^\\restrict (?P<key>\w+)$", re.MULTILINE)
# Some builds of the server keep column options of their own, which no other server accepts.
_COLUMN_OPTION = re.compile(
    r"^ALTER (?:FOREIGN )?TABLE ONLY .+ ALTER COLUMN .+ SET \((?P<options>[^()]+)\);\n",
    re.MULTILINE,
)
_KNOWN_COLUMN_OPTIONS = {"n_distinct", "n_distinct_inherited"}
# What the target cannot know or an ordinary owner may not make, by the entry's first words.
LEFT_OUT = {
    "COMMENT - EXTENSION ": "comment on extension",
    "EVENT TRIGGER ": "event trigger",
    "PUBLICATION ": "publication",
    "PUBLICATION TABLE ": "publication",
    "SUBSCRIPTION ": "subscription",
    "SECURITY LABEL ": "security label",
    "USER MAPPING ": "user mapping",
    **{f"EXTENSION - {name}": "Azure's own extension" for name in AZURE_ONLY},
}


@dataclass(frozen=True)
class Entry:
    """One line of the archive's list. (`catalog`, `oid`) is the object's identity at the source."""

    line: str
    catalog: int
    oid: int
    words: str


class SchemaArchive:
    """A dumped schema. `skipped` names what is left out on purpose."""

    def __init__(
        self, file: Path, pg_restore: Path, entries: list[Entry], target_major: int
    ) -> None:
        self._file = file
        self._pg_restore = pg_restore
        self._target_major = target_major
        self._entries = [entry for entry in entries if _left_out(entry) is None]
        self.skipped = tuple(
            f"{kind}: {clean(entry.words, 200)}"
            for entry in entries
            if (kind := _left_out(entry)) is not None
        )

    async def sql(
        self, section: str, without: Collection[tuple[int, int]], schemas_there: Collection[str]
    ) -> str:
        """The SQL of one section ("pre-data", "post-data") as one batch.

        `without` are (catalog OID, object OID) pairs made elsewhere, `schemas_there` names of
        schemas that the target already has.
        """
        wanted = [
            entry
            for entry in self._entries
            if (entry.catalog, entry.oid) not in without or entry.oid == 0
            if not any(entry.words.startswith(f"SCHEMA - {name} ") for name in schemas_there)
        ]
        listing = self._file.with_name(f"list-{section}")
        listing.write_text("".join(f"{entry.line}\n" for entry in wanted), encoding="utf-8")
        answer = await process.run(
            [
                self._pg_restore,
                "--no-owner",
                "--no-privileges",
                "--no-tablespaces",
                f"--section={section}",
                f"--use-list={listing}",
                "--file=-",
                self._file,
            ],
            env=process.environment({"LC_ALL": "C"}),
            deadline=_DEADLINE,
        )
        if answer.code != 0:
            raise DatabaseTrouble("other", "source", _words("pg_restore", answer.stderr))
        return _without_unknown(answer.stdout.decode("utf-8"), self._target_major)


@contextlib.asynccontextmanager
async def dump_schema(
    source: Connection, source_major: int, snapshot_id: str, move_id: str, target_major: int
) -> AsyncIterator[SchemaArchive]:
    """Dump the schema seen through the snapshot, once; it lies in a private folder meanwhile.

    Raises DatabaseTrouble when the source refuses, MachineError without a new enough pg_dump.
    """
    pg_dump = await bundled_postgres.newest_pg_dump(source_major)
    with tempfile.TemporaryDirectory(prefix="moveday-") as folder:
        file = Path(folder) / "schema"
        with program_settings(source, application_name(move_id, "schema")) as env:
            answer = await process.run(
                [
                    pg_dump,
                    "--format=custom",
                    "--schema-only",
                    f"--snapshot={snapshot_id}",
                    "--lock-wait-timeout=60000",
                    "--no-sync",
                    *(f"--exclude-schema={name}" for name in NOT_MOVED),
                    f"--file={file}",
                ],
                env=env,
                deadline=_DEADLINE,
            )
        if answer.code != 0:
            if "No space left" in answer.stderr or _ended_by_file_limit(answer.code):
                raise MachineError(
                    "no space left for the schema's dump",
                    f"it is written to a temporary folder, {folder}, and removed again",
                    "free some space, or set TMPDIR to a folder on a larger disk",
                )
            kind = _kind(answer.stderr)
            words = answer.stderr or f"it ended with status {answer.code}"
            raise DatabaseTrouble(kind, "source", _words("pg_dump", words))
        pg_restore = pg_dump.with_name("pg_restore")
        listed = await process.run(
            [pg_restore, "--list", file],
            env=process.environment({"LC_ALL": "C"}),
            deadline=_DEADLINE,
        )
        if listed.code != 0:
            raise DatabaseTrouble("other", "source", _words("pg_restore", listed.stderr))
        entries = [
            Entry(line, int(found["catalog"]), int(found["oid"]), found["words"])
            for line in listed.stdout.decode("utf-8").splitlines()
            if (found := _ENTRY.fullmatch(line))
        ]
        yield SchemaArchive(file, pg_restore, entries, target_major)


def _left_out(entry: Entry) -> str | None:
    for beginning, kind in LEFT_OUT.items():
        if entry.words.startswith(beginning):
            return kind
    return None


def _without_unknown(sql: str, target_major: int) -> str:
    """Drop psql's own commands and what pg_restore writes for newer servers than the target."""
    if (found := _RESTRICT.search(sql)) is not None:
        sql = sql.replace(found[0], "", 1)
        head, _, tail = sql.rpartition(f"\\unrestrict {found['key']}")
        sql = head + tail
    if target_major < _FIRST_WITH_TRANSACTION_TIMEOUT:
        sql = sql.replace("\nSET transaction_timeout = 0;\n", "\n", 1)
    if target_major < _FIRST_WITH_TABLE_ACCESS_METHODS:
        sql = sql.replace("\nSET default_table_access_method = heap;\n", "\n")
    return _COLUMN_OPTION.sub(_known_options_only, sql)


def _known_options_only(found: re.Match[str]) -> str:
    names = {option.partition("=")[0].strip() for option in found["options"].split(",")}
    return found[0] if names <= _KNOWN_COLUMN_OPTIONS else ""


def _ended_by_file_limit(code: int) -> bool:
    """Whether a program was ended because a file grew beyond this user's limit."""
    return hasattr(signal, "SIGXFSZ") and code == -signal.SIGXFSZ


def _kind(stderr: str) -> Kind:
    if "snapshot" in stderr:
        return "snapshot"
    if "permission denied" in stderr:
        return "permission"
    if "authentication failed" in stderr:
        return "auth"
    if "closed the connection" in stderr or "terminating connection" in stderr:
        return "lost"
    return "unreachable" if "connection to server" in stderr else "other"


def _words(program: str, stderr: str) -> str:
    last = [line for line in stderr.splitlines() if line.strip()][-3:]
    return clean(REDACTOR.redact(f"{program}: {' / '.join(last)}"), 600)
