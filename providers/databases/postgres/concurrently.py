"""Doing several things at once, where the first trouble ends them all."""

import asyncio
from collections.abc import Awaitable, Sequence

from wizard.errors import MovedayError


async def all_of(work: Sequence[Awaitable[object]]) -> None:
    """Wait for all; the first trouble cancels the others and is the one that is raised."""

    async def one(item: Awaitable[object]) -> None:
        await item

    try:
        async with asyncio.TaskGroup() as group:
            for item in work:
                group.create_task(one(item))
    except* MovedayError as troubles:
        raise _first(troubles) from None


def _first(troubles: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = troubles.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
