"""A pause holds a copy amid its rows; what is there stays, and going on ends with the same."""

import asyncio

import pytest

from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from tests.providers.databases.clusters import Site
from wizard.model.database import Connection, MoveProgress

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_nothing_passes_in_a_pause_and_nothing_is_lost(
    clinic: Connection, right: Site
) -> None:
    target = await right.fresh()
    told: list[MoveProgress] = []
    wished, held, over = False, asyncio.Event(), asyncio.Event()

    def hear(progress: MoveProgress) -> None:
        nonlocal wished
        told.append(progress)
        if progress.done_bytes and not over.is_set():
            wished = True
        if progress.paused:
            held.set()

    async with PostgresProbe().snapshot(clinic) as snapshot:
        copying = asyncio.create_task(
            PostgresMover().copy(
                clinic,
                target,
                snapshot=snapshot,
                move_id="paused",
                on_progress=hear,
                limit=1_000_000,
                paused=lambda: wished,
            )
        )
        await asyncio.wait_for(held.wait(), 240)
        # What had leave already passes, one after the other.
        before = -1
        async with asyncio.timeout(60):
            while before != (before := told[-1].done_bytes):
                await asyncio.sleep(1.5)
        assert not copying.done()
        over.set()
        wished = False
        result = await copying
        verdict = await PostgresVerifier().verify(clinic, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    assert before < result.bytes
    assert [p.paused for p in told].count(True) >= 1
    assert not told[-1].paused
