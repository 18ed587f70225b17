"""Two sessions, one at each side, asked the same thing at the same time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from providers.databases.postgres.connection import application_name
from providers.databases.postgres.session import Session, session
from providers.databases.postgres.snapshot import import_sql
from wizard.model.database import Connection
from wizard.ports.database import Snapshot

T = TypeVar("T")


class Pair:
    """A session at each side, asked the same thing at the same time."""

    def __init__(self, source: Session, target: Session, begin: str = "") -> None:
        self.source = source
        self.target = target
        self._begin = begin

    async def begin_again(self) -> None:
        """After an error: the source's transaction is over, and the next item needs another."""
        if self._begin:
            await self.source.run(f"ROLLBACK; {self._begin}")

    async def both(self, ask: Callable[[Session], Awaitable[T]]) -> tuple[T, T]:
        """The answers of source and target. Both are waited for, also when one fails."""
        answers = await asyncio.gather(ask(self.source), ask(self.target), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        left, right = answers
        return left, right  # type: ignore[return-value]  # exceptions were raised above


@contextlib.asynccontextmanager
async def pairs(
    source: Connection, target: Connection, snapshot: Snapshot | None, many: int
) -> AsyncIterator[list[Pair]]:
    """`many` pairs of sessions; those of the source look through the snapshot if one is given."""
    async with contextlib.AsyncExitStack() as stack:
        name = application_name("check", "verify")

        async def pair() -> Pair:
            left = await stack.enter_async_context(session(source, name, "source"))
            right = await stack.enter_async_context(session(target, name, "target"))
            begin = "" if snapshot is None else import_sql(snapshot.id)
            if begin:
                await left.run(begin)
            return Pair(left, right, begin)

        yield [await pair() for _ in range(many)]
