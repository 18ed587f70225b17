"""Work in a thread that files depend on: a cancelled waiter still waits for its end.

A thread cannot be stopped. Who removes a folder after a cancellation would race with it.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


async def to_its_end(work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
    """Run `work` in a thread; a cancellation is passed on when it has ended, never before."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # gather takes a failure as well: nobody is left to hear of it.
        await asyncio.gather(running, return_exceptions=True)
        raise
