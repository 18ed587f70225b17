"""A person wants a pause amid a copy: no more rows are read, nothing more is built, all stays open.

What the target's server is building goes on to its end. The view of the source stays open too and
holds back its vacuum, so a pause is for minutes; to leave for longer, stop and go on with resume.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from providers.databases.postgres.progress import Progress

LOOK = 0.5
"""Seconds between two looks whether a pause is wished: the wish may come from another terminal."""


class Holdable(Protocol):
    """What works on a copy, and can be made to wait."""

    def hold(self, on: bool) -> None: ...


@contextlib.asynccontextmanager
async def held_when_asked(
    asked: Callable[[], bool] | None, workers: Sequence[Holdable], progress: Progress
) -> AsyncIterator[None]:
    """As long as the block runs, all `workers` wait while `asked` says so.

    `workers` may still grow: who comes amid a pause is told of it at the next look.
    """
    if asked is None:
        yield
        return
    watch = asyncio.create_task(_watch(asked, workers, progress))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _watch(
    asked: Callable[[], bool], workers: Sequence[Holdable], progress: Progress
) -> None:
    told: list[tuple[Holdable, bool]] = []
    while True:
        wished = asked()
        for worker in list(workers):
            if (worker, wished) not in told and (wished or (worker, True) in told):
                worker.hold(wished)
                told = [(who, said) for who, said in told if who is not worker]
                told.append((worker, wished))
        progress.say_paused(wished)
        await asyncio.sleep(LOOK)
