"""The source's load is limited over all copying processes together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from providers.databases.postgres.effort import decide, held_back
from providers.databases.postgres.limit import Limit
from tests.providers.databases.clusters import Site
from wizard.clock import Clock
from wizard.model.database import Connection

QUESTIONS = st.lists(st.tuples(st.floats(0, 5), st.integers(1, 1_000_000)), min_size=1, max_size=30)


@given(rate=st.integers(10_000, 100_000_000), questions=QUESTIONS)
def test_never_more_passes_than_the_rate_allows(
    rate: int, questions: list[tuple[float, int]]
) -> None:
    """Whoever asks, and whenever: in no stretch of time does more pass than rate and one piece."""
    now = [100.0]
    limit = Limit(rate, Clock(elapsed=lambda: now[0]))
    passed: list[tuple[float, int]] = []
    for later, size in questions:
        now[0] += later
        passed.append((now[0] + limit.take(size), size))
    assert [moment for moment, _ in passed] == sorted(moment for moment, _ in passed)
    for first in range(len(passed)):
        stretch = 0
        for moment, size in passed[first + 1 :]:
            stretch += size
            assert stretch <= rate * (moment - passed[first][0]) * (1 + 1e-9) + 1


def test_the_choice_names_the_limit() -> None:
    effort = held_back(decide(2, 0.0, (20, 20), None), 20_000_000)
    assert "at most 20 MB/s read from the source, by all of them together" in effort.words
    assert held_back(effort, None) == effort
    assert held_back(effort, None, lines=2).words.endswith(
        "2 lines lead to the target, taken in turn"
    )


@pytest.mark.asyncio(loop_scope="session")
async def test_a_copy_is_held_back_as_a_whole(clinic: Connection, right: Site) -> None:
    """Four processes together: one that counted by itself would let four times as much pass."""
    target, limit = await right.fresh(), 8_000_000
    async with PostgresProbe().snapshot(clinic) as snapshot:
        result = await PostgresMover().copy(
            clinic, target, snapshot=snapshot, move_id="limited", jobs=4, limit=limit
        )
        verdict = await PostgresVerifier().verify(clinic, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    copied = next(phase for phase in result.phases if phase.name == "copy")
    assert copied.seconds >= result.bytes / limit
    assert "4 copying" in result.choice
    assert "at most 8 MB/s" in result.choice
