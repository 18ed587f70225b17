"""Reading that goes on: what cannot be read becomes a gap, and the rest is still read."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from pydantic import BaseModel

from providers.sources.heroku.parsing import Read
from providers.sources.heroku.trouble import NoSuchApp, TokenRefused
from providers.sources.together import first_error
from wizard.errors import MovedayError
from wizard.model.inventory import Gap

T = TypeVar("T")
U = TypeVar("U")
S = TypeVar("S", bound=BaseModel)


async def both(
    first: Coroutine[object, object, T], second: Coroutine[object, object, U]
) -> tuple[T, U]:
    """Two readings side by side, each with its own kind of result."""
    problem: MovedayError | None = None
    try:
        async with asyncio.TaskGroup() as group:
            one, other = group.create_task(first), group.create_task(second)
    except* MovedayError as errors:
        problem = first_error(errors)
    if problem is not None:
        raise problem
    return one.result(), other.result()


class Gaps:
    """Runs readings and keeps what failed as gaps; says one line per thing read.

    A gap about a whole kind of fact is called as the inventory calls the kind ("domains"), so that
    a later look is not taken to have lost them. A refused token, or an app that is not there, is
    no gap: it ends everything.
    """

    def __init__(self, on_fact: Callable[[str], None] | None = None) -> None:
        self._found: list[Gap] = []
        self._on_fact = on_fact

    @property
    def all(self) -> tuple[Gap, ...]:
        """What could not be read, by subject; each once."""
        return tuple(sorted(set(self._found), key=lambda gap: (gap.subject, gap.reason)))

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
        try:
            return await reading
        except (TokenRefused, NoSuchApp):
            raise
        except MovedayError as error:
            reason = f"{error.title}: {error.detail}" if error.detail else error.title
            self.add(subject, reason)
            return otherwise

    async def some(self, subject: str, reading: Awaitable[Read[S]]) -> list[S]:
        """What of a list or thing could be understood; a gap for the rest, or for all of it."""
        nothing: Read[S] = Read()
        read = await self.read(subject, reading, nothing)
        if read.strange:
            shown = "; ".join(read.strange[:5])
            more = f"; and {len(read.strange) - 5} more" if len(read.strange) > 5 else ""
            self.add(subject, f"in a shape moveday does not know: {shown}{more}")
        return read.found
