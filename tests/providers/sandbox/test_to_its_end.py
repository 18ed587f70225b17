"""Threads that write files, and waiters who are cancelled."""

import asyncio
import threading

import pytest

from providers.sandbox.to_its_end import to_its_end


async def test_it_hands_over_what_the_work_gives_and_raises() -> None:
    assert await to_its_end(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await to_its_end(divmod, 7, 0)


async def test_a_cancelled_waiter_waits_for_the_end() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(30)
        ended.set()

    waiter = asyncio.create_task(to_its_end(work))
    await asyncio.to_thread(begun.wait, 30)
    waiter.cancel()
    done, _ = await asyncio.wait([waiter], timeout=0.05)
    assert not done
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert ended.is_set()


async def test_a_failure_after_the_cancellation_is_still_a_cancellation() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(30)
        raise OSError("the folder is full")

    waiter = asyncio.create_task(to_its_end(work))
    await asyncio.to_thread(begun.wait, 30)
    waiter.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiter
