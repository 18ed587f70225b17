"""One reading of a dump: every statement is run, left out, done already, or named as trouble."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from providers.databases.postgres.dump import rules
from providers.databases.postgres.dump.lexer import (
    Entry,
    Event,
    Lexer,
    PsqlCommand,
    Rows,
    RowsEnd,
    Statement,
)
from providers.databases.postgres.dump.source import DumpStream
from providers.databases.postgres.dump.tally import Tally
from providers.databases.postgres.dump.target_run import RowsRun, Runs, Tag, TargetRun
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.session import Session

_MOST_TOGETHER, _TOGETHER_BYTES = 200, 1024 * 1024
_FOR_PSQL = (
    "\\restrict",
    "\\unrestrict",
    "\\connect",
    "\\c",
    "\\set",
    "\\unset",
    "\\echo",
    "\\qecho",
)
_LARGE_OBJECTS = "BLOBS"

OnStep = Callable[[str, bool], None]
"""Hears what is being done, and whether it is rows that are passing."""


@dataclass
class Reading:
    """`wanted`: only these numbers are run (a further reading); None: all. `on_step` hears what
    is being done."""

    target: Session
    stream: DumpStream
    tally: Tally
    done: Runs
    on_step: OnStep
    wanted: Collection[int] | None = None
    lexer: Lexer = field(default_factory=Lexer)
    _together: list[Statement] = field(default_factory=list)
    _together_bytes: int = 0
    _rows: RowsRun | None = None
    _copy: Statement | None = None
    _rows_told: str = ""
    _in_large_object: bool = False
    _large: list[Statement] = field(default_factory=list)
    _large_sent: bool = False
    _large_failed: bool = False

    async def run(self) -> None:
        """Read to the end. Raises DatabaseTrouble only where going on makes no sense."""
        self._run = TargetRun(self.target)
        async for block in self.stream.blocks():
            for event in self.lexer.feed(block):
                await self._hear(event)
            if self.lexer.unfinished:
                break
        if not self.lexer.unfinished:
            for event in self.lexer.end():
                await self._hear(event)
        if self._in_large_object:
            await self._end_large_object(complete=False)
        await self._flush()

    async def _hear(self, event: Event) -> None:
        if isinstance(event, Rows):
            await self._pass_on(event)
        elif isinstance(event, RowsEnd):
            await self._end_rows(event)
        elif isinstance(event, Statement):
            await self._statement(event)
        else:
            self._psql(event)

    def _psql(self, event: PsqlCommand) -> None:
        rule = rules.FOR_PSQL if event.word in _FOR_PSQL else rules.PSQL_COMMANDS
        if self.wanted is None:
            self.tally.leave_out(rule, f"{event.word} in line {event.line}")

    async def _statement(self, statement: Statement) -> None:
        if self.wanted is None:
            self.tally.statements += 1
        self._enter(statement.entry)
        if await self._of_large_object(statement):
            return
        rule = rules.not_run(statement)
        if rule is not None:
            if self.wanted is None:
                self.tally.leave_out(rule, rules.told(statement))
            self._drain(statement, counted=False)
            return
        if rules.is_setting(statement):
            await self._flush()
            await self._one(statement, noted=False)
            return
        done = self.done.passed(statement.number)
        if done or (self.wanted is not None and statement.number not in self.wanted):
            self._drain(statement, counted=self.wanted is None)
            self.tally.was_done(statement, first=self.wanted is None)
            return
        if statement.rows:
            await self._flush()
            await self._begin_rows(statement)
            return
        small = rules.is_small(statement)
        if not small:
            await self._flush()
        self._together.append(statement)
        self._together_bytes += len(statement.text)
        full = len(self._together) >= _MOST_TOGETHER or self._together_bytes > _TOGETHER_BYTES
        if not small or full:
            await self._flush()

    _entered = 0

    def _enter(self, entry: Entry | None) -> None:
        if entry is not None and entry.id and entry.id != self._entered:
            self._entered = entry.id
            self.stream.entry_begins(entry.id)

    async def _flush(self) -> None:
        """Run what has been gathered: together, and one by one when something in it fails."""
        statements, self._together, self._together_bytes = self._together, [], 0
        if not statements:
            return
        self.on_step(rules.told(statements[0]), False)
        if len(statements) == 1:
            await self._one(statements[0])
            return
        try:
            tags = await self._run.together(statements)
        except DatabaseTrouble as error:
            if rules.stops(error):
                raise error.about(rules.told(statements[0])) from None
            for statement in statements:
                await self._one(statement)
            return
        for number, statement in enumerate(statements):
            self._ran(statement, tags[number : number + 1])

    async def _one(self, statement: Statement, *, noted: bool = True) -> None:
        try:
            tags = await (self._run.alone(statement) if noted else self._run.send(statement.text))
        except DatabaseTrouble as error:
            await self._failed(statement, error)
            return
        self._ran(statement, tags)

    def _ran(self, statement: Statement, tags: list[Tag]) -> None:
        self.tally.ran(statement, tags[0].rows if tags else -1)

    async def _failed(self, statement: Statement, error: DatabaseTrouble) -> None:
        if rules.stops(error):
            raise error.about(rules.told(statement)) from None
        schema = rules.missing_extension_schema(statement, error)
        if schema:
            # The dump leaves it out, and nothing but its extensions lies in it.
            await self._run.send(b"CREATE SCHEMA IF NOT EXISTS " + schema)
            self.tally.made_schema(schema.decode("utf-8", "replace"))
            await self._one(statement)
            return
        self.tally.failed(statement, error)

    async def _begin_rows(self, statement: Statement) -> None:
        self._copy, self._rows_told = statement, rules.told(statement)
        if self.wanted is None:
            self.tally.begin_rows(statement)
        self.on_step(self._rows_told, True)
        rows = RowsRun(self.target, statement)
        try:
            await rows.begin()
        except DatabaseTrouble as error:
            await self._failed(statement, error)
            return
        self._rows = rows

    def _drain(self, statement: Statement, *, counted: bool) -> None:
        """Rows follow that go nowhere; `counted` when they are part of what must be there."""
        if statement.rows:
            self._copy = statement if counted else None
            if counted:
                self.tally.begin_rows(statement)

    async def _pass_on(self, rows: Rows) -> None:
        if self._copy is not None and self.wanted is None:
            self.tally.rows(rows.ends)
        if self._rows is None:
            return
        try:
            await self._rows.write(rows.block)
        except DatabaseTrouble as error:
            self._rows = None
            assert self._copy is not None
            await self._failed(self._copy, error)
            return
        self.on_step(self._rows_told, True)

    async def _end_rows(self, event: RowsEnd) -> None:
        rows, self._rows = self._rows, None
        statement, self._copy = self._copy, None
        if rows is None or statement is None:
            return
        if not event.complete:
            await rows.give_up()
            self.tally.cut_off(statement)
            return
        try:
            self.tally.ran(statement, await rows.end())
        except DatabaseTrouble as error:
            await self._failed(statement, error)

    async def _of_large_object(self, statement: Statement) -> bool:
        """Pieces of large objects are bound to one transaction: theirs is kept as it is."""
        if not self._in_large_object:
            entry = statement.entry
            begins = entry is not None and entry.kind == _LARGE_OBJECTS
            if not begins or rules.not_run(statement) is not rules.BRACKETS:
                return False
            await self._flush()
            self._in_large_object, self._large = True, [statement]
            done = self.done.passed(statement.number)
            skipped = self.wanted is not None and statement.number not in self.wanted
            self._large_failed, self._large_sent = done or skipped, False
            return True
        self._large.append(statement)
        if rules.not_run(statement) is rules.BRACKETS:
            await self._end_large_object(complete=True)
        elif sum(len(piece.text) for piece in self._large) > _TOGETHER_BYTES:
            await self._send_large(b"")
        return True

    async def _end_large_object(self, *, complete: bool) -> None:
        self._in_large_object = False
        if self._large_failed:
            return
        if not complete:
            await self._run.send(b"ROLLBACK")
            return
        await self._send_large(b"COMMIT")

    async def _send_large(self, end: bytes) -> None:
        pieces, self._large = self._large, self._large[:1]
        if self._large_failed:
            return
        texts = [piece.text for piece in pieces[1:] if not (end and piece is pieces[-1])]
        begin = [] if self._large_sent else [b"BEGIN;"]
        self.on_step(rules.told(pieces[0]), True)
        try:
            note = [self._run.note(pieces[0]), end] if end else []
            await self._run.send(b"\n".join([*begin, *texts, *note]))
            self._large_sent = True
        except DatabaseTrouble as error:
            self._large_failed = True
            if not self.target.driver.closed:
                await self._run.send(b"ROLLBACK")
            await self._failed(pieces[0], error)
