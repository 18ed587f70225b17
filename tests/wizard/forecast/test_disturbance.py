"""When are a run's times worth nothing: the clock jumped, the machine slept, the line dropped."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wizard.runbook.session_for_tests import open_test_run, open_test_session
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.forecast.disturbance import Beat, disturbed, dropped
from wizard.forecast.ledger import runs_of
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.perform import perform
from wizard.runbook.runs import begin_run
from wizard.runbook.task import Task
from wizard.runbook.watcher import on_broken, watched

START = Beat(wall=1_000.0, monotonic=50.0, since_boot=70.0)


def later(wall: float, monotonic: float, since_boot: float | None) -> Beat:
    boot = None if since_boot is None else 70.0 + since_boot
    return Beat(wall=1_000.0 + wall, monotonic=50.0 + monotonic, since_boot=boot)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (later(1, 1, 1), ""),
        (later(60, 60, 60), ""),
        (later(1.5, 1, 1), ""),
        (later(301, 1, 301), "the machine slept for 5 min"),
        (later(3601, 1, 1), "the clock was set forward by 1 h"),
        (later(-9, 1, 1), "the clock was set back by 10 s"),
        (later(301, 1, None), "slept, or its clock was set forward by 5 min"),
        (later(-299, 1, None), "the clock was set back by 5 min"),
    ],
)
def test_what_two_looks_at_the_clocks_tell(after: Beat, words: str) -> None:
    before = (
        START if after.since_boot is not None else START.model_copy(update={"since_boot": None})
    )
    found = disturbed(before, after)
    assert (words in found) if words else found == ""


@given(st.floats(0, 1e6), st.floats(-1.9, 1.9))
def test_clocks_that_go_together_void_nothing(passed: float, bent: float) -> None:
    assert disturbed(START, later(passed + bent, passed, passed)) == ""


def test_a_dropped_tunnel_counts_only_while_data_is_under_way() -> None:
    assert dropped("db", frozenset({"smoke"})) == ""
    assert "in the middle of: move" in dropped("db", frozenset({"move", "smoke"}))


@dataclass
class Sleeper:
    """A clock whose machine can be put to sleep: monotonic time stands still meanwhile."""

    asleep: float = 0.0

    def clock(self) -> Clock:
        return Clock(
            now=lambda: datetime.fromtimestamp(
                SYSTEM_CLOCK.now().timestamp() + self.asleep, tz=UTC
            ),
            elapsed=SYSTEM_CLOCK.elapsed,
            since_boot=lambda: SYSTEM_CLOCK.elapsed() + self.asleep,
        )


async def test_a_run_through_a_sleep_is_no_sample(tmp_path: Path) -> None:
    session, sleeper = open_test_session(tmp_path), Sleeper()
    session.clock = sleeper.clock()
    stage = replace(open_test_run(session, mode="rehearsal").stage, returns=True)

    async def sleep(context: RunContext) -> None:
        sleeper.asleep = 600.0

    async def slept(context: RunContext) -> Evidence | None:
        return context.proof("woke up", "test") if sleeper.asleep else None

    begin_run(session.journal, "rehearsal")
    run = await perform(session, stage, [Task("nap", "a nap", "here", slept, do=sleep)])
    assert run.outcome == "done"
    assert run.void == "the machine slept for 10 min"
    assert runs_of(session.journal.entries)[-1].void == run.void
    session.journal.close()


async def test_a_tunnel_that_drops_in_the_move_voids_the_run_once(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    context = open_test_run(session)
    async with watched(context):
        context.at_work.add("move")
        tell = on_broken(context, "db")
        tell("connection reset")
        tell("connection reset")
        await asyncio.sleep(0)
    assert context.recall("void") == ["the tunnel to db dropped in the middle of: move"]
    session.journal.close()


def test_this_system_has_a_clock_that_counts_sleep() -> None:
    """Linux and macOS have one; where it is missing, a sleep is told as a clock's jump."""
    first, second = SYSTEM_CLOCK.since_boot(), SYSTEM_CLOCK.since_boot()
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert second >= first > 0
