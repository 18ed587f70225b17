"""Jobs beside the source, whole: their program, and what their reports say here."""

import contextlib
import time
from collections.abc import Iterator, Sequence

from providers.databases.postgres import (
    counters,
    marker,
    preflight,
    preflight_source,
    preflight_target,
    probe,
)
from providers.databases.postgres.checksum import FIRST_WITH_RECORD_HASH
from providers.databases.postgres.errors import NotAsked
from providers.databases.postgres.job import script as scripts
from providers.databases.postgres.job import troubles
from providers.databases.postgres.job.questions import REFUSED, asked_count
from providers.databases.postgres.job.report import Report, cut_out
from providers.databases.postgres.job.reported_session import ReportedSession
from providers.databases.postgres.job.serving import PostgresServing
from providers.databases.postgres.pair import Pair
from providers.databases.postgres.probe import not_one_number
from providers.databases.postgres.session import Session, session
from providers.databases.postgres.verify import ENCODING, Asked, Verification
from wizard.errors import CheckFailedError, UsageError
from wizard.model.database import Connection, PhaseTime, Verdict, WriteCounters
from wizard.model.source_job import JobCompared, JobCopied, JobOrder, JobRead
from wizard.ports.database import OnProgress
from wizard.ports.source_job import Serving
from wizard.safety.clean import clean

_TAKES = {"probe": "read", "copy": "compare", "verify": "compare"}


class PostgresJobs:
    """See wizard.ports.source_job.SourceJobs."""

    def __init__(self) -> None:
        self.serving: Serving = PostgresServing()

    def script(self, order: JobOrder) -> str:
        """The program, for a plain `sh`."""
        return scripts.script(order)

    async def read(self, text: str, target: Connection | None) -> JobRead:
        """Facts and findings, by the same rules as the laptop's own preflight."""
        report = _of(text, "probe")
        source = ReportedSession(report)
        with _understood(report):
            facts = await probe.facts_of(source)
            found = [*await preflight_source.findings(source)]
            if target is not None:
                async with session(target, "moveday-preflight", "target") as opened:
                    found += await preflight_target.findings(source, opened)
        return JobRead(
            job=report.job,
            asked=clean(source.asked_at, 40),
            facts=facts,
            findings=tuple(preflight.in_order(found)),
            whole=target is not None,
        )

    async def look(self, text: str) -> WriteCounters:
        """The counters' own reading of what the job was answered."""
        report = _of(text, "look")
        with _understood(report):
            return await counters.read_counters(ReportedSession(report))

    async def counted(self, text: str, queries: Sequence[str]) -> tuple[int, ...]:
        """One number for each query, in their order."""
        report = _of(text, "count")
        session, found = ReportedSession(report), []
        for query in queries:
            with _understood(report), _not_refused(query):
                rows = await session.rows(asked_count(query))
            if len(rows) != 1 or len(rows[0]) != 1 or type(rows[0][0]) is not int:
                raise not_one_number()
            found.append(rows[0][0])
        return tuple(found)

    async def copied(self, text: str) -> JobCopied:
        """Phases and troubles, nothing compared."""
        report = _of(text, "copy")
        return JobCopied(
            phases=_phases(report),
            troubles=troubles.judged(report),
            left_out=tuple(clean(entry, 200) for entry in report.left_out),
            unproven=report.tls == "encrypted",
        )

    async def compare(
        self, text: str, target: Connection, on_progress: OnProgress | None = None
    ) -> JobCompared:
        """The Verifier's own verdict, its source's answers taken from the report."""
        # What was pasted is judged before anything is connected to.
        report = _of(text, "copy", "verify") if text else None
        started = time.monotonic()
        async with session(target, "moveday-check-verify", "target") as opened:
            report = report or _of(await _left_in(opened), "copy")
            source = ReportedSession(report)
            await _same_move(report, opened)
            form = await _form(report, source, opened)
            pair = Pair(source, opened)
            with _understood(report):
                checks = await Verification([pair], None, on_progress, Asked(form=form)).run()
        return JobCompared(
            job=report.job,
            kind=report.kind,
            asked=clean(source.asked_at, 40),
            phases=_phases(report),
            troubles=troubles.judged(report),
            left_out=tuple(clean(entry, 200) for entry in report.left_out),
            verdict=Verdict(checks=tuple(checks), seconds=time.monotonic() - started),
            unproven=report.tls == "encrypted",
        )


@contextlib.contextmanager
def _understood(report: Report) -> Iterator[None]:
    """What a report cannot answer, or answers in another shape, is said to be the report's."""
    why = ""
    try:
        yield
    except NotAsked as error:
        if error.sqlstate:
            raise
        why = error.bare_detail
    except (ValueError, TypeError, LookupError) as error:
        why = f"an answer has another shape ({type(error).__name__})"
    if why:
        raise UsageError(
            f"the report of job {report.job} cannot be used",
            f"{why}: it is of a job that another version of moveday has written",
            "generate the job again with this one, and run that",
        )


@contextlib.contextmanager
def _not_refused(query: str) -> Iterator[None]:
    try:
        yield
    except NotAsked as error:
        if error.sqlstate != REFUSED:
            raise
        raise UsageError(
            "the source's server refuses a counting query of the plan",
            clean(query, 200),
            "try it there by hand: a table it names may have another name or schema, or the role"
            " may not read it",
        ) from None


def _of(text: str, *kinds: str) -> Report:
    report = cut_out(text)
    if report.kind not in kinds:
        command = _TAKES.get(report.kind)
        raise UsageError(
            f"this is the report of a {report.kind} job",
            f"wanted is that of a {' or '.join(kinds)} job",
            f"moveday database job {command} takes it" if command else "paste another one",
        )
    if (ended := troubles.ending(report)) is not None:
        raise ended
    return report


async def _left_in(target: Session) -> str:
    if text := await marker.left_report(target):
        return text
    raise UsageError(
        "no job has left a report in the target",
        "a copy leaves one at its end; a verification leaves none",
        "give the file with what the job printed",
    )


async def _same_move(report: Report, target: Session) -> None:
    """A copy's report belongs to one target: the one with that job's marker."""
    if report.kind != "copy":
        return
    found = await marker.owner(target)
    if found is not None and found != report.move:
        raise CheckFailedError(
            "the report and the target are of different copies",
            f"the report is of {clean(report.move, 60)}, the target's marker of {clean(found, 60)}",
            "paste the report of the job that filled this target, or name the other target",
        )


async def _form(report: Report, source: ReportedSession, target: Session) -> str:
    """The checksums' form that the job took: the target must be able to take the same."""
    if report.form == "text" or source.major < FIRST_WITH_RECORD_HASH:
        return "text"
    encodings = [await one.value(ENCODING) for one in (source, target)]
    if target.major < FIRST_WITH_RECORD_HASH or encodings[0] != encodings[1]:
        raise UsageError(
            "the target cannot sum up its rows as the job has summed up the source's",
            "it is older than version 14, or has another encoding",
            "generate the job again with --text-sums",
        )
    return "record"


def _phases(report: Report) -> tuple[PhaseTime, ...]:
    """Seconds from the job's begin, by the clock of the machine that it ran on."""
    if not report.phases:
        return ()
    start = float(report.phases[0]["began"])
    return tuple(
        PhaseTime(
            name=clean(str(one["name"]), 60),
            started=float(one["began"]) - start,
            seconds=float(one["ended"]) - float(one["began"]),
        )
        for one in report.phases
    )
