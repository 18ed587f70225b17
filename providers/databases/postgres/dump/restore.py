"""The conductor of a restore: look, claim the target, read the dump, count what arrived."""

import asyncio
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from providers.databases.postgres import finishing, marker, steps
from providers.databases.postgres.builders import Builders
from providers.databases.postgres.claim import claimed
from providers.databases.postgres.connection import (
    TARGET_SETTINGS,
    application_name,
    settings_sql,
)
from providers.databases.postgres.dump import arrived, rules
from providers.databases.postgres.dump.contents import Contents, read_contents
from providers.databases.postgres.dump.format import DumpFile, look_at
from providers.databases.postgres.dump.lexer import Lexer
from providers.databases.postgres.dump.preflight import findings
from providers.databases.postgres.dump.reading import Reading
from providers.databases.postgres.dump.source import DumpStream
from providers.databases.postgres.dump.tally import Tally
from providers.databases.postgres.dump.target_run import Runs
from providers.databases.postgres.pace import Pace
from providers.databases.postgres.session import Session, session
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.database import Connection, Finding, MoveProgress, PhaseTime
from wizard.model.dump import DumpRestored
from wizard.ports.database import OnProgress

_MOST_READINGS = 5
_REPORT_EVERY = 0.2
_ANALYZING = 2
# A dump that says nothing of the search path relies on the server's.
_SETTINGS = {name: value for name, value in TARGET_SETTINGS.items() if name != "search_path"}
# With --resume these are no reason to stop: the target holds what this restore has brought.
_GOES_ON = "DB4"


@dataclass
class Told:
    """Times phases and tells how many bytes of the file are read, at most five times a second."""

    on_progress: OnProgress | None
    dump: DumpFile
    tables: int
    started: float = field(default_factory=time.monotonic)
    phases: list[PhaseTime] = field(default_factory=list)
    _phase: str = ""
    _told: float = -1.0
    _pace: Pace = field(default_factory=Pace)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.started

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase."""
        self._phase, begun = name, self.seconds
        yield
        self.phases.append(PhaseTime(name=name, started=begun, seconds=self.seconds - begun))

    def tell(self, detail: str, read: int, tables: int, *, rows: bool) -> None:
        """Tell the listener, unless it was told a moment ago.

        Only while `rows` pass does the time left follow from the bytes: a statement takes its own.
        """
        now = self.seconds
        if self.on_progress is None or now - self._told < _REPORT_EVERY:
            return
        self._told = now
        rate, left = self._pace.tell(now, read, self.dump.bytes - read) if rows else (0.0, None)
        self.on_progress(
            MoveProgress(
                phase=self._phase,
                done_bytes=read,
                total_bytes=self.dump.bytes,
                tables_done=min(tables, self.tables) if self.tables else tables,
                tables_total=self.tables or tables,
                detail=detail,
                rate=rate,
                left=left,
            )
        )


async def restore(
    path: Path,
    target: Connection,
    *,
    resume: bool = False,
    accepted: Collection[str] = (),
    on_progress: OnProgress | None = None,
) -> DumpRestored:
    """See wizard.ports.dump.Restorer."""
    dump = await asyncio.to_thread(look_at, path)
    contents = await read_contents(dump)
    move_id = f"dump-{dump.identity}"
    told = Told(on_progress, dump, contents.tables)
    name = application_name(move_id, "restore")
    async with (
        claimed(target, move_id),
        session(target, name, "target", _SETTINGS) as opened,
    ):
        found = await findings(dump, contents, opened)
        _refuse(found, accepted)
        done, note = await _claim(opened, move_id, resume=resume)
        with told.phase("read and run"):
            tally = await _read(opened, dump, contents, done, told)
        await opened.run(settings_sql({"statement_timeout": "0", "lock_timeout": "0"}))
        with told.phase("analyze"):
            builders = Builders(target, application_name(move_id, "builder"), _ANALYZING)
            try:
                await finishing.analyze(opened, builders)
            finally:
                await builders.stop()
        with told.phase("count"):
            checks = await arrived.checks(opened, contents.tables, tally)
        if tally.schemas:
            made = ", ".join(sorted(set(tally.schemas)))
            note += (
                f"; the schema {made} was made: the dump leaves it out, and extensions lie in it"
            )
        if tally.put_right:
            note += (
                f"; {tally.put_right} statements stood before what they need: they were run in a"
                " further reading"
            )
        result = DumpRestored(
            format=dump.format,
            move_id=move_id,
            seconds=told.seconds,
            bytes=dump.bytes,
            statements=tally.statements,
            tables=len(tally.expected),
            rows=sum(tally.expected.values()),
            phases=tuple(told.phases),
            troubles=tally.troubles,
            left_out=tally.left_out,
            checks=tuple(checks),
            accepted=tuple(sorted(accepted)),
            findings=tuple(found),
            note=note.strip("; "),
        )
        if result.fatal or result.failures or result.to_review:
            await marker.finish(opened, move_id)
        else:
            await marker.remove(opened, move_id)
    return result


def _refuse(found: Sequence[Finding], accepted: Collection[str]) -> None:
    """Before the first byte. A rule that a person accepts does not hold it up."""
    block = [one for one in found if one.severity == "block" and one.rule not in accepted]
    if not block:
        return
    words = "\n".join(f"{one.rule} {one.subject}: {one.detail}" for one in block)
    fresh = [one for one in block if one.rule == _GOES_ON]
    if fresh:
        raise CheckFailedError("the target is not fresh", words, "give a new database")
    raise BlockedError(
        "something stands in the way; nothing was changed",
        words,
        "; ".join(dict.fromkeys(one.remedy for one in block))
        + " (or say --accept with the rule, and see afterwards what is missing)",
    )


async def _claim(target: Session, move_id: str, *, resume: bool) -> tuple[Runs, str]:
    """Whose is the target? What of an earlier try is done, and what is to be said about it."""
    owner = await marker.owner(target)
    if owner is not None and owner != move_id:
        raise CheckFailedError(
            "the target is not fresh",
            f"it holds the copy of move {owner}",
            "give a new database, or empty this one (`moveday database clean`)",
        )
    if owner is None:
        if names := await marker.contents(target):
            raise CheckFailedError(
                "the target is not fresh", f"it holds {', '.join(names)}", "give a new database"
            )
        await marker.write(target, move_id, "")
        return Runs(), ""
    await marker.end_sessions(target, move_id)
    if resume and (done := await steps.read(target)):
        runs = Runs.of(list(done))
        number = sum(last - first + 1 for first, last in runs.ranges)
        return runs, f"goes on where an earlier try ended: {number} statements are done"
    await marker.empty(target, move_id)
    await marker.write(target, move_id, "")
    return Runs(), "begun anew: what an earlier try had restored was dropped first"


async def _read(
    target: Session, dump: DumpFile, contents: Contents, done: Runs, told: Told
) -> Tally:
    """Once, and plain SQL again as long as statements find what they missed before."""
    tally = Tally()
    lexer = await _once(target, dump, tally, done, told, None)
    readings = 1
    while dump.format == "plain" and tally.again and readings < _MOST_READINGS:
        before = len(tally.again)
        await _once(target, dump, tally, Runs(), told, frozenset(tally.again))
        readings += 1
        if len(tally.again) == before:
            break
    if lexer.unfinished:
        tally.add(
            rules.UNFINISHED, f"the statement in line {lexer.unfinished}", "", lexer.unfinished
        )
    elif (
        lexer.begun
        and not lexer.complete
        and not any(one.rule == rules.CUT_OFF.rule for one in tally.troubles)
    ):
        tally.add(rules.CUT_OFF, "the dump's end", "pg_dump's last line is missing")
    return tally


async def _once(
    target: Session,
    dump: DumpFile,
    tally: Tally,
    done: Runs,
    told: Told,
    wanted: frozenset[int] | None,
) -> Lexer:
    stream = DumpStream(dump)
    reading = Reading(
        target,
        stream,
        tally,
        done,
        lambda words, rows: told.tell(
            words, stream.position, max(0, len(tally.expected) - rows), rows=rows
        ),
        wanted,
    )
    await reading.run()
    if stream.trouble and wanted is None:
        tally.add(rules.CUT_OFF, "the dump's end", stream.trouble)
    return reading.lexer
