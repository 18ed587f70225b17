"""What a job ran into: what ends it is an error by name, what a copy's statements met is judged.

A statement's error is judged by the rules of a dump's restore, from its SQLSTATE and its beginning:
never by an exit code, and never by a message, which may quote a row.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from providers.databases.postgres.dump import rules
from providers.databases.postgres.dump.lexer import Statement
from providers.databases.postgres.errors import DatabaseTrouble, kind_by_words
from providers.databases.postgres.job.report import Report
from providers.databases.postgres.job.script import mysql
from wizard.errors import CheckFailedError, MovedayError, OutsideError, UsageError
from wizard.model.dump import DumpTrouble
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_JUDGED = ("statement", "rows")
_LOOK = "look at the log of its container, and run it again"
_LOST = re.compile(r"terminating connection|closed the connection|connection to server was lost")
_TABLE_DATA = "TABLE DATA "


def ending(report: Report) -> MovedayError | None:
    """The error that ended the job, or made what it has written down unusable; None when none."""
    ended = [raw for raw in report.troubles if raw.get("kind") not in _JUDGED]
    if ended:
        # A stream that was cut is what follows; the program that says why comes after it.
        return _ending(next((raw for raw in ended if raw.get("kind") != "cut"), ended[0]))
    if report.answers:
        return None
    # Nothing was counted: a statement that failed was one that everything hangs on.
    for one in judged(report):
        words = f"{one.entry}: {one.detail} (SQLSTATE {one.sqlstate})"
        return OutsideError("the job ended before the copy", words, one.remedy or _LOOK)
    return OutsideError("the job ended without an answer", "it does not say why", _LOOK)


def judged(report: Report) -> tuple[DumpTrouble, ...]:
    """What single statements of a copy ran into, worst as the rules say."""
    return tuple(_judged(report.troubles))


def _judged(troubles: Sequence[dict[str, Any]]) -> Iterator[DumpTrouble]:
    for raw in troubles:
        if raw.get("kind") not in _JUDGED:
            continue
        entry, state = str(raw.get("entry", "")), str(raw.get("sqlstate", ""))
        text = entry
        if raw["kind"] == "rows":
            # The archive's word for the rows of a table: they are loaded by COPY.
            text = f"COPY {entry.removeprefix(_TABLE_DATA)}"
        statement = Statement(0, 0, text.encode(), None)
        rule = rules.meaning(statement, DatabaseTrouble("other", "target", "", state))
        yield DumpTrouble(
            rule=rule.rule,
            severity=rule.severity,
            entry=_shown(entry, 160),
            detail=f"{rule.reason} ({_shown(str(raw.get('phase', '')), 60)})",
            remedy=rule.remedy,
            sqlstate=_shown(state, 5),
        )


def _ending(raw: dict[str, Any]) -> MovedayError:
    side, kind = _shown(str(raw.get("side", "")), 10), str(raw.get("kind", ""))
    phase, words = _shown(str(raw.get("phase", "")), 60), _shown(str(raw.get("detail", "")), 300)
    if kind == "mysql":
        return mysql(side)
    if kind == "connect":
        return _unreachable(side, words)
    if kind in _STOPPED:
        what, remedy = _STOPPED[kind]
        return UsageError(f"the job ended: the {side}'s {what}", words, remedy)
    if kind in ("not-fresh", "not-ours"):
        return _filled(kind, words)
    if "version mismatch" in words:
        return UsageError(
            "the image's pg_dump is older than the source's server",
            words,
            "generate the job again with --image-version of that server, or a newer one",
        )
    if kind == "lost" or _LOST.search(words):
        return OutsideError(
            f"the job lost the {side} database (at: {phase})",
            words,
            "run it again; the target of a copy is emptied by the same job before it begins anew",
        )
    return OutsideError(
        f"the job could not go on at the {side} database (at: {phase})", words, _LOOK
    )


_STOPPED = {
    "no-secret": ("secret is not where it should be", "give the service that secret"),
    "empty": ("secret or variable is empty", "look at its name, and whether the service has it"),
    "no-url": (
        "secret holds no URL of a database",
        "postgres://USER:PASSWORD@HOST:5432/DATABASE; or generate the job with --source-host and"
        " --source-user, when only the password is kept",
    ),
    "several-hosts": ("URL names several hosts", "keep a URL with one host, the primary's"),
    "pooler": (
        "URL leads to port 6432, a pooler (PgBouncer), through which nothing is dumped",
        "keep a URL with port 5432 of the same host",
    ),
}


def _unreachable(side: str, words: str) -> MovedayError:
    kind = kind_by_words(words)
    if kind == "auth":
        return OutsideError(
            f"the {side} database refused the job's sign-in",
            words,
            "look at user and password; on Azure a Flexible Server wants the plain user name, a"
            " Single Server user@server",
        )
    if kind == "missing":
        return UsageError(f"the {side} database is not there", words, "correct its name")
    if "certificate verify failed" in words:
        return OutsideError(
            f"the {side} database shows a certificate that the job does not trust",
            words,
            "give --target-ca the authority that signed it, or find out who answers there",
        )
    return OutsideError(
        f"the job could not reach the {side} database",
        words,
        "the job has to run in the network of the source; the target must admit the node's address"
        if side == "source"
        else "the target must admit the address that the job comes from (the node's), over TLS",
    )


def _filled(kind: str, words: str) -> MovedayError:
    if kind == "not-ours":
        return CheckFailedError(
            "the target holds another move's copy",
            f"its marker is of {words}; the job has changed nothing",
            "give a new database, or empty that one: moveday database clean",
        )
    return CheckFailedError(
        "the target is not fresh",
        f"it holds {words}; the job has changed nothing",
        "give a new database",
    )


def _shown(words: str, limit: int) -> str:
    return clean(REDACTOR.redact(words), limit)
