"""What people paste: whole in many shapes, cut, changed, of another job, or something else."""

import hashlib
import json
import re

import pytest

from providers.databases.postgres.job.jobs import PostgresJobs
from providers.databases.postgres.job.questions import VERSION, key_of
from providers.databases.postgres.job.report import cut_out
from providers.databases.postgres.probe import SERVER
from wizard.errors import MovedayError, UsageError
from wizard.model.database import Connection

ANSWERS = [[key_of(VERSION), [[17, "2026-11-22T08:00:00Z"]]], ["end", []]]


def printed(kind: str = "probe", job: str = "a1b2", lines: int = 1, **more: object) -> str:
    """A report as the job prints it, its JSON in that many lines."""
    content = {
        "moveday_job": 1,
        "kind": kind,
        "job": job,
        "move": "",
        "form": "record",
        "tls": "",
        "troubles": [],
        "phases": [],
        "left_out": [],
        "answers": ANSWERS,
        **more,
    }
    text = json.dumps(content)
    digest = hashlib.sha256(text.encode()).hexdigest()
    step = -(-len(text) // lines)
    body = "\n".join(text[at : at + step] for at in range(0, len(text), step))
    end = f"MOVEDAY JOB {kind} {job}-----"
    return f"-----BEGIN {end}\n{body}\nsha256 {digest}\n-----END {end}\n"


@pytest.mark.parametrize(
    "pasted",
    [
        printed(),
        "moveday: asking\n" + printed(lines=7) + "\nconnection closed\n",
        printed().replace("\n", "\r\n"),
        "".join(f"job.1.x@node    | {line}\n" for line in printed(lines=3).splitlines()),
        printed(job="old") + printed(),
        printed()[: printed().index("sha256")] + printed(),
    ],
    ids=["plain", "with a log around", "windows", "prefixed", "two of them", "one cut, one whole"],
)
def test_a_whole_report_is_found(pasted: str) -> None:
    found = cut_out(pasted)
    assert (found.job, found.answers[key_of(VERSION)].rows[0][0]) == ("a1b2", 17)


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "no report of a job"),
        ("PATH=/usr/bin\nHOME=/root\n", "no report of a job"),
        (printed()[:-30], "is cut"),
        (printed().replace("sha256", "sha"), "checksum is missing"),
        (printed().replace("2026", "2025"), "checksum is another"),
        (printed().replace('["end"', '[ "end"'), "checksum is another"),
        (printed(lines=9).replace(printed(lines=9).splitlines()[4] + "\n", ""), "is not whole"),
        (printed().replace('{"moveday_job"', 'H4sI {"moveday_job"'), "cannot be unpacked"),
        (printed(moveday_job=2), "of another shape"),
        (printed(answers={"a": 1}), "of another shape"),
        (printed().replace("JOB probe a1b2", "JOB verify a1b2"), "of another job"),
        (printed().replace("JOB probe a1b2", "JOB probe ffff"), "of another job"),
    ],
)
def test_what_is_wrong_with_a_paste_is_named(pasted: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        cut_out(pasted)
    assert words in f"{caught.value.title} {caught.value.detail}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"kind": "mysql"}, "MySQL"),
        ({"kind": "pooler"}, "6432"),
        ({"kind": "no-url"}, "holds no URL"),
        ({"kind": "connect", "detail": "password authentication failed"}, "refused the job's sign"),
        ({"kind": "connect", "detail": "timeout expired"}, "could not reach the source"),
        ({"kind": "lost", "phase": "asking"}, r"lost the source database \(at: asking\)"),
        ({"kind": "program", "detail": "server version mismatch"}, "--image-version"),
        ({"kind": "program", "detail": "x: terminating connection"}, "lost the source"),
        ({"kind": "connect", "detail": "certificate verify failed"}, "does not trust"),
        ({"kind": "another one"}, "could not go on at the source"),
    ],
)
async def test_what_ended_the_job_is_named(trouble: dict[str, str], words: str) -> None:
    report = printed(troubles=[{"side": "source", **trouble}], answers=[])
    with pytest.raises(MovedayError) as caught:
        await PostgresJobs().read(report, None)
    assert re.search(words, f"{caught.value.title} {caught.value.hint}")


async def test_answers_of_another_version_are_named() -> None:
    with pytest.raises(UsageError, match="cannot be used") as caught:
        await PostgresJobs().read(printed(), None)
    assert "does not answer" in caught.value.detail
    odd = printed(answers=[*ANSWERS, [key_of(SERVER), [["x"]]]])
    with pytest.raises(UsageError, match="cannot be used") as caught:
        await PostgresJobs().read(odd, None)
    assert "another shape" in caught.value.detail


async def test_the_report_of_another_job_is_refused(nowhere: Connection) -> None:
    with pytest.raises(UsageError, match="the report of a verify job"):
        await PostgresJobs().read(printed("verify"), None)
    with pytest.raises(UsageError, match="the report of a probe job"):
        await PostgresJobs().compare(printed(), nowhere)


@pytest.fixture
def nowhere() -> Connection:
    return Connection(host="localhost", port=1, database="d", user="u", password="x")  # type: ignore[arg-type]
