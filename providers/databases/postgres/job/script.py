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
from providers.databases.postgres.job import questions, table
from providers.databases.postgres.schema import LEFT_OUT
from wizard.errors import UsageError
from wizard.model.source_job import JobKind, JobOrder, KeptSecret

_FOLDER = Path(__file__).parent
_END_OF_FILE = "MOVEDAY_END_OF_FILE"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH = re.compile(r"/[\w.@+/-]+")
_WORD = re.compile(r"[\w.@+:-]*")
_MOVE = re.compile(r"[^\"\\\x00-\x1f\x7f]*")
_LARGEST_QUERY = 10_000
_POOLER, _MYSQL = 6432, 3306
OLDEST, NEWEST = 12, 18
_WHAT: dict[JobKind, str] = {
    "probe": "looks at the source and changes nothing",
    "copy": "copies the source into the target, which has to be empty",
    "verify": "counts and sums up the source's rows, and changes nothing",
    "serve": "waits in the target for orders: to look at the source, copy it, compare it",
}
# psql reads the report, and quotes it.
_READ_REPORT, _REPORT = '\\set report `cat "$MOVEDAY_PRINTED"`\n', ":'report'"
_NOT_OF_PSQL = "PGPASSWORD PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGSSLMODE PGSSLROOTCERT"
_NOR_THESE = "PGOPTIONS PGSERVICE PGSERVICEFILE PGPASSFILE PGAPPNAME PGCLIENTENCODING PGTZ"


def script(order: JobOrder) -> str:
    """The program for this order. UsageError for what cannot work or would end badly."""
    _refuse(order)
    source = _reading("source", order.source, "prefer", "")
    target = ""
    if order.target is not None:
        tls, ca = ("verify-full", '"$dir/target-ca.pem"') if order.target_ca else ("require", "''")
        target = _reading("target", order.target, tls, ca)
    unset = f"unset {_NOT_OF_PSQL} {_NOR_THESE}"
    if order.kind == "serve":
        # What is wrong with the source is the answer to each order: only the target must be there.
        unread = f'({source}) >/dev/null || cp "$dir/troubles" "$dir/unread"\nsource_kept='
        does = [target, unread, unset, _part("serve.sh")]
    elif target:
        does = [source, target, unset, "reach source", "reach target", _part("copy.sh")]
    else:
        does = [source, unset, "reach source", _part("ask.sh")]
    parts = [
        _head(order),
        _part("begin.sh"),
        *(_file(name, text) for name, text in _files(order).items()),
        *does,
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
    if order.kind == "serve":
        lines += [f"served_move={quote(order.move_id)}", f"silent_hours={table.SILENT_HOURS}"]
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
    if order.kind == "serve":
        return found | _of_serving(order, form)
    return found | _of_copying(order) | {"questions.sql": questions.rest_of_verify_script(form)}


def _of_serving(order: JobOrder, form: str) -> dict[str, str]:
    return _of_copying(order) | {
        "probe.sql": questions.probe_script(),
        "look.sql": questions.look_script(),
        "count.sql": questions.count_script(order.queries),
        "verify.sql": questions.verify_script(form),
        "copy.sql": questions.rest_of_verify_script(form),
        "lock.sql": table.locking(order.job, f"moveday-{order.job}"),
        "wait.sql": table.waiting(order.job),
        "answer.sql": table.answering(order.job),
        "end.sql": table.ending(order.job),
        "ask.sh": _part("ask.sh"),
        "copy.sh": _part("copy.sh"),
    }


def _of_copying(order: JobOrder) -> dict[str, str]:
    quiet = "\\set VERBOSITY sqlstate\n\\o /dev/null\n"
    settings = f"{quiet}{settings_sql(TARGET_SETTINGS)};\n\\o\n"
    return {
        "settings.sql": settings,
        "guard.sql": f"{settings}\\set ON_ERROR_STOP on\n{marker.whose('owner', 'fresh')}",
        "empty.sql": marker.emptying(keep_orders=order.kind == "serve"),
        "marker.sql": f"BEGIN;\n{marker.claiming(order.move_id, 'source-side job')};\nCOMMIT;\n",
        "finish.sql": f"{marker.finishing(order.move_id)};\n",
        "leave.sql": f"{quiet}{_READ_REPORT}{marker.leaving(_REPORT)};\n",
        "analyze.sql": "ANALYZE;\n",
        "view.sql": questions.view_script(),
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
    if (order.kind in ("copy", "serve")) != (order.target is not None):
        raise UsageError(
            "a copy names source and target, everything else the source alone",
            "" if order.kind != "serve" else "a job that serves takes its orders from the target",
            "--target-secret /run/secrets/NAME, or --target-env NAME",
        )
    if not _MOVE.fullmatch(order.move):
        raise UsageError(
            "the move's name has signs that a job cannot take",
            "quotation marks, backslashes and control characters",
            "give the app another name in moveday.yaml",
        )
    for query in order.queries:
        _refuse_query(query)
    if not OLDEST <= order.major <= NEWEST:
        raise UsageError(
            f"there is no job for PostgreSQL {order.major}",
            "the programs of the image must be able to say errors by their code",
            f"take an image from {OLDEST} to {NEWEST}, of the servers' newer version",
        )
    for side, kept in sides.items():
        _refuse_kept(side, kept)


def _refuse_query(query: str) -> None:
    # Several statements in one text could leave the read-only transaction.
    if ";" in query.strip().rstrip(";") or "\0" in query or len(query) > _LARGEST_QUERY:
        raise UsageError(
            "a counting query must be one statement",
            f"a job takes none with a semicolon in it, or longer than {_LARGEST_QUERY} characters",
            "for example: SELECT count(*) FROM jobs WHERE done_at IS NULL",
        )
    if _END_OF_FILE in query:
        raise UsageError(f"a counting query must not hold {_END_OF_FILE}", "", "take it out")


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
