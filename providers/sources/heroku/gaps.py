"""Reading that goes on: what cannot be read becomes a gap, and the rest is still read."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import TypeVar

from providers.sources.heroku.trouble import NoSuchApp, TokenRefused
from wizard.errors import MovedayError
from wizard.model.inventory import Gap

T = TypeVar("T")

AT_ONCE = 6


async def together(readings: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """All results in order; the first error ends the others and is raised as it is."""
    problem: MovedayError | None = None
    tasks: list[asyncio.Task[T]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(reading) for reading in readings]
    except* MovedayError as errors:
        problem = _first(errors)
    if problem is not None:
        raise problem
    return [task.result() for task in tasks]


def _first(errors: BaseExceptionGroup[MovedayError]) -> MovedayError:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, MovedayError)
    return error


class Gaps:
    """Runs readings, a few at a time, and keeps what failed as gaps.

    A refused token, or an app that is not there, is no gap: it ends everything.
    """

    def __init__(self, on_fact: Callable[[str], None] | None = None) -> None:
        self._found: list[Gap] = []
        self._on_fact = on_fact
        self._turn = asyncio.Semaphore(AT_ONCE)

    @property
    def all(self) -> tuple[Gap, ...]:
        """What could not be read, by subject."""
        return tuple(sorted(self._found, key=lambda gap: (gap.subject, gap.reason)))

    def has(self, subject: str) -> bool:
        """Whether `subject` could not be read."""
        return any(gap.subject == subject for gap in self._found)

    def add(self, subject: str, reason: str) -> None:
        """Note something that is unknown."""
        self._found.append(Gap(subject=subject, reason=reason))

    def tell(self, line: str) -> None:
        """Say what was read."""
        if self._on_fact is not None:
            self._on_fact(line)

    async def read(self, subject: str, reading: Awaitable[T], otherwise: T) -> T:
        """The result of `reading`; `otherwise`, and a gap, when it failed."""
        async with self._turn:
            try:
                return await reading
            except (TokenRefused, NoSuchApp):
                raise
            except MovedayError as error:
                reason = f"{error.title}: {error.detail}" if error.detail else error.title
                self.add(subject, reason)
                return otherwise
