"""Readings side by side, for every source: the first trouble ends the others, and is raised."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

from wizard.errors import MovedayError

T = TypeVar("T")


async def together(readings: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """All results in order; the first error ends the others and is raised as it is."""
    problem: MovedayError | None = None
    tasks: list[asyncio.Task[T]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(reading) for reading in readings]
    except* MovedayError as errors:
        problem = first_error(errors)
    if problem is not None:
        raise problem
    return [task.result() for task in tasks]


def first_error(errors: BaseExceptionGroup[MovedayError]) -> MovedayError:
    """The first one inside a group of errors."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, MovedayError)
    return error
