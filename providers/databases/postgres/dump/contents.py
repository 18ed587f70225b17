"""What does the dump say that it holds? An archive's table of contents; plain SQL says little."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from providers import bundled_postgres, process
from providers.databases.postgres.dump.format import UNPACKING_ERRORS, DumpFile, unpacked
from providers.databases.postgres.dump.lexer import Lexer
from wizard.errors import MachineError, UsageError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_DEADLINE = 600.0
_HEAD, _TAIL = 65_536, 4096
_ENTRY = re.compile(r"(?P<id>\d+); \d+ \d+ (?P<words>.+)")
_VERSION = re.compile(r";\s+Dumped (from database|by pg_dump) version: (\d+)")
# Kinds of two words and more, longest first: an entry's line does not say where its kind ends.
_KINDS = (
    *("MATERIALIZED VIEW DATA", "OPERATOR FAMILY", "OPERATOR CLASS", "TEXT SEARCH CONFIGURATION"),
    *("TEXT SEARCH DICTIONARY", "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE", "FOREIGN TABLE"),
    *("FOREIGN DATA WRAPPER", "FOREIGN SERVER", "USER MAPPING", "EVENT TRIGGER", "TABLE DATA"),
    *("TABLE ATTACH", "INDEX ATTACH", "MATERIALIZED VIEW", "FK CONSTRAINT", "CHECK CONSTRAINT"),
    *("SEQUENCE OWNED BY", "SEQUENCE SET", "PUBLICATION TABLES IN SCHEMA", "PUBLICATION TABLE"),
    *("SUBSCRIPTION TABLE", "SECURITY LABEL", "DEFAULT ACL", "ROW SECURITY", "BLOB METADATA"),
    *("BLOB COMMENTS", "ACCESS METHOD", "PROCEDURAL LANGUAGE", "STATISTICS DATA", "SHELL TYPE"),
    "DATABASE PROPERTIES",
)
# The ends of what pg_restore says of an archive, and what they mean.
CUT_OFF = re.compile(
    r"end of file|unexpected end|could not read|short read|find block ID|incomplete"
)
_NEWER = re.compile(r"unsupported version")
_PACKING = re.compile(r"(?:not support|requires) compression|compression .*not supported|not suppo")


@dataclass(frozen=True)
class TocEntry:
    """One line of the table of contents; `words` are schema, name and owner."""

    id: int
    kind: str
    words: str


@dataclass(frozen=True)
class Contents:
    """`dumped_from`, `dumped_by`: major versions, 0 if unsaid. No `entries` for plain SQL.

    `trouble` is not empty when the dump is already known not to be whole.
    """

    dumped_from: int
    dumped_by: int
    entries: Sequence[TocEntry] = ()
    trouble: str = ""
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def tables(self) -> int:
        """Tables with rows in the dump; 0 for plain SQL."""
        return self.kinds["TABLE DATA"]

    def names(self, kind: str) -> list[str]:
        """What follows the kind in the table of contents."""
        return [entry.words for entry in self.entries if entry.kind == kind]


async def read_contents(dump: DumpFile) -> Contents:
    """Raises UsageError for an archive without a readable table of contents, MachineError for one
    that no program here can read."""
    if dump.format == "plain":
        return _plain_contents(dump)
    listed = await _pg_restore(dump, "--list")
    if listed.code != 0:
        raise _unreadable(listed.stderr)
    lines = listed.stdout.decode("utf-8", "replace").splitlines()
    entries = [_entry(int(m["id"]), m["words"]) for line in lines if (m := _ENTRY.fullmatch(line))]
    versions = {m[1]: int(m[2]) for line in lines if (m := _VERSION.match(line))}
    return Contents(
        versions.get("from database", 0),
        versions.get("by pg_dump", 0),
        entries,
        await _trouble(dump, entries),
        Counter(entry.kind for entry in entries),
    )


def archive_words(stderr: str) -> str:
    """The last thing pg_restore said of an archive, for people."""
    lines = [line for line in stderr.splitlines() if "error" in line or "could not" in line]
    said = lines[-1].partition("pg_restore: ")[2] or lines[-1] if lines else "it ended early"
    return clean(REDACTOR.redact(said.removeprefix("error: ")), 300)


def _entry(number: int, words: str) -> TocEntry:
    kind = next((k for k in _KINDS if words.startswith(f"{k} ")), words.split(" ", 1)[0])
    return TocEntry(number, kind, words.removeprefix(kind).strip())


async def _trouble(dump: DumpFile, entries: Sequence[TocEntry]) -> str:
    """An archive's contents lie at its beginning: only its last rows tell whether it is whole."""
    rows = [entry for entry in entries if entry.kind in ("TABLE DATA", "BLOBS")]
    if dump.format == "directory":
        there = {file.name.split(".")[0] for file in dump.path.iterdir()}
        missing = [e.words for e in rows if e.kind == "TABLE DATA" and str(e.id) not in there]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            return f"the folder has no file for the rows of {clean(missing[0], 120)}{more}"
    if not rows:
        return ""
    wanted = f"{rows[-1].id}; 0 0 {rows[-1].kind}\n".encode()
    read = await _pg_restore(dump, "--use-list=/dev/stdin", "--file=/dev/null", stdin=wanted)
    if read.code == 0:
        return ""
    if _PACKING.search(read.stderr):
        raise _unreadable(read.stderr)
    return _end_words(read.stderr)


def _end_words(stderr: str) -> str:
    cut = "the archive ends in the middle" if CUT_OFF.search(stderr) else "the archive is damaged"
    return f"{cut} ({archive_words(stderr)})"


async def _pg_restore(dump: DumpFile, *words: str, stdin: bytes = b"") -> process.Outcome:
    program = (await bundled_postgres.newest_pg_dump(0)).with_name("pg_restore")
    return await process.run(
        [program, f"--format={dump.format}", *words, dump.path],
        env=process.environment({"LC_ALL": "C"}),
        stdin=stdin,
        deadline=_DEADLINE,
    )


def _unreadable(stderr: str) -> UsageError | MachineError:
    said = archive_words(stderr)
    if _NEWER.search(stderr):
        return MachineError(
            "the archive was written by a newer pg_dump than this machine has",
            said,
            "install newer PostgreSQL client programs: they are found by themselves",
        )
    if _PACKING.search(stderr):
        return MachineError(
            "the archive is packed in a way that the programs here cannot read",
            said,
            "install PostgreSQL client programs of version 16 or newer, or ask for a dump with"
            " --compress=gzip",
        )
    return UsageError(
        "the archive's table of contents cannot be read",
        said,
        "it is cut off or damaged at its beginning: ask for it again, or download it again",
    )


def _plain_contents(dump: DumpFile) -> Contents:
    lexer = Lexer()
    try:
        with dump.path.open("rb") as file:
            for _ in lexer.feed(unpacked(file, dump.packing).read(_HEAD)):
                pass
            trouble = ""
            if lexer.begun and not dump.packing:
                file.seek(max(0, dump.bytes - _TAIL))
                if b"-- PostgreSQL database dump complete" not in file.read():
                    trouble = "pg_dump's last line is missing: the file ends in the middle"
    except UNPACKING_ERRORS:
        trouble = "it cannot be unpacked to its end"
    versions = lexer.versions
    return Contents(
        versions.get("from database", 0), versions.get("by pg_dump", 0), trouble=trouble
    )
