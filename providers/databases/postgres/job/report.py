"""What a job printed, cut out of whatever it was pasted with, and proven to be whole.

The report stands between two marker lines; the line before the last one holds the SHA-256 of its
JSON without line ends, so that a page that folds long lines does no harm. Lines may all begin with
the same number of characters that a log page puts before them (a service's name, a time).
"""

import base64
import binascii
import gzip
import hashlib
import io
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any, get_args

from wizard.errors import UsageError
from wizard.model.source_job import ReportKind
from wizard.safety.clean import clean

_BEGIN = re.compile(r"-----BEGIN MOVEDAY JOB (?P<kind>[a-z]{1,20}) (?P<job>[0-9a-z-]{1,40})-----")
_SUM = re.compile(r"\s*sha256\s+(?P<sum>[0-9a-f]{64})\s*")
_LARGEST = 64_000_000
_KINDS = get_args(ReportKind)
_AGAIN = (
    "copy everything from the line BEGIN MOVEDAY JOB to the line END MOVEDAY JOB, both included"
)


@dataclass(frozen=True)
class Answer:
    """The rows of one question; `sqlstate` instead when the server refused it."""

    rows: tuple[tuple[Any, ...], ...]
    sqlstate: str = ""


@dataclass(frozen=True)
class Report:
    """A whole report. `troubles` and `phases` as the job wrote them (see its shell files)."""

    kind: ReportKind
    job: str
    move: str
    form: str
    tls: str
    answers: dict[str, Answer]
    troubles: tuple[dict[str, Any], ...]
    phases: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]


def cut_out(text: str) -> Report:
    """The last report in `text`. UsageError says what is missing, cut or changed."""
    begins = list(_BEGIN.finditer(text))
    if not begins:
        raise UsageError(
            "this is no report of a job",
            "the line BEGIN MOVEDAY JOB is not in it",
            "paste what the job's container printed; its log has the report at its end",
        )
    begin = begins[-1]
    name = clean(begin["job"], 40)
    end = f"-----END MOVEDAY JOB {begin['kind']} {begin['job']}-----"
    rest = text[begin.end() :]
    if end not in rest:
        raise UsageError(
            f"the report of job {name} is cut",
            f"its last line is missing, after {len(rest.splitlines())} lines",
            _AGAIN,
        )
    column = begin.start() - (text.rfind("\n", 0, begin.start()) + 1)
    body = rest[: rest.index(end)]
    if column:
        lines = body.split("\n")
        # The first is what is left of the marker's own line, the last what stands before the end.
        body = "\n".join([lines[0], *(line[column:] for line in lines[1:-1])])
    return _proven(body, name, begin["kind"])


def _proven(body: str, name: str, kind: str) -> Report:
    lines = body.replace("\r", "").split("\n")
    sums = [(at, found) for at, line in enumerate(lines) if (found := _SUM.fullmatch(line))]
    if not sums:
        raise UsageError(
            f"the report of job {name} is cut", "the line with its checksum is missing", _AGAIN
        )
    at, found = sums[-1]
    content = _unpacked("".join(lines[:at]), name)
    if hashlib.sha256(content).hexdigest() != found["sum"]:
        raise UsageError(
            f"the report of job {name} is not whole",
            "its checksum is another: a part is missing, or was changed on the way",
            _AGAIN + "; where the page changes blanks, generate the job with --packed",
        )
    try:
        return _understood(json.loads(content), name, kind)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(
            f"the report of job {name} cannot be understood",
            f"it is whole, but of another shape than this moveday writes ({type(error).__name__})",
            "generate the job again with this moveday, and run that",
        ) from None


def _unpacked(text: str, name: str) -> bytes:
    if text.lstrip().startswith("{"):
        return text.strip().encode()
    try:
        packed = base64.b64decode("".join(text.split()), validate=True)
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            content = file.read(_LARGEST + 1)
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        raise UsageError(
            f"the report of job {name} is not whole",
            "it cannot be unpacked: a part is missing, or was changed on the way",
            _AGAIN,
        ) from None
    if len(content) > _LARGEST:
        raise UsageError(f"the report of job {name} is too large", f"more than {_LARGEST} bytes")
    return content.replace(b"\n", b"").replace(b"\r", b"")


def _understood(raw: dict[str, Any], name: str, kind: str) -> Report:
    if raw["moveday_job"] != 1:
        raise ValueError("version")
    if raw["kind"] != kind or raw["job"] != name or kind not in _KINDS:
        raise UsageError(
            f"the report of job {name} says that it is of another job",
            f"its lines are of a {clean(kind, 20)} job, its content is of another",
            "paste the report of one job only",
        )
    return Report(
        kind=raw["kind"],
        job=name,
        move=str(raw["move"]),
        form=str(raw["form"]),
        tls=str(raw["tls"]),
        answers={str(key): _answer(rows) for key, rows in raw["answers"]},
        troubles=tuple(dict(one) for one in raw["troubles"]),
        phases=tuple(dict(one) for one in raw["phases"]),
        left_out=tuple(str(one) for one in raw["left_out"]),
    )


def _answer(rows: Any) -> Answer:
    if isinstance(rows, dict):
        return Answer((), str(rows["sqlstate"]))
    return Answer(tuple(tuple(row) for row in rows))
