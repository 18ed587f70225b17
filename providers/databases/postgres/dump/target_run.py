"""Runs a dump's statements at the target, each noted in the journal in its own transaction."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

import psycopg

from providers.databases.postgres import steps
from providers.databases.postgres.dump.lexer import Statement
from providers.databases.postgres.errors import DatabaseTrouble, trouble
from providers.databases.postgres.session import Row, Session

_STEP = "statements "


@dataclass(frozen=True)
class Tag:
    """What the server said of one statement that it ran: rows, -1 where there are none."""

    rows: int


def step(first: int, last: int) -> str:
    """The journal's line for statements with these numbers, both included."""
    return f"{_STEP}{first} to {last}"


@dataclass
class Runs:
    """Numbers of statements that are done, as ranges: a dump of INSERTs has millions."""

    ranges: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, names: Sequence[str]) -> "Runs":
        """From the journal's lines."""
        found = []
        for name in names:
            if name.startswith(_STEP):
                first, _, last = name.removeprefix(_STEP).partition(" to ")
                found.append((int(first), int(last)))
        return cls(sorted(found, reverse=True))

    def passed(self, number: int) -> bool:
        """Whether it is done. Asked with rising numbers only."""
        while self.ranges and self.ranges[-1][1] < number:
            self.ranges.pop()
        return bool(self.ranges) and self.ranges[-1][0] <= number


class TargetRun:
    """One session at the target. Errors are DatabaseTrouble without row contents."""

    def __init__(self, target: Session) -> None:
        self._target = target

    async def together(self, statements: Sequence[Statement]) -> list[Tag]:
        """All of them or none, in one round trip; the server's answers."""
        texts = [statement.text for statement in statements]
        note = self.note(statements[0], statements[-1])
        return (await self.send(b"\n".join([*texts, note])))[: len(statements)]

    def note(self, first: Statement, last: Statement | None = None) -> bytes:
        """The statement that says that these are done."""
        return f"{steps.note(step(first.number, (last or first).number))};".encode()

    async def alone(self, statement: Statement) -> list[Tag]:
        """One statement, with its line; without it where it may be in no transaction."""
        try:
            return await self.together([statement])
        except DatabaseTrouble as error:
            if error.sqlstate != "25001":
                raise
        return await self.send(statement.text)

    async def send(self, text: bytes) -> list[Tag]:
        """Statements as they are."""
        try:
            cursor = await self._target.driver.execute(text)
            tags = [Tag(cursor.rowcount)]
            while cursor.nextset():
                tags.append(Tag(cursor.rowcount))
            return tags
        except psycopg.Error as error:
            raise trouble(error, "target") from None


class RowsRun:
    """COPY … FROM stdin: `begin`, `write` any number of times, then `end` or `give_up`."""

    def __init__(self, target: Session, statement: Statement) -> None:
        self._target = target
        self._statement = statement
        self._copy: psycopg.AsyncCopy | None = None
        self._cursor: psycopg.AsyncCursor[Row] = target.driver.cursor()

    async def begin(self) -> None:
        """Raises DatabaseTrouble when the table is not there."""
        await self._target.run("BEGIN")
        try:
            self._opened = self._cursor.copy(self._statement.text)
            self._copy = await self._opened.__aenter__()
        except psycopg.Error as error:
            await self._back()
            raise trouble(error, "target") from None

    async def write(self, block: bytes) -> None:
        """Pass rows on. An error shows here or at the end."""
        assert self._copy is not None
        try:
            await self._copy.write(block)
        except psycopg.Error as error:
            await self._leave(None)
            raise trouble(error, "target") from None

    async def end(self) -> int:
        """The number of rows that the server took."""
        try:
            await self._opened.__aexit__(None, None, None)
        except psycopg.Error as error:
            await self._back()
            raise trouble(error, "target") from None
        number = self._statement.number
        await self._target.run(f"{steps.note(step(number, number))}; COMMIT")
        return self._cursor.rowcount

    async def give_up(self) -> None:
        """Take back what has been passed on."""
        await self._leave(EOFError())

    async def _leave(self, error: BaseException | None) -> None:
        kind: type[BaseException] | None = None if error is None else type(error)
        trace: TracebackType | None = None
        with contextlib.suppress(psycopg.Error):
            await self._opened.__aexit__(kind, error, trace)
        await self._back()

    async def _back(self) -> None:
        if not self._target.driver.closed:
            await self._target.run("ROLLBACK")
