"""The job's program: one text for a plain `sh`, made of the files beside this one.

It needs what the official `postgres` image has: psql, pg_dump, pg_restore of one version, awk, sed,
grep, tr, cut, fold, gzip, base64, sha256sum, mktemp, mkfifo. No secret is in it: it says where the
platform keeps them, and reads them there.
"""

import re
from pathlib import Path
from shlex import quote

from providers.databases.postgres import marker
from providers.databases.postgres.catalog import NOT_MOVED
from providers.databases.postgres.connection import TARGET_SETTINGS, settings_sql
from providers.databases.postgres.job import questions
from providers.databases.postgres.schema import LEFT_OUT
from wizard.errors import UsageError
from wizard.model.source_job import JobKind, JobOrder, KeptSecret

_FOLDER = Path(__file__).parent
_END_OF_FILE = "MOVEDAY_END_OF_FILE"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH = re.compile(r"/[\w.@+/-]+")
_WORD = re.compile(r"[\w.@+:-]*")
_POOLER, _MYSQL = 6432, 3306
OLDEST, NEWEST = 12, 18
_WHAT: dict[JobKind, str] = {
    "probe": "looks at the source and changes nothing",
    "copy": "copies the source into the target, which has to be empty",
    "verify": "counts and sums up the source's rows, and changes nothing",
}
# psql reads the report, and quotes it.
_READ_REPORT, _REPORT = '\\set report `cat "$MOVEDAY_PRINTED"`\n', ":'report'"
_NOT_OF_PSQL = "PGPASSWORD PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGSSLMODE PGSSLROOTCERT"
_NOR_THESE = "PGOPTIONS PGSERVICE PGSERVICEFILE PGPASSFILE PGAPPNAME PGCLIENTENCODING PGTZ"


def script(order: JobOrder) -> str:
    """The program for this order. UsageError for what cannot work or would end badly."""
    _refuse(order)
    read = [_reading("source", order.source, "prefer", "")]
    if order.target is not None:
        tls, ca = ("verify-full", '"$dir/target-ca.pem"') if order.target_ca else ("require", "''")
        read.append(_reading("target", order.target, tls, ca))
    reach = ["reach source", *(["reach target"] if order.target is not None else [])]
    parts = [
        _head(order),
        _part("begin.sh"),
        *(_file(name, text) for name, text in _files(order).items()),
        *read,
        f"unset {_NOT_OF_PSQL} {_NOR_THESE}",
        *reach,
        _part("copy.sh" if order.kind == "copy" else "ask.sh"),
    ]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def _head(order: JobOrder) -> str:
    sides = {"source": order.source} | ({"target": order.target} if order.target else {})
    # Before any other program is started: none of them gets it in its environment.
    kept = {
        f"{side}_kept": f"${{{one.variable}-}}" if one.variable else ""
        for side, one in sides.items()
    }
    names = sorted({one.variable for one in sides.values() if one.variable})
    tls = "" if order.target is None else "verified" if order.target_ca else "encrypted"
    excluded = " ".join(f"--exclude-schema={name}" for name in NOT_MOVED)
    lines = [
        f"# moveday, job {order.job}: {_WHAT[order.kind]}.",
        "# Started beside the source; prints a report without any row between two marker lines.",
        *(f"{name}={value}" for name, value in kept.items()),
        *([f"unset {' '.join(names)}"] if names else []),
        f"kind={order.kind}",
        f"job={quote(order.job)}",
        f"move={quote(order.move_id if order.kind == 'copy' else '')}",
        f"form={'text' if order.text_sums else 'record'}",
        f"target_tls={tls}",
        f"packed={'yes' if order.packed else 'no'}",
        f"excluded={quote(excluded)}",
    ]
    return "\n".join(lines)


def _files(order: JobOrder) -> dict[str, str]:
    """What is written into the private folder, by name; none of it is secret."""
    form = "text" if order.text_sums else "record"
    found = {"url.awk": _part("url.awk")}
    if order.target_ca:
        found["target-ca.pem"] = order.target_ca
    if order.kind == "probe":
        return found | {"questions.sql": questions.probe_script()}
    if order.kind == "verify":
        return found | {"questions.sql": questions.verify_script(form)}
    quiet = "\\set VERBOSITY sqlstate\n\\o /dev/null\n"
    settings = f"{quiet}{settings_sql(TARGET_SETTINGS)};\n\\o\n"
    return found | {
        "settings.sql": settings,
        "guard.sql": f"{settings}\\set ON_ERROR_STOP on\n{marker.whose('owner', 'fresh')}",
        "empty.sql": marker.emptying(),
        "marker.sql": f"BEGIN;\n{marker.claiming(order.move_id, 'source-side job')};\nCOMMIT;\n",
        "finish.sql": f"{marker.finishing(order.move_id)};\n",
        "leave.sql": f"{quiet}{_READ_REPORT}{marker.leaving(_REPORT)};\n",
        "analyze.sql": "ANALYZE;\n",
        "view.sql": questions.view_script(),
        "questions.sql": questions.rest_of_verify_script(form),
        "left_behind": _left_behind(),
    }


def _left_behind() -> str:
    """Patterns for `grep -E` of entries that the target cannot know or may not make."""
    return f"^[0-9]+; [0-9]+ [0-9]+ ({'|'.join(LEFT_OUT)})\n"


def _reading(side: str, kept: KeptSecret, tls: str, ca: str) -> str:
    how = ("file", kept.file) if kept.file else ("kept", "")
    words = [side, *map(quote, how), tls, ca or "''"]
    parts = [kept.host, str(kept.port) if kept.host else "", kept.user, kept.database]
    return " ".join(["read_side", *words, *map(quote, parts)])


def _refuse(order: JobOrder) -> None:
    sides = {"source": order.source} | ({"target": order.target} if order.target else {})
    if (order.kind == "copy") != (order.target is not None):
        raise UsageError(
            "a copy names source and target, everything else the source alone",
            "",
            "--target-secret /run/secrets/NAME, or --target-kept NAME",
        )
    if not OLDEST <= order.major <= NEWEST:
        raise UsageError(
            f"there is no job for PostgreSQL {order.major}",
            "the programs of the image must be able to say errors by their code",
            f"take an image from {OLDEST} to {NEWEST}, of the servers' newer version",
        )
    for side, kept in sides.items():
        _refuse_kept(side, kept)


def _refuse_kept(side: str, kept: KeptSecret) -> None:
    if bool(kept.file) == bool(kept.variable):
        raise UsageError(
            f"say once where the {side}'s URL is kept in the container",
            "",
            f"--{side}-secret /run/secrets/NAME (a file), or the name of a variable",
        )
    if (kept.file and not _PATH.fullmatch(kept.file)) or (
        kept.variable and not _VARIABLE.fullmatch(kept.variable)
    ):
        raise UsageError(
            f"this is not where the {side}'s URL is kept",
            "a secret's file is a whole path, a variable's name is letters, digits and _;"
            " what was given is not repeated here: it may be the secret itself",
            "/run/secrets/NAME, or NAME",
        )
    if not all(_WORD.fullmatch(part) for part in (kept.host, kept.user, kept.database)):
        raise UsageError(
            f"the {side}'s host, user or database has signs that a job cannot take",
            "letters, digits and . _ @ + : - are understood",
            "keep the whole URL in the secret instead",
        )
    if kept.host and not kept.user:
        raise UsageError(f"the {side}'s host is given without a user", "", "--source-user NAME")
    if kept.port == _POOLER:
        raise UsageError(
            "6432 is the port of a pooler (PgBouncer)",
            "a dump through it is cut or inconsistent: its sessions are handed from one to another",
            "give the server itself: the same host, port 5432",
        )
    if kept.port == _MYSQL or kept.host.endswith(".mysql.database.azure.com"):
        raise mysql(side)


def mysql(side: str) -> UsageError:
    """The word about a MySQL or MariaDB server.

    Of the options, `--single-transaction` and `--quick` are Microsoft's advice (MySQL on Azure,
    concepts-migrate-dump-restore); the others are inferred.
    """
    return UsageError(
        f"the {side} is a MySQL server, which moveday does not move yet",
        "this job is for PostgreSQL; nothing was changed",
        "move it by hand: mysqldump --single-transaction --quick --routines --triggers --events"
        " --set-gtid-purged=OFF, into a managed MySQL of the new side",
    )


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _file(name: str, text: str) -> str:
    ending = "" if text.endswith("\n") else "\n"
    return f"cat >\"$dir/{name}\" <<'{_END_OF_FILE}'\n{text}{ending}{_END_OF_FILE}"
